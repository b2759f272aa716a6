import type { AgentEvent, TurnReader, TurnRequest } from './adapter.ts';
import { createJsonLines } from './json-lines.ts';
import { createLineSplitter } from './line-splitter.ts';
import { emptyNotes, judgeTurn, type TurnNotes } from './turn-notes.ts';

/** Longest line that is read: an answer of 16 MB, escaped. */
const MAX_LINE = 64 * 1024 * 1024;

/** Longest line of stderr that is read. */
const MAX_ERROR_LINE = 1024 * 1024;

/** How one CLI's JSON lines are understood. */
export interface LineLanguage {
  /** Name of the CLI, for messages. */
  readonly name: string;
  /** Notes what a line tells, and says what viewers and watchdogs should know. Lines that mean nothing are passed over. */
  read(line: unknown, notes: TurnNotes, request: TurnRequest): readonly AgentEvent[];
  /** The same of a line of stderr, for CLIs that tell only there that they try again. */
  readError?(line: string, notes: TurnNotes): readonly AgentEvent[];
  /** Notes what the CLI's report (`TurnCommand.reportFile`) tells. */
  readReport?(report: string, notes: TurnNotes, request: TurnRequest): void;
}

/** A reader for CLIs that print one JSON document a line. */
export function createLineReader(language: LineLanguage, request: TurnRequest): TurnReader {
  const lines = createJsonLines(MAX_LINE);
  const notes = emptyNotes();
  const read = (values: readonly unknown[]): AgentEvent[] =>
    values.flatMap(value => language.read(value, notes, request));
  const { readError } = language;
  const errors = createLineSplitter(MAX_ERROR_LINE);
  return {
    feed(chunk) {
      if (chunk === '') return [];
      return [...read(lines.feed(chunk)), { kind: 'activity' }];
    },
    ...(readError && {
      feedErrors: (chunk: string) => errors.feed(chunk).flatMap(line => readError(line, notes)),
    }),
    end(exit, stderrTail, report) {
      read(lines.end());
      if (report !== undefined) language.readReport?.(report, notes, request);
      return judgeTurn(notes, { name: language.name, request, exit, stderrTail });
    },
  };
}
