import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest, Usage } from './adapter.ts';
import { jsonValue } from './json-lines.ts';
import { createLineReader } from './line-reader.ts';
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
import { addUsage, usageSince } from './usage-sum.ts';

const lineSchema = z.object({
  type: text,
  sessionId: text,
  exitCode: number,
  data: fields({
    model: text,
    content: text,
    toolCallId: text,
    toolName: text,
    arguments: record,
    success: flag,
    result: fields({ content: text }),
    error: fields({ message: text, code: text }),
    message: text,
    errorType: text,
    statusCode: number,
    reason: text,
    errorMessage: text,
    retryAttempt: number,
  }),
});

type Line = z.infer<typeof lineSchema>;
type Data = NonNullable<Line['data']>;

const reportSchema = z.object({
  modelMetrics: z.record(
    z.string(),
    z.object({
      usage: z.object({
        inputTokens: number,
        outputTokens: number,
        cacheReadTokens: number,
        cacheWriteTokens: number,
      }),
    }),
  ),
});

/** Reads `copilot --output-format json`: the session's events, and a `result` at the end. */
export function createCopilotReader(request: TurnRequest): TurnReader {
  const read = (value: unknown, notes: TurnNotes): readonly AgentEvent[] => {
    const line = lineSchema.safeParse(value).data;
    return line === undefined ? [] : readLine(line, notes);
  };
  return createLineReader({ name: 'copilot', read, readReport }, request);
}

function readLine(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  const data = line.data ?? {};
  switch (line.type) {
    case 'session.tools_updated': {
      const { model } = data;
      const ready = { kind: 'ready', ...(model === undefined ? {} : { model }) } as const;
      return [ready, ...transcript(renderStart('copilot', model))];
    }
    case 'assistant.message':
      // A message that only calls tools is no answer.
      notes.answer = data.content === '' ? undefined : data.content;
      return transcript(renderSaid(data.content ?? ''));
    case 'tool.execution_start':
      if (data.toolCallId !== undefined) notes.calls.set(data.toolCallId, data.toolName ?? 'tool');
      return transcript(renderCall(data.toolName ?? 'tool', data.arguments));
    case 'tool.execution_complete':
      return readToolEnd(data, notes);
    case 'model.call_failure':
      return readFailedCall(data, notes);
    case 'assistant.turn_retry':
      return transcript(renderRetry((data.reason ?? 'error').replaceAll('_', ' ')));
    case 'session.error':
      notes.failure = {
        message: data.message ?? data.errorType ?? 'an error without words',
        status: data.statusCode,
      };
      return transcript(`✗ ${renderSaid(notes.failure.message)}`);
    case 'result':
      notes.isOver = true;
      notes.conversation = line.sessionId;
      return [];
    default:
      return [];
  }
}

/** Told before it waits: `turn_retry` comes after that. What it does not try again ends the session with an error. */
function readFailedCall(
  { statusCode: status, errorMessage, retryAttempt = 0 }: Data,
  notes: TurnNotes,
): readonly AgentEvent[] {
  if (status !== undefined && status !== 429 && status < 500) return [];
  const words = z.object({ message: z.string() }).safeParse(jsonValue(errorMessage ?? '')).data?.message;
  const message = words ?? errorMessage ?? 'an error without words';
  notes.retry = { message, status };
  return [{ kind: 'retrying', attempt: retryAttempt + 1, message }];
}

const READERS: ReadonlySet<string> = new Set([
  'view',
  'grep',
  'glob',
  'rg',
  'report_intent',
  'update_todo',
  'web_fetch',
]);

function readToolEnd(data: Data, notes: TurnNotes): readonly AgentEvent[] {
  const tool = notes.calls.get(data.toolCallId ?? '') ?? 'tool';
  const isError = data.success === false;
  notes.isLastRefused = isError && data.error?.code === 'denied';
  if (!isError && !READERS.has(tool)) notes.hasActed = true;
  const words = (isError ? data.error?.message : data.result?.content) ?? '';
  const shown = transcript(renderToolResult(words, isError));
  if (!notes.isLastRefused) return shown;
  notes.denied.add(tool);
  return [{ kind: 'denied', tool }, ...shown];
}

/** Of the whole session. Copilot counts what came from and went to the cache as input, too. */
function readReport(report: string, notes: TurnNotes, request: TurnRequest): void {
  const read = reportSchema.safeParse(jsonValue(report));
  if (!read.success) return;
  let total: Usage | undefined;
  for (const { usage } of Object.values(read.data.modelMetrics)) {
    const { inputTokens: input, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
    total = addUsage(total, {
      ...(input === undefined ? {} : { inputTokens: input - cacheReadTokens - cacheWriteTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      cacheReadTokens,
      cacheWriteTokens,
    });
  }
  notes.usage = total === undefined ? undefined : usageSince(total, request);
}
