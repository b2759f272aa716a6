import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest, Usage } from './adapter.ts';
import { createLineReader } from './line-reader.ts';
import { fields, number, text } from './tolerant.ts';
import { renderCall, renderSaid, renderStart, renderToolResult, transcript } from './transcript.ts';
import type { TurnNotes } from './turn-notes.ts';

const lineSchema = z.object({
  type: text,
  hookEventName: text,
  message: text,
  finishReason: text,
  text,
  usage: fields({
    inputTokens: number,
    outputTokens: number,
    cacheReadTokens: number,
    cacheWriteTokens: number,
    totalCost: number,
  }),
  event: fields({
    type: text,
    contentType: text,
    text,
    toolName: text,
    input: z.unknown().optional(),
    error: z.union([text, fields({ message: text })]),
    errorClass: text,
  }),
});

type Line = z.infer<typeof lineSchema>;
type Event = NonNullable<Line['event']>;

/** Reads `cline --json`: hooks and events of its agent, and one `run_result`. */
export function createClineReader(request: TurnRequest): TurnReader {
  return createLineReader({ name: 'cline', read }, request);
}

function read(value: unknown, notes: TurnNotes): readonly AgentEvent[] {
  const line = lineSchema.safeParse(value).data;
  switch (line?.type) {
    case 'hook_event':
      return line.hookEventName === 'agent_start'
        ? [{ kind: 'ready' }, ...transcript(renderStart('cline'))]
        : [];
    case 'agent_event':
      return line.event === undefined ? [] : readEvent(line.event, notes);
    case 'run_result':
      return readResult(line, notes);
    case 'error':
      notes.failure ??= { message: line.message ?? 'an error without words' };
      return [];
    default:
      return [];
  }
}

const REFUSED = /requires (approval|an interactive session)|blocked in plan mode/i;

function readEvent(event: Event, notes: TurnNotes): readonly AgentEvent[] {
  const tool = event.toolName ?? 'tool';
  if (event.type === 'content_start' && event.contentType === 'tool')
    return transcript(renderCall(tool, event.input));
  if (event.type !== 'content_end') return [];
  if (event.contentType === 'text') return transcript(renderSaid(event.text ?? ''));
  if (event.contentType !== 'tool') return [];
  const error = typeof event.error === 'string' ? event.error : event.error?.message;
  notes.isLastRefused = error !== undefined && REFUSED.test(error);
  if (error === undefined && !tool.startsWith('read') && !tool.startsWith('search')) notes.hasActed = true;
  const shown = transcript(renderToolResult(error ?? 'done', error !== undefined));
  if (!notes.isLastRefused) return shown;
  notes.denied.add(tool);
  return [{ kind: 'denied', tool }, ...shown];
}

function readResult(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  notes.isOver = true;
  notes.usage = usageOf(line.usage);
  if (line.finishReason === 'completed') {
    notes.answer = line.text;
    return transcript('✓\n');
  }
  const message =
    line.text === undefined || line.text === '' ? `cline ended: ${line.finishReason}` : line.text;
  notes.failure = { message };
  return transcript(`✗ ${renderSaid(message)}`);
}

/** The run's own figures; input counts what came from and went to the cache, too. */
function usageOf(usage: Line['usage']): Usage | undefined {
  if (usage === undefined) return undefined;
  const { inputTokens: input, outputTokens, cacheReadTokens, cacheWriteTokens, totalCost } = usage;
  const parts = [
    [
      'inputTokens',
      input === undefined ? undefined : input - (cacheReadTokens ?? 0) - (cacheWriteTokens ?? 0),
    ],
    ['outputTokens', outputTokens],
    ['cacheReadTokens', cacheReadTokens],
    ['cacheWriteTokens', cacheWriteTokens],
    // Of models without prices it says 0.
    ['costUsd', totalCost === 0 ? undefined : totalCost],
  ] as const;
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}
