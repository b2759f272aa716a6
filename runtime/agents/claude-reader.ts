import type { AgentEvent, ProcessExit, TurnOutcome, TurnReader, TurnRequest, Usage } from './adapter.ts';
import { classifyExit, classifyResult, type RateLimitHints, resetTime } from './claude-failures.ts';
import { type ClaudeLine, type ContentPart, readClaudeLine } from './claude-lines.ts';
import { renderClaudeLine } from './claude-transcript.ts';
import { usageNoteOf, usageOf } from './claude-usage.ts';
import { classifyFailure } from './failure-classes.ts';
import { createJsonLines } from './json-lines.ts';
import { NotedUsage } from './usage-notes.ts';

/** Longest line that is read: an answer of 16 MB, escaped. */
const MAX_LINE = 64 * 1024 * 1024;

/** What is remembered of a turn while its lines come in. */
interface TurnMemory {
  conversation?: string;
  results: ClaudeLine[];
  readonly deniedCalls: Set<string>;
  /** Tool calls by id: name of the tool. */
  readonly calls: Map<string, string>;
  /** Whether the newest tool result of the turn was a refusal. */
  isLastRefused: boolean;
  /** Whether a tool that is no mere reader succeeded. */
  hasActed: boolean;
  limit: RateLimitHints;
  /** What it waits to try again for: the reason, if it is ended meanwhile. */
  retry?: { readonly message: string; readonly status?: number | undefined } | undefined;
  readonly spending: NotedUsage;
}

/** Reads `claude -p --output-format stream-json` (facts: one `system/init`, messages, retries, one `result` a turn). */
export function createClaudeReader(request: TurnRequest): TurnReader {
  const lines = createJsonLines(MAX_LINE);
  const memory: TurnMemory = {
    results: [],
    deniedCalls: new Set(),
    calls: new Map(),
    isLastRefused: false,
    hasActed: false,
    limit: {},
    spending: new NotedUsage(),
  };
  const read = (values: readonly unknown[]): AgentEvent[] =>
    values.flatMap(value => {
      const line = readClaudeLine(value);
      return line === undefined ? [] : readLine(memory, line);
    });
  return {
    feed(chunk) {
      if (chunk === '') return [];
      return [...read(lines.feed(chunk)), { kind: 'activity' }];
    },
    end(exit, stderrTail) {
      read(lines.end());
      return verdict(memory, request, exit, stderrTail);
    },
  };
}

function readLine(memory: TurnMemory, line: ClaudeLine): AgentEvent[] {
  if (line.session_id !== undefined) memory.conversation = line.session_id;
  noteLimits(memory, line);
  const events = eventsOf(memory, line);
  const text = renderClaudeLine(line);
  return text === '' ? events : [...events, { kind: 'transcript', text }];
}

function eventsOf(memory: TurnMemory, line: ClaudeLine): AgentEvent[] {
  switch (line.type) {
    case 'system':
      return systemEvents(memory, line);
    case 'assistant':
      memory.retry = undefined;
      for (const part of partsOf(line)) {
        if (part.type === 'tool_use' && part.id !== undefined) memory.calls.set(part.id, part.name ?? 'tool');
      }
      return usageEvents(memory, line);
    case 'user':
      for (const part of partsOf(line)) if (part.type === 'tool_result') noteToolResult(memory, part);
      return [];
    case 'result':
      memory.results.push(line);
      // Versions without `system/permission_denied` tell refusals here only.
      return (line.permission_denials ?? []).flatMap(denial => refusal(memory, denial));
    default:
      return [];
  }
}

/** A turn of several results is told at its end: their sum is not known before. */
function usageEvents({ spending, results }: TurnMemory, line: ClaudeLine): AgentEvent[] {
  const note = results.length === 0 ? usageNoteOf(line) : undefined;
  if (note === undefined) return [];
  const { model } = note;
  return [{ kind: 'usage', usage: spending.add(note), ...(model === undefined ? {} : { model }) }];
}

function systemEvents(memory: TurnMemory, line: ClaudeLine): AgentEvent[] {
  switch (line.subtype) {
    case 'init':
      return [
        {
          kind: 'ready',
          ...(line.session_id === undefined ? {} : { conversation: line.session_id }),
          ...(line.claude_code_version === undefined ? {} : { version: line.claude_code_version }),
          ...(line.model === undefined ? {} : { model: line.model }),
        },
      ];
    case 'api_retry':
      memory.retry = { message: retryMessage(line), status: line.error_status ?? undefined };
      return [
        {
          kind: 'retrying',
          attempt: line.attempt ?? 1,
          message: memory.retry.message,
          ...(line.retry_delay_ms === undefined ? {} : { delayMs: line.retry_delay_ms }),
        },
      ];
    case 'permission_denied':
      return refusal(memory, line);
    default:
      return [];
  }
}

