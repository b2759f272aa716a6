import type { FailureReason, ProcessExit, UnavailableKind } from './adapter.ts';
import type { ClaudeLine } from './claude-lines.ts';
import { endOfLimit } from './end-of-limit.ts';
import { lastNonEmptyLine } from './output-reader.ts';
import { plainText } from './terminal-text.ts';

/** What a turn told about its rate limit, if it met one. */
export interface RateLimitHints {
  /** Seconds since 1970. */
  resetsAt?: number;
  /** The wait the server asked for. */
  delayMs?: number | undefined;
  /** When claude wrote its newest line. */
  lastTimestamp?: string;
}

/** A failure as an outcome carries it. */
export interface ClassifiedFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** When the limit ends, as ISO time; undefined where claude did not tell. */
export function resetTime({ resetsAt, delayMs, lastTimestamp }: RateLimitHints): string | undefined {
  if (resetsAt !== undefined) return isoTime(resetsAt * 1000);
  const written = lastTimestamp === undefined ? Number.NaN : Date.parse(lastTimestamp);
  return delayMs === undefined || Number.isNaN(written) ? undefined : isoTime(written + delayMs);
}

function isoTime(ms: number): string | undefined {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/**
 * The class of a `result` line that tells an error (its `subtype` says "success" nevertheless); `at` (ISO 8601) is when it
 * was told.
 */
export function classifyResult(
  line: ClaudeLine,
  limit: RateLimitHints,
  at: string | undefined,
): ClassifiedFailure {
  if (line.terminal_reason?.startsWith('aborted') === true) {
    return { reason: { kind: 'crashed', signal: 'SIGINT' }, message: 'claude was interrupted' };
  }
  const words = line.result ?? line.errors?.join('; ') ?? line.subtype ?? 'unknown error';
  const message = lastNonEmptyLine(plainText(words)) ?? 'claude ended with an error it did not name';
  return { reason: resultReason(line, message, resetTime(limit) ?? endOfLimit(message, at)), message };
}

function resultReason(line: ClaudeLine, message: string, until: string | undefined): FailureReason {
  if (line.terminal_reason === 'prompt_too_long' || /prompt is too long/i.test(message)) {
    return { kind: 'context_full' };
  }
  if (line.api_error_status === 404 || /issue with the selected model/i.test(message))
    return { kind: 'bad_model' };
  if (line.subtype === 'error_max_budget_usd') return { kind: 'limited' };
  const what = unavailableKind(line, message);
  if (what === undefined) return { kind: 'exit', code: 1 };
  const isLimit = what === 'rate_limited' || what === 'quota';
  return { kind: 'unavailable', what, ...(isLimit && until !== undefined ? { until } : {}) };
}

function unavailableKind(line: ClaudeLine, message: string): UnavailableKind | undefined {
  // Before the status: both come as 400 or 429, but only waiting for money or for the plan's next window helps.
  if (
    /credit balance is too low|(usage|session|weekly|\d-hour) limit|hit your [\w ]{0,24}limit/i.test(message)
  )
    return 'quota';
  switch (line.api_error_status) {
    case 401:
    case 403:
      return 'auth';
    case 402:
      return 'quota';
    case 429:
      return 'rate_limited';
    default:
  }
  if ((line.api_error_status ?? 0) >= 500) return 'overloaded';
  if (/not logged in|please run \/login|invalid api key|failed to authenticate/i.test(message)) return 'auth';
  if (
    line.api_error === 'connection_failed' ||
    /ECONN|ENOTFOUND|EAI_AGAIN|fetch failed|timed out/.test(message)
  ) {
    return 'network';
  }
  return undefined;
}

/** The class of an end without any `result` line: refused arguments, a crash, a kill. */
export function classifyExit(exit: ProcessExit, stderrTail: string): ClassifiedFailure {
  const words = lastNonEmptyLine(plainText(stderrTail));
  if (exit.code === null) {
    const signal = exit.signal ?? 'unknown';
    return { reason: { kind: 'crashed', signal }, message: `claude was ended by signal ${signal}` };
  }
  if (words !== undefined && /native binary not installed/i.test(words)) {
    return { reason: { kind: 'unavailable', what: 'not_installed' }, message: words };
  }
  if (exit.code === 0) {
    return { reason: { kind: 'crashed' }, message: words ?? 'claude ended without a result' };
  }
  return {
    reason: { kind: 'exit', code: exit.code },
    message: words ?? `claude ended with code ${exit.code} before it answered`,
  };
}
