/** The text of a journal: bytes in, events out. Pure. */
import { err, ok, type Result } from '../result.ts';
import { type RunEvent, readRunEvent } from './events.ts';

/** Why a journal cannot be read or written. */
export type JournalFailure =
  /** A line is no event, although lines follow it: the file was changed or the disk is broken. */
  | { readonly kind: 'corrupt'; readonly file: string; readonly line: number; readonly message: string }
  /** A newer version wrote it. */
  | {
      readonly kind: 'unknown-event';
      readonly file: string;
      readonly line: number;
      readonly eventKind: string;
    }
  | {
      readonly kind: 'disk-full' | 'io';
      readonly file: string;
      readonly code: string;
      readonly message: string;
    };

/** What a journal holds, and how many of its bytes: a torn last line is not among them. */
export interface JournalContent {
  readonly events: readonly RunEvent[];
  readonly length: number;
}

/** Reads a whole journal. A last line without its line feed was torn by a crash while it was written, and is dropped. */
export function parseJournal(file: string, bytes: Buffer): Result<JournalContent, JournalFailure> {
  const length = bytes.lastIndexOf(LINE_FEED) + 1;
  const events: RunEvent[] = [];
  for (const text of bytes.subarray(0, length).toString('utf8').split('\n').slice(0, -1)) {
    const line = events.length + 1;
    const event = parseLine(text);
    if (!event.ok) return err({ file, line, ...event.failure });
    if (event.value.seq !== line) {
      return err({
        kind: 'corrupt',
        file,
        line,
        message: `event ${event.value.seq} stands where ${line} belongs`,
      });
    }
    events.push(event.value);
  }
  return ok({ events, length });
}

/** What is wrong with a journal and what to do, in one line. */
export function describeJournalFailure(failure: JournalFailure): string {
  switch (failure.kind) {
    case 'corrupt':
      return `${failure.file}:${failure.line}: the journal is damaged: ${failure.message}`;
    case 'unknown-event':
      return `${failure.file}:${failure.line}: unknown event "${failure.eventKind}": a newer niia wrote this run; use that version`;
    case 'disk-full':
      return `the disk is full: ${failure.file} cannot be written; the run pauses and goes on when there is room`;
    case 'io':
      return `${failure.file}: ${failure.message}`;
  }
}

const LINE_FEED = 0x0a;

type LineFailure =
  | { readonly kind: 'corrupt'; readonly message: string }
  | { readonly kind: 'unknown-event'; readonly eventKind: string };

function parseLine(text: string): Result<RunEvent, LineFailure> {
  const json = parseJson(text);
  if (!json.ok) return json;
  const event = readRunEvent(json.value);
  if (event.ok) return event;
  const { failure } = event;
  if (failure.kind === 'invalid') return err({ kind: 'corrupt', message: failure.message });
  return err({ kind: 'unknown-event', eventKind: failure.eventKind });
}

function parseJson(text: string): Result<unknown, LineFailure> {
  try {
    return ok(JSON.parse(text));
  } catch (error) {
    return err({ kind: 'corrupt', message: error instanceof Error ? error.message : String(error) });
  }
}
