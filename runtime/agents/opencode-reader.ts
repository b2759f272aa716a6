import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest } from './adapter.ts';
import { createLineReader } from './line-reader.ts';
import { opencodeError, opencodeFailure, opencodeTokens, opencodeUsage } from './opencode-words.ts';
import { fields, number, record, text } from './tolerant.ts';
import { renderCall, renderSaid, renderToolResult, transcript } from './transcript.ts';
import type { TurnNotes } from './turn-notes.ts';
import { addUsage } from './usage-sum.ts';

const lineSchema = z.object({
  type: text,
  sessionID: text,
  part: fields({
    text,
    reason: text,
    tool: text,
    callID: text,
    state: fields({ status: text, input: record, output: text, error: text }),
    cost: number,
    tokens: opencodeTokens,
  }),
  error: opencodeError,
});

type Line = z.infer<typeof lineSchema>;
type Part = NonNullable<Line['part']>;

/** A failed request as its log tells it, but for those of small helpers: for titles and the like. */
const STREAM_ERROR = /message="stream error".* small=false .*error\.error="(?:\w+: )?((?:[^"\\]|\\.)*)"/;

/** Reads `opencode run --format json`: per step of the turn `step_start`, texts and tools, `step_finish`. */
export function createOpencodeReader(request: TurnRequest): TurnReader {
  let attempt = 0;
  const readError = (line: string, notes: TurnNotes): readonly AgentEvent[] => {
    const message = STREAM_ERROR.exec(line)?.[1];
    if (message === undefined) return [];
    attempt += 1;
    notes.retry = { message };
    return [{ kind: 'retrying', attempt, message }];
  };
  return createLineReader({ name: 'opencode', read, readError }, request);
}

function read(value: unknown, notes: TurnNotes): readonly AgentEvent[] {
  const line = lineSchema.safeParse(value).data;
  if (line === undefined) return [];
  const isFirst = notes.conversation === undefined && line.sessionID !== undefined;
  if (isFirst) notes.conversation = line.sessionID;
  const ready: readonly AgentEvent[] =
    isFirst && line.sessionID !== undefined ? [{ kind: 'ready', conversation: line.sessionID }] : [];
  return [...ready, ...readLine(line, notes)];
}

function readLine(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  const part = line.part ?? {};
  switch (line.type) {
    case 'step_start':
      notes.isOver = false;
      return [];
    case 'text':
      notes.answer = part.text;
      return transcript(renderSaid(part.text ?? ''));
    case 'tool_use':
      return readTool(part, notes);
    case 'step_finish':
      return readStepEnd(part, notes);
    case 'error':
      return readError(line, notes);
    default:
      return [];
  }
}

const REFUSED = /rejected permission|permission.{0,40}(denied|rejected)|prevents? you from using/i;
const READERS: ReadonlySet<string> = new Set([
  'read',
  'list',
  'glob',
  'grep',
  'webfetch',
  'todowrite',
  'todoread',
]);

/** Tools that are not offered where the permission does not allow them; the model may know them all the same. */
const ACTORS: ReadonlySet<string> = new Set(['bash', 'edit', 'write', 'patch', 'apply_patch', 'webfetch']);

/** A call of a tool that is not offered comes as a call of one that only says so. */
const NOT_OFFERED = 'invalid';

function readTool(part: Part, notes: TurnNotes): readonly AgentEvent[] {
  if (part.tool === NOT_OFFERED) return readNotOffered(part, notes);
  const tool = part.tool ?? 'tool';
  const { state } = part;
  const isError = state?.status === 'error';
  const words = (isError ? state?.error : state?.output) ?? '';
  notes.isLastRefused = isError && REFUSED.test(words);
  if (!isError && !READERS.has(tool)) notes.hasActed = true;
  const shown = transcript(renderCall(tool, state?.input) + renderToolResult(words, isError));
  if (!notes.isLastRefused) return shown;
  notes.denied.add(tool);
  // A refusal ends the turn though its step wanted to go on, without another word of the model.
  notes.isOver = true;
  notes.answer ??= words;
  return [{ kind: 'denied', tool }, ...shown];
}

function readNotOffered({ state }: Part, notes: TurnNotes): readonly AgentEvent[] {
  const tool = String(state?.input?.tool ?? 'tool');
  notes.isLastRefused = ACTORS.has(tool);
  const shown = transcript(renderCall(tool, {}) + renderToolResult(state?.output ?? '', true));
  if (!notes.isLastRefused) return shown;
  notes.denied.add(tool);
  return [{ kind: 'denied', tool }, ...shown];
}

function readStepEnd(part: Part, notes: TurnNotes): readonly AgentEvent[] {
  notes.isOver ||= part.reason !== 'tool-calls';
  // Of one step: a turn is the sum of its steps.
  const usage = opencodeUsage(part.tokens, part.cost);
  if (usage === undefined) return [];
  notes.usage = addUsage(notes.usage, usage);
  return [{ kind: 'usage', usage: notes.usage }];
}

function readError({ error }: Line, notes: TurnNotes): readonly AgentEvent[] {
  // After an overflow it compacts the conversation and goes on: only the newest error counts, and only if nothing follows.
  notes.failure = opencodeFailure(error);
  return transcript(`✗ ${renderSaid(notes.failure.message)}`);
}
