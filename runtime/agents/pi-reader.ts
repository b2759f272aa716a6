import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest } from './adapter.ts';
import { createLineReader } from './line-reader.ts';
import { piFailure, piUsage, piUsageSchema } from './pi-message.ts';
import { fields, flag, number, record, text } from './tolerant.ts';
import {
  renderCall,
  renderRetry,
  renderSaid,
  renderStart,
  renderToolResult,
  transcript,
} from './transcript.ts';
import type { TurnNotes } from './turn-notes.ts';
import { addUsage } from './usage-sum.ts';

const contentParts = z
  .array(z.object({ type: text, text }).catch({}))
  .optional()
  .catch(undefined);

const lineSchema = z.object({
  type: text,
  id: text,
  toolName: text,
  args: record,
  isError: flag,
  result: fields({ content: contentParts }),
  attempt: number,
  delayMs: number,
  errorMessage: text,
  success: flag,
  finalError: text,
  message: fields({
    role: text,
    model: text,
    content: contentParts,
    stopReason: text,
    errorMessage: text,
    usage: piUsageSchema,
  }),
});

type Line = z.infer<typeof lineSchema>;
type Message = NonNullable<Line['message']>;

/** Reads `pi --mode json`. Its exit code is 0 whatever happened: what counts is why the last message stopped. */
export function createPiReader(request: TurnRequest): TurnReader {
  return createLineReader({ name: 'pi', read }, request);
}

function read(value: unknown, notes: TurnNotes): readonly AgentEvent[] {
  const line = lineSchema.safeParse(value).data;
  switch (line?.type) {
    case 'session':
      notes.conversation = line.id;
      return [
        { kind: 'ready', ...(line.id === undefined ? {} : { conversation: line.id }) },
        ...transcript(renderStart('pi')),
      ];
    case 'message_end':
      return line.message?.role === 'assistant' ? readMessage(line.message, notes) : [];
    case 'tool_execution_start':
      return transcript(renderCall(line.toolName ?? 'tool', line.args));
    case 'tool_execution_end':
      if (line.isError !== true) notes.hasActed = true;
      return transcript(renderToolResult(textOf(line.result?.content), line.isError === true));
    case 'auto_retry_start':
      return readRetry(line, notes);
    case 'auto_retry_end':
      if (line.success === false) notes.failure = piFailure(line.finalError ?? 'pi gave up');
      return [];
    case 'agent_end':
      notes.isOver = true;
      return [];
    default:
      return [];
  }
}

function readMessage(message: Message, notes: TurnNotes): readonly AgentEvent[] {
  const said = textOf(message.content);
  const hasFailed = message.stopReason === 'error' || message.stopReason === 'aborted';
  // A retry may follow a failed message: what the newest one says counts.
  notes.failure = hasFailed ? piFailure(message.errorMessage ?? `pi was ${message.stopReason}`) : undefined;
  if (!hasFailed) notes.answer = message.stopReason === 'toolUse' ? undefined : said;
  // Of one message: a turn is the sum of its messages.
  const usage = piUsage(message.usage);
  if (usage !== undefined) notes.usage = addUsage(notes.usage, usage);
  const shown = transcript(hasFailed ? `✗ ${renderSaid(notes.failure?.message ?? '')}` : renderSaid(said));
  return notes.usage === undefined ? shown : [...shown, { kind: 'usage', usage: notes.usage }];
}

function readRetry(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  const failure = piFailure(line.errorMessage ?? 'error');
  const { message } = failure;
  notes.failure = undefined;
  notes.isOver = false;
  notes.retry = failure;
  const wait = line.delayMs === undefined ? {} : { delayMs: line.delayMs };
  return [
    { kind: 'retrying', attempt: line.attempt ?? 1, message, ...wait },
    ...transcript(renderRetry(message)),
  ];
}

function textOf(
  parts: readonly { readonly type?: string | undefined; readonly text?: string | undefined }[] = [],
): string {
  return parts.map(part => (part.type === 'text' ? (part.text ?? '') : '')).join('');
}
