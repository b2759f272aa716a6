/** What is known of a run: its events on disk, and the state they lead to. Tells listeners what is safely written. */
import type { Plan } from '../plan/plan.ts';
import { err, ok, type Result } from '../result.ts';
import { apply, fold } from './apply.ts';
import type { NewEvent, RunEvent } from './events.ts';
import { ImpossibleEvent } from './impossible-event.ts';
import { Journal } from './journal.ts';
import type { JournalFailure } from './journal-text.ts';
import { initialState, type RunState } from './state.ts';

/** What a record needs. */
export interface RecordOptions {
  readonly plan: Plan;
  readonly journalFile: string;
  /** The clock: stamps events. */
  readonly now: () => Date;
}

/** State and journal of one run. Events are applied at once, and published when they are on disk. */
export class RunRecord {
  readonly #now: () => Date;
  readonly #journal: Journal;
  readonly #saved: RunEvent[];
  #unsaved: RunEvent[] = [];
  #state: RunState;

  private constructor(now: () => Date, journal: Journal, events: readonly RunEvent[], state: RunState) {
    this.#now = now;
    this.#journal = journal;
    this.#saved = [...events];
    this.#state = state;
  }

  /** The record of a new run, without events. */
  static async create({ plan, journalFile, now }: RecordOptions): Promise<Result<RunRecord, JournalFailure>> {
    const journal = await Journal.create(journalFile);
    return journal.ok ? ok(new RunRecord(now, journal.value, [], initialState(plan))) : journal;
  }

  /** The record of an earlier run. */
  static async open({ plan, journalFile, now }: RecordOptions): Promise<Result<RunRecord, JournalFailure>> {
    const opened = await Journal.open(journalFile);
    if (!opened.ok) return opened;
    const { journal, events } = opened.value;
    const state = foldJournal(plan, events, journalFile);
    if (state.ok) return ok(new RunRecord(now, journal, events, state.value));
    await journal.close();
    return state;
  }

  /** The latest state; it may be ahead of the disk. */
  get state(): RunState {
    return this.#state;
  }

  /** All events that are on disk. */
  get events(): readonly RunEvent[] {
    return this.#saved;
  }

  /** Whether everything is on disk. */
  get isSaved(): boolean {
    return this.#unsaved.length === 0;
  }

  /** Applies events: all of them, or none where one is impossible (throws `ImpossibleEvent`). */
  add(events: readonly NewEvent[]): void {
    const stamped: RunEvent[] = [];
    let state = this.#state;
    for (const event of events) {
      const next: RunEvent = { v: 1, seq: state.seq + 1, at: this.#now().toISOString(), ...event };
      state = apply(state, next);
      stamped.push(next);
    }
    this.#state = state;
    this.#unsaved.push(...stamped);
  }

  /** Writes what is not on disk yet; returns what was written. After a failure it can be tried again. */
  async save(): Promise<Result<readonly RunEvent[], JournalFailure>> {
    const events = this.#unsaved;
    if (events.length === 0) return ok([]);
    const written = await this.#journal.append(events);
    if (!written.ok) return written;
    this.#unsaved = this.#unsaved.slice(events.length);
    for (const event of events) this.#saved.push(event);
    return ok(events);
  }

  /** Closes the journal. What is not on disk is forgotten. */
  async close(): Promise<void> {
    await this.#journal.close();
  }
}

/**
 * The state that events read from a journal lead to. A journal whose events contradict each other, or that belongs to
 * another plan, is a failure that names the line.
 */
export function foldJournal(
  plan: Plan,
  events: readonly RunEvent[],
  file: string,
): Result<RunState, JournalFailure> {
  if (events.length === 0) return err({ kind: 'corrupt', file, line: 1, message: 'the journal is empty' });
  try {
    return ok(fold(plan, events));
  } catch (error) {
    if (!(error instanceof ImpossibleEvent)) throw error;
    return err({ kind: 'corrupt', file, line: error.event.seq, message: error.message });
  }
}
