import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest } from './adapter.ts';
import { codexTokens, codexUsage } from './codex-usage.ts';
import { createLineReader } from './line-reader.ts';
import { fields, record, text } from './tolerant.ts';
import { renderCall, renderRetry, renderSaid, renderToolResult, transcript } from './transcript.ts';
import type { TurnNotes } from './turn-notes.ts';
import { usageSince } from './usage-sum.ts';

const lineSchema = z.object({
  type: text,
  thread_id: text,
  message: text,
  error: fields({ message: text }),
  /** Of the whole thread. */
  usage: codexTokens,
  item: fields({
    type: text,
    text,
    message: text,
    command: text,
    aggregated_output: text,
    exit_code: z.number().nullish().catch(undefined),
    status: text,
    server: text,
    tool: text,
    arguments: record,
    changes: z
      .array(z.object({ path: text, kind: text }).catch({}))
      .optional()
      .catch(undefined),
    query: text,
  }),
});

type Line = z.infer<typeof lineSchema>;
type Item = NonNullable<Line['item']>;

/** Reads `codex exec --json`. */
export function createCodexReader(request: TurnRequest): TurnReader {
  return createLineReader({ name: 'codex', read }, request);
}

function read(value: unknown, notes: TurnNotes, request: TurnRequest): readonly AgentEvent[] {
  const line = lineSchema.safeParse(value).data;
  switch (line?.type) {
    case 'thread.started':
      notes.conversation = line.thread_id;
      return [{ kind: 'ready', ...(line.thread_id === undefined ? {} : { conversation: line.thread_id }) }];
    case 'item.started':
      return line.item === undefined ? [] : transcript(renderStarted(line.item));
    case 'item.completed':
      return line.item === undefined ? [] : readCompleted(line.item, notes, request);
    case 'turn.completed':
      notes.isOver = true;
      notes.usage = line.usage === undefined ? undefined : usageSince(codexUsage(line.usage), request);
      return [];
    case 'turn.failed':
      notes.failure = hintOf(line.error?.message ?? 'the turn failed');
      return transcript(`✗ ${renderSaid(notes.failure.message)}`);
    case 'error':
      return readError(line.message ?? '', notes);
    default:
      return [];
  }
}

function renderStarted(item: Item): string {
  switch (item.type) {
    case 'command_execution':
      return renderCall('shell', item.command ?? '');
    case 'mcp_tool_call':
      return renderCall(`${item.server ?? 'mcp'}.${item.tool ?? 'tool'}`, item.arguments);
    case 'web_search':
      return renderCall('web search', item.query ?? '');
    default:
      return '';
  }
}

/** What its sandbox says of a command that would write where it may not. */
const SANDBOXED = /Read-only file system|Operation not permitted/;

function readCompleted(item: Item, notes: TurnNotes, { permission }: TurnRequest): readonly AgentEvent[] {
  switch (item.type) {
    case 'agent_message':
      notes.answer = item.text;
      return transcript(renderSaid(item.text ?? ''));
    case 'command_execution': {
      const isError = (item.exit_code ?? 0) !== 0 || item.status === 'failed' || item.status === 'declined';
      const output = item.aggregated_output ?? '';
      const isDenied = isError && permission !== 'full' && SANDBOXED.test(output);
      const denied: readonly AgentEvent[] = isDenied ? [{ kind: 'denied', tool: 'shell' }] : [];
      return [...denied, ...transcript(renderToolResult(output, isError))];
    }
    case 'file_change': {
      const paths = (item.changes ?? []).map(({ path, kind }) => `${kind ?? 'change'} ${path ?? ''}`);
      return transcript(
        renderCall('edit', paths.join(', ')) +
          (item.status === 'failed' ? renderToolResult('failed', true) : ''),
      );
    }
    case 'error':
      return transcript(renderSaid(`! ${item.message ?? ''}`));
    default:
      return [];
  }
}

const RETRY = /^Reconnecting\.\.\. (\d+)\/\d+ ?(?:\((.*)\))?/s;

/** Retries come as errors; the error that ends a turn comes again as `turn.failed`. */
function readError(message: string, notes: TurnNotes): readonly AgentEvent[] {
  const [, attempt, cause] = RETRY.exec(message) ?? [];
  if (attempt === undefined) {
    notes.retry = hintOf(message);
    return [];
  }
  const words = cause ?? message;
  notes.retry = hintOf(words);
  // Only where a limit is reached it may have been asked to wait; else the next try comes within seconds.
  const delay = /\b(?:429|503)\b|limit/i.test(words) ? {} : { delayMs: 0 };
  return [
    { kind: 'retrying', attempt: Number(attempt), message: words, ...delay },
    ...transcript(renderRetry(words)),
  ];
}

/** The provider's own error document, where codex hands it on as it is. */
function hintOf(message: string): { readonly message: string } {
  const inner = /^\{.*"message":("(?:[^"\\]|\\.)*")/s.exec(message)?.[1];
  if (inner === undefined) return { message };
  return { message: z.string().catch(message).parse(JSON.parse(inner)) };
}