function retryMessage(line: ClaudeLine): string {
  const status = typeof line.error_status === 'number' ? ` (${line.error_status})` : '';
  return `${(line.error ?? 'error').replaceAll('_', ' ')}${status}`;
}

function refusal(
  memory: TurnMemory,
  denial: { tool_name?: string | undefined; tool_use_id?: string | undefined },
): AgentEvent[] {
  const { tool_name: tool = 'tool', tool_use_id: id } = denial;
  if (id !== undefined) {
    if (memory.deniedCalls.has(id)) return [];
    memory.deniedCalls.add(id);
  }
  return [{ kind: 'denied', tool }];
}

const READERS: ReadonlySet<string> = new Set([
  'Read',
  'Glob',
  'Grep',
  'LS',
  'ToolSearch',
  'TodoWrite',
  'WebSearch',
]);

function noteToolResult(memory: TurnMemory, part: ContentPart): void {
  const id = part.tool_use_id ?? '';
  memory.isLastRefused = memory.deniedCalls.has(id);
  const tool = memory.calls.get(id);
  if (!memory.isLastRefused && part.is_error !== true && tool !== undefined && !READERS.has(tool)) {
    memory.hasActed = true;
  }
}

/** A retry delay above this is the server's own wish (`retry-after`), not claude's backoff. */
const SERVER_DELAY_MS = 5000;

function noteLimits(memory: TurnMemory, line: ClaudeLine): void {
  const info = line.rate_limit_info;
  if (info?.status === 'rejected' && info.resetsAt !== undefined) memory.limit.resetsAt = info.resetsAt;
  if (
    line.subtype === 'api_retry' &&
    line.error_status === 429 &&
    (line.retry_delay_ms ?? 0) >= SERVER_DELAY_MS
  ) {
    memory.limit.delayMs = line.retry_delay_ms;
  }
  if (line.timestamp !== undefined) memory.limit.lastTimestamp = line.timestamp;
}

function partsOf(line: ClaudeLine): readonly ContentPart[] {
  return line.message?.content ?? [];
}

function verdict(
  memory: TurnMemory,
  request: TurnRequest,
  exit: ProcessExit,
  stderrTail: string,
): TurnOutcome {
  const conversation = memory.conversation ?? request.conversation?.id;
  const about = conversation === undefined ? {} : { conversation };
  const result = memory.results.at(-1);
  const isCut = result === undefined || result.terminal_reason?.startsWith('aborted') === true;
  if (isCut && memory.retry !== undefined) {
    const { message, status } = memory.retry;
    const until = resetTime(memory.limit);
    return { kind: 'failed', reason: classifyFailure({ message, status, until }), message, ...about };
  }
  if (result === undefined) return { kind: 'failed', ...classifyExit(exit, stderrTail), ...about };
  const usage = usageOf(memory.results, request);
  const spent: { readonly usage?: Usage } = usage === undefined ? {} : { usage };
  if (result.is_error === true || result.result === undefined) {
    return { kind: 'failed', ...classifyResult(result, memory.limit, exit.at), ...spent, ...about };
  }
  if (isEndedByRefusal(memory, request)) {
    const tools = [...new Set([...memory.deniedCalls].map(id => memory.calls.get(id) ?? 'a tool'))].join(
      ', ',
    );
    const message = `permission "${request.permission}" does not allow ${tools}: ${firstLine(result.result)}`;
    return { kind: 'failed', reason: { kind: 'permission_denied' }, message, ...spent, ...about };
  }
  return { kind: 'answered', answer: result.result, ...spent, ...about };
}

/**
 * Claude never says that it gave up for lack of permission: a refused tool is an error to the model, which goes on and
 * ends "successfully". So we say it where the turn's last tool call was refused and none before it did anything but
 * read. A worker who edited and was only kept from running its tests has answered; a `read-only` worker has too, as its
 * author asked for nothing but words.
 */
function isEndedByRefusal(memory: TurnMemory, request: TurnRequest): boolean {
  return memory.isLastRefused && !memory.hasActed && request.permission !== 'read-only';
}

function firstLine(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
