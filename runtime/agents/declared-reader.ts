import type { AgentEvent, ProcessExit, TurnOutcome, TurnReader, TurnRequest } from './adapter.ts';
import { CollectedText } from './collected-text.ts';
import type { DeclaredAgent } from './declared.ts';
import { declaredReason } from './declared-failures.ts';
import { textAt, usageAt } from './declared-places.ts';
import { jsonValue } from './json-lines.ts';
import { createLineReader } from './line-reader.ts';
import { createOutputReader, lastNonEmptyLine } from './output-reader.ts';
import { printable } from './terminal-text.ts';
import { createTextReader } from './text-reader.ts';
import { renderSaid, transcript } from './transcript.ts';
import { emptyNotes, judgeTurn, type TurnNotes } from './turn-notes.ts';

type Output = NonNullable<DeclaredAgent['output']>;

/** A reader for a CLI of the user's configuration: by its places in JSON, or else as plain text. */
export function createDeclaredReader(name: string, agent: DeclaredAgent, request: TurnRequest): TurnReader {
  const reader = readerOf(name, agent, request);
  // Patterns look at the last of the output: kept beside what the reader makes of it.
  let tail = '';
  return {
    feed(chunk) {
      tail = (tail + chunk).slice(-MAX_SEARCHED);
      return reader.feed(chunk);
    },
    end(exit, stderrTail, report) {
      const outcome = reader.end(exit, stderrTail, report);
      if (outcome.kind === 'answered') return outcome;
      const failed = reclassified(agent, outcome, `${tail}\n${stderrTail}`);
      // It ended well by its own account: then the declaration may be what is wrong.
      const isUnread = agent.output !== undefined && exit.code === 0 && failed.reason.kind === 'crashed';
      return isUnread && stderrTail.trim() === '' ? { ...failed, message: unread(name, tail) } : failed;
    },
  };
}

type Failed = TurnOutcome & { readonly kind: 'failed' };

const MAX_SEARCHED = 4000;

function readerOf(name: string, { output, stdin }: DeclaredAgent, request: TurnRequest): TurnReader {
  if (output === undefined) return stdin ? createTextReader(name) : createOutputReader();
  if (output.format === 'json') return createDocumentReader(name, output, request);
  const read = (value: unknown, notes: TurnNotes): readonly AgentEvent[] => {
    const said = notes.answer;
    readValues(output, value, notes);
    const ready: readonly AgentEvent[] = [
      { kind: 'ready', ...(notes.conversation === undefined ? {} : { conversation: notes.conversation }) },
    ];
    return notes.answer === said ? ready : [...ready, ...transcript(renderSaid(notes.answer ?? ''))];
  };
  return createLineReader({ name, read }, request);
}

function createDocumentReader(name: string, output: Output, request: TurnRequest): TurnReader {
  const text = new CollectedText();
  return {
    feed(chunk) {
      if (chunk === '') return [];
      text.add(chunk);
      return [{ kind: 'ready' }, { kind: 'transcript', text: printable(chunk) }, { kind: 'activity' }];
    },
    end(exit: ProcessExit, stderrTail: string) {
      const notes = emptyNotes();
      readValues(output, jsonValue(text.text()), notes);
      return judgeTurn(notes, { name, request, exit, stderrTail });
    },
  };
}

/** What one document says; later ones win, tokens and cost included. */
function readValues(output: Output, value: unknown, notes: TurnNotes): void {
  const answer = textAt(value, output.answer);
  if (answer !== undefined) {
    notes.answer = answer;
    notes.isOver = true;
  }
  const error = textAt(value, output.error);
  if (error !== undefined) notes.failure = { message: error };
  notes.conversation = textAt(value, output.conversation) ?? notes.conversation;
  const usage = usageAt(value, output);
  if (Object.keys(usage).length > 0) notes.usage = { ...notes.usage, ...usage };
}

function unread(name: string, printed: string): string {
  const last = lastNonEmptyLine(printed);
  const words = last === undefined ? 'it printed nothing' : `the last it printed: ${last}`;
  return `${name} ended without an answer where agents.${name}.output looks for it; ${words}`;
}

function reclassified({ failures }: DeclaredAgent, outcome: Failed, printed: string): Failed {
  const reason = declaredReason(failures, `${outcome.message}\n${printed}`.slice(0, 2 * MAX_SEARCHED));
  return reason === undefined ? outcome : { ...outcome, reason };
}
