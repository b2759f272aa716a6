import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest, Usage } from './adapter.ts';
import { type ContentPart, readClaudeLine } from './claude-lines.ts';
import { jsonValue } from './json-lines.ts';
import { createLineReader } from './line-reader.ts';
import { readQwenRequest } from './qwen-requests.ts';
import { fields, number, text } from './tolerant.ts';
import {
  renderCall,
  renderRetry,
  renderSaid,
  renderStart,
  renderToolResult,
  transcript,
} from './transcript.ts';
import type { TurnNotes } from './turn-notes.ts';
import { usageSince } from './usage-sum.ts';

/** Where qwen's lines are not those of claude, whose form they follow. */
const ownSchema = z.object({
  error: fields({ message: text }),
  qwen_code_version: text,
  usage: fields({ input_tokens: number, output_tokens: number, cache_read_input_tokens: number }),
  event: fields({ type: text }),
  data: fields({ attempt: number, delayMs: number, message: text, errorMessage: text }),
});

type Own = z.infer<typeof ownSchema>;

/** Reads `qwen --output-format stream-json`, and the file of its conversation for failed requests. */
export function createQwenReader(request: TurnRequest): TurnReader {
  let attempt = 0;
  // It is read a little later than the output, so it is heard of answers, too.
  const readError = (line: string, notes: TurnNotes): readonly AgentEvent[] => {
    const told = readQwenRequest(jsonValue(line));
    if (told === undefined) return [];
    if (told.failure === undefined) return [{ kind: 'answering' }];
    attempt += 1;
    notes.retry = told.failure;
    return [{ kind: 'retrying', attempt, message: told.failure.message }];
  };
  return createLineReader({ name: 'qwen', read, readError }, request);
}

function read(value: unknown, notes: TurnNotes, request: TurnRequest): readonly AgentEvent[] {
  const line = readClaudeLine(value);
  const own = ownSchema.safeParse(value).data;
  if (line === undefined || own === undefined) return [];
  if (line.session_id !== undefined) notes.conversation = line.session_id;
  const parts = line.message?.content ?? [];
  switch (line.type) {
    case 'system':
      if (line.subtype === 'init') return readInit(line.session_id, line.model, own.qwen_code_version);
      return line.subtype === 'retry' ? readRetry(own, notes) : [];
    case 'stream_event':
      return own.event?.type?.startsWith('content_block') === true ? [{ kind: 'answering' }] : [];
    case 'assistant':
      return parts.flatMap(part => readSpoken(part, notes));
    case 'user':
      return parts.flatMap(part => readToolResult(part, notes));
    case 'result': {
      notes.isOver = true;
      notes.usage = own.usage === undefined ? undefined : usageSince(totalOf(own.usage), request);
      if (line.is_error !== true && line.result !== undefined) {
        notes.answer = line.result;
        return transcript('✓\n');
      }
      notes.failure = {
        message: withoutBrackets(own.error?.message ?? line.result ?? line.subtype ?? 'unknown error'),
      };
      return transcript(`✗ ${renderSaid(notes.failure.message)}`);
    }
    default:
      return [];
  }
}

function readInit(conversation?: string, model?: string, version?: string): readonly AgentEvent[] {
  const ready = {
    kind: 'ready',
    ...(conversation === undefined ? {} : { conversation }),
    ...(model === undefined ? {} : { model }),
    ...(version === undefined ? {} : { version }),
  } as const;
  return [ready, ...transcript(renderStart('qwen', version, model))];
}

function readRetry({ data }: Own, notes: TurnNotes): readonly AgentEvent[] {
  // Why stands on its stderr only.
  const message = data?.errorMessage ?? data?.message ?? '';
  notes.retry = { message };
  const wait = data?.delayMs === undefined ? {} : { delayMs: data.delayMs };
  return [
    { kind: 'retrying', attempt: data?.attempt ?? 1, message: message || 'error', ...wait },
    ...transcript(renderRetry(message || 'error')),
  ];
}

function readSpoken(part: ContentPart, notes: TurnNotes): readonly AgentEvent[] {
  if (part.type === 'text') return transcript(renderSaid(part.text ?? ''));
  if (part.type !== 'tool_use') return [];
  if (part.id !== undefined) notes.calls.set(part.id, part.name ?? 'tool');
  return transcript(renderCall(part.name ?? 'tool', part.input));
}

const REFUSED = /requires? (user )?(approval|confirmation)|permission|not allowed|denied|declined/i;
const READERS: ReadonlySet<string> = new Set([
  'read_file',
  'glob',
  'grep_search',
  'list_directory',
  'web_fetch',
  'tool_search',
  'skill',
]);

function readToolResult(part: ContentPart, notes: TurnNotes): readonly AgentEvent[] {
  if (part.type !== 'tool_result') return [];
  const tool = notes.calls.get(part.tool_use_id ?? '') ?? 'tool';
  const words = typeof part.content === 'string' ? part.content : JSON.stringify(part.content ?? '');
  const isError = part.is_error === true;
  notes.isLastRefused = isError && REFUSED.test(words);
  if (!isError && !READERS.has(tool)) notes.hasActed = true;
  const shown = transcript(renderToolResult(words, isError));
  if (!notes.isLastRefused) return shown;
  notes.denied.add(tool);
  return [{ kind: 'denied', tool }, ...shown];
}

/** Of the whole conversation; input counts what came from the cache, too. */
function totalOf(usage: NonNullable<Own['usage']>): Usage {
  const { input_tokens: input, output_tokens: output, cache_read_input_tokens: cached } = usage;
  const parts = [
    ['inputTokens', input === undefined ? undefined : input - (cached ?? 0)],
    ['outputTokens', output],
    ['cacheReadTokens', cached],
  ] as const;
  return Object.fromEntries(parts.filter(([, value]) => value !== undefined));
}

/** `[API Error: 401 …]` */
function withoutBrackets(message: string): string {
  return /^\[API Error: ([\s\S]*)\]$/.exec(message.trim())?.[1] ?? message;
}
