/** What gemini says of failed requests: at the end of a turn, on stderr, in its log. */
import type { FailureHint } from './failure-classes.ts';

/** A retry that gemini makes by itself. */
export interface GeminiRetry {
  readonly attempt: number;
  readonly hint: FailureHint;
  /** Time until then. */
  readonly delayMs: number;
}

const RETRY = /^Attempt (\d+) failed(?: with status (\d+)\.|:) (.*Retrying.*)$/;

/** Reads a line such as `Attempt 1 failed with status 429. Retrying after 5000ms... _ApiError: {…}`; undefined: another. */
export function readGeminiRetry(line: string): GeminiRetry | undefined {
  const [, attempt, status, words = ''] = RETRY.exec(line) ?? [];
  if (attempt === undefined) return undefined;
  const asked = /Retrying after (\d+)ms/.exec(words);
  const own = geminiHint(words);
  const told = status === undefined ? own : { ...own, status: Number(status) };
  return {
    attempt: Number(attempt),
    hint: asked === null ? told : { ...told, context: asked[0] },
    // Where it is not asked to wait, it waits for some seconds.
    delayMs: Number(asked?.[1] ?? 0),
  };
}

/** Reads `[API Error: {"error":{"code":401,"message":…}}]`, or words only. */
export function geminiHint(message: string): FailureHint {
  const inner = /^\[API Error: ([\s\S]*)\]$/.exec(message.trim())?.[1] ?? message;
  const status = /"code":\s*(\d{3})\b/.exec(inner)?.[1];
  const words = /"message":\s*"((?:[^"\\]|\\.)*)"/.exec(inner)?.[1] ?? inner;
  // The rest of the document tells when to try again.
  const wait = /"retryDelay":\s*"[^"]*"/.exec(inner)?.[0];
  const told = wait === undefined ? words : `${words} (${wait})`;
  return { message: told, ...(status === undefined ? {} : { status: Number(status) }) };
}
