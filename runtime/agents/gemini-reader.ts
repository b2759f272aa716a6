import * as z from 'zod';
import type { AgentEvent, TurnReader, TurnRequest } from './adapter.ts';
import { geminiHint, readGeminiRetry } from './gemini-errors.ts';
import { geminiStats, geminiUsage, geminiUsageByModel } from './gemini-usage.ts';
import { createLineReader } from './line-reader.ts';
import { fields, flag, record, text } from './tolerant.ts';
import { renderCall, renderSaid, renderStart, renderToolResult, transcript } from './transcript.ts';
import type { TurnNotes } from './turn-notes.ts';

const lineSchema = z.object({
  type: text,
  timestamp: text,
  session_id: text,
  model: text,
  role: text,
  content: text,
  delta: flag,
  tool_name: text,
  tool_id: text,
  parameters: record,
  status: text,
  output: text,
  message: text,
  error: fields({ type: text, message: text }),
  stats: geminiStats,
});

type Line = z.infer<typeof lineSchema>;

/** Reads `gemini --output-format stream-json`: `init`, pieces of messages, tools, one `result`. */
export function createGeminiReader(request: TurnRequest): TurnReader {
  let said = '';
  const read = (value: unknown, notes: TurnNotes): readonly AgentEvent[] => {
    const line = lineSchema.safeParse(value).data;
    if (line === undefined) return [];
    if (line.type === 'message' && line.role === 'assistant') {
      // The answer is the message that no tool call comes after.
      said = line.delta === true ? said + (line.content ?? '') : (line.content ?? '');
      return [];
    }
    const pending = said;
    said = '';
    if (pending !== '') notes.answer = pending;
    return [...transcript(renderSaid(pending)), ...readOther(line, notes)];
  };
  return createLineReader({ name: 'gemini', read, readError }, request);
}

function readOther(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  switch (line.type) {
    case 'init': {
      const { session_id: conversation, model } = line;
      notes.conversation = conversation;
      const about = {
        ...(conversation === undefined ? {} : { conversation }),
        ...(model === undefined ? {} : { model }),
      };
      return [{ kind: 'ready', ...about }, ...transcript(renderStart('gemini', model))];
    }
    case 'tool_use':
      notes.answer = undefined;
      if (line.tool_id !== undefined) notes.calls.set(line.tool_id, line.tool_name ?? 'tool');
      return transcript(renderCall(line.tool_name ?? 'tool', line.parameters));
    case 'tool_result':
      return readToolResult(line, notes);
    case 'error':
      notes.retry = { message: line.message ?? line.error?.message ?? 'an error without words' };
      return transcript(renderSaid(`! ${notes.retry.message}`));
    case 'result':
      return readResult(line, notes);
    default:
      return [];
  }
}

const REFUSED = /not allowed|denied|requires? (user )?(confirmation|approval)|policy|^path not in workspace/i;
/** Tools that are not offered where the permission does not allow them; the model may know them all the same. */
const ACTORS = /^(run_shell_command|write_file|replace|edit|web_fetch)$/;
const READERS = /^(read_|list_|glob$|grep|search|google_web_search$|update_topic$)/;

function readToolResult(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  const tool = notes.calls.get(line.tool_id ?? '') ?? 'tool';
  const isError = line.status === 'error';
  const words = line.error?.message ?? line.output ?? '';
  const isWithheld = line.error?.type === 'tool_not_registered' && ACTORS.test(tool);
  notes.isLastRefused = isError && (isWithheld || REFUSED.test(words));
  if (!isError && !READERS.test(tool)) notes.hasActed = true;
  const shown = transcript(renderToolResult(words, isError));
  if (!notes.isLastRefused) return shown;
  notes.denied.add(tool);
  return [{ kind: 'denied', tool }, ...shown];
}

function readResult(line: Line, notes: TurnNotes): readonly AgentEvent[] {
  notes.isOver = true;
  notes.usage = geminiUsage(line.stats);
  const used = geminiUsageByModel(line.stats);
  if (line.status !== 'error') return [...used, ...transcript('✓\n')];
  notes.failure = geminiHint(line.error?.message ?? 'gemini failed without a word');
  return [...used, ...transcript(`✗ ${renderSaid(notes.failure.message)}`)];
}

function readError(line: string, notes: TurnNotes): readonly AgentEvent[] {
  const retry = readGeminiRetry(line);
  if (retry === undefined) return [];
  const { attempt, hint, delayMs } = retry;
  notes.retry = hint;
  return [{ kind: 'retrying', attempt, message: hint.message, delayMs }];
}
