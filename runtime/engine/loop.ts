/**
 * The loop around the functional core: it appends what happened to the journal, decides what follows, and has it
 * performed. Everything that reaches a performer or a listener is on disk before.
 */
import { err, ok, type Result } from '../result.ts';
import { crashEvents } from './crash-events.ts';
import { type Decision, decide } from './decide.ts';
import type { EventData, NewEvent, RunEvent, RunOutcome } from './events.ts';
import { type Flight, Flights } from './flights.ts';
import { ImpossibleEvent } from './impossible-event.ts';
import { describeJournalFailure, type JournalFailure } from './journal-text.ts';
import type { Performer } from './performer.ts';
import { type RecordOptions, RunRecord } from './record.ts';
import type { Refusal, RequestResult } from './requests.ts';
import type { RunState } from './state.ts';

/** What a loop is made of. */
export interface LoopOptions extends RecordOptions {
  readonly run: string;
  readonly performer: Performer;
  /** Takes reports of bugs, for the daemon's log. */
  readonly log: (message: string) => void;
  /** How long to wait before a journal that could not be written is tried again, in ms; default 5000. */
  readonly retryJournalMs?: number;
}

/**
 * Whether the run goes on. `paused`: the journal cannot be written, so nothing is started until it can. `broken`: the
 * engine contradicted itself (a bug); nothing is started until the run is opened again.
 */
export type LoopStatus =
  | { readonly kind: 'running' }
  | { readonly kind: 'paused'; readonly failure: JournalFailure }
  | { readonly kind: 'broken'; readonly message: string };

/** How a run ended. */
export interface RunEnd {
  readonly outcome: RunOutcome;
  readonly message: string;
}

/** Gets what happens in a run, in order. */
export interface RunListener {
  /** An event that is on disk. */
  onEvent?(event: RunEvent): void;
  onStatus?(status: LoopStatus): void;
}

/** What an emitter gets when the loop was closed, or broke, before its event was on disk. */
export class LoopClosed extends Error {
  override readonly name = 'LoopClosed';
}

/** Something that wants to append events. */
interface Entry {
  /** The events, in the state at the entry's turn. */
  readonly make: (state: RunState) => RequestResult;
  /** The command that reports them; absent for what people ask for. */
  readonly flight?: Flight;
  readonly resolve: (result: Result<void, Refusal>) => void;
  readonly reject: (error: Error) => void;
}

/** One run, from its first event or from where its journal ends, until it is closed. */
export class RunLoop implements AsyncDisposable {
  readonly #options: LoopOptions;
  readonly #record: RunRecord;
  readonly #flights = new Flights(flight => this.#perform(flight));
  /** With the number of the next event each has to get. */
  readonly #listeners = new Map<RunListener, number>();
  readonly #idleWatchers = new Set<() => void>();
  #decided: { readonly state: RunState; readonly decision: Decision } | undefined;
  /** Not applied yet. */
  #inbox: Entry[] = [];
  /** Applied, not on disk yet. */
  #accepted: Entry[] = [];
  #status: LoopStatus = { kind: 'running' };
  #pumping: Promise<void> | undefined;
  #isDirty = false;
  #isClosed = false;
  #retryTimer: NodeJS.Timeout | undefined;

  private constructor(options: LoopOptions, record: RunRecord) {
    this.#options = options;
    this.#record = record;
  }

  /** Begins a new run: its first event is on disk when this is done. Nothing is performed before `start`. */
  static async create(
    options: LoopOptions,
    started: Omit<EventData<'run-started'>, 'run'>,
  ): Promise<Result<RunLoop, JournalFailure>> {
    const record = await RunRecord.create(options);
    if (!record.ok) return record;
    record.value.add([{ kind: 'run-started', run: options.run, ...started }]);
    const saved = await record.value.save();
    if (saved.ok) return ok(new RunLoop(options, record.value));
    await record.value.close();
    return saved;
  }

  /** Takes a run up from its journal. `why` is shown: "the daemon was restarted". Nothing is performed before `start`. */
  static async open(options: LoopOptions, why: string): Promise<Result<RunLoop, JournalFailure>> {
    const record = await RunRecord.open(options);
    if (!record.ok) return record;
    if (record.value.state.progress.kind === 'running') record.value.add([{ kind: 'run-resumed', why }]);
    return ok(new RunLoop(options, record.value));
  }

  /** The latest state; it may be a little ahead of the disk. */
  get state(): RunState {
    return this.#record.state;
  }

  /** All events that are on disk. */
  get events(): readonly RunEvent[] {
    return this.#record.events;
  }

  get status(): LoopStatus {
    return this.#status;
  }

  /** Begins to perform. */
  start(): void {
    this.#wake();
  }

  /** Gives a listener the events from a number on (1 = all), past and future. Returns how to end that. */
  follow(fromSeq: number, listener: RunListener): () => void {
    for (const event of this.events.slice(Math.max(0, fromSeq - 1)))
      this.#tell(() => listener.onEvent?.(event));
    this.#listeners.set(listener, Math.max(fromSeq, this.events.length + 1));
    return () => this.#listeners.delete(listener);
  }

  /** Carries out what somebody asks for (requests.ts); done when it is on disk. Refused while the run is paused. */
  request(make: (state: RunState) => RequestResult): Promise<Result<void, Refusal>> {
    const status = this.#status;
    if (status.kind === 'running') return this.#enter(make);
    const message = status.kind === 'paused' ? describeJournalFailure(status.failure) : status.message;
    return Promise.resolve(err({ code: 'run-paused', message }));
  }

  /** The end of the run, once nothing of it goes on. A run that is retried ends again: ask again. */
  whenEnded(): Promise<RunEnd> {
    return new Promise(resolve => {
      const look = (): void => {
        const { progress } = this.state;
        if (progress.kind !== 'ended' || !this.#isIdle()) return;
        this.#idleWatchers.delete(look);
        resolve({ outcome: progress.outcome, message: progress.message });
      };
      this.#idleWatchers.add(look);
      look();
    });
  }

  /** Tries to write the journal again, for a run that is paused. It is also tried by itself every few seconds. */
  resume(): void {
    clearTimeout(this.#retryTimer);
    if (this.#status.kind !== 'paused' || this.#isClosed) return;
    this.#setStatus({ kind: 'running' });
    this.#wake();
  }

  /** Lets go of the run: its processes stay, its journal is complete. What is not on disk yet is forgotten. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#retryTimer);
    this.#rejectAll();
    await this.#flights.close();
    await this.#pumping;
    this.#rejectAll();
    await this.#record.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #enter(make: Entry['make'], flight?: Flight): Promise<Result<void, Refusal>> {
    if (this.#isClosed) return Promise.reject(new LoopClosed('the run was closed'));
    return new Promise((resolve, reject) => {
      this.#inbox.push({ make, resolve, reject, ...(flight && { flight }) });
      this.#wake();
    });
  }

  #wake(): void {
    this.#isDirty = true;
    this.#pumping ??= this.#pump();
  }

  /** One round: apply what came in, decide, write, and only then act. Rounds share the flush of the journal. */
  async #pump(): Promise<void> {
    // What happens in one tick of the event loop shares one round.
    await Promise.resolve();
    try {
      while (this.#isDirty && !this.#isClosed && this.#status.kind === 'running') await this.#round();
    } catch (error) {
      this.#break(error);
    }
    this.#pumping = undefined;
    for (const look of [...this.#idleWatchers]) look();
  }

  async #round(): Promise<void> {
    this.#isDirty = false;
    this.#takeInbox();
    const { commands } = this.#settle();
    const saved = await this.#record.save();
    if (!saved.ok) {
      this.#pause(saved.failure);
      return;
    }
    for (const event of saved.value) this.#publish(event);
    for (const { resolve } of this.#accepted.splice(0)) resolve(ok(undefined));
    if (!this.#isClosed) this.#flights.sync(commands);
  }

  #publish(event: RunEvent): void {
    for (const [listener, next] of this.#listeners) {
      if (event.seq < next) continue;
      this.#listeners.set(listener, event.seq + 1);
      this.#tell(() => listener.onEvent?.(event));
    }
  }

  #takeInbox(): void {
    for (const entry of this.#inbox.splice(0)) {
      try {
        const events = entry.make(this.state);
        if (events.ok) this.#accept(entry, events.value);
        else entry.resolve(events);
      } catch (error) {
        if (!(error instanceof ImpossibleEvent)) throw error;
        entry.reject(error);
      }
    }
  }

  #accept(entry: Entry, events: readonly NewEvent[]): void {
    this.#record.add(events);
    this.#accepted.push(entry);
    for (const { kind } of events)
      if (entry.flight !== undefined) this.#flights.noteReport(entry.flight, kind);
  }

  /** Appends what follows by itself, until nothing does. */
  #settle(): Decision {
    for (let pass = 0; this.#decided?.state !== this.state; pass++) {
      if (pass > MAX_PASSES) throw new Error(`the engine does not settle at event ${this.state.seq}`);
      const { state } = this;
      const decision = decide(this.#options.plan, state);
      if (decision.append.length > 0) this.#record.add(decision.append);
      this.#decided = { state, decision };
    }
    return this.#decided.decision;
  }

  /** Runs one command to its end. Never rejects. */
  async #perform(flight: Flight): Promise<void> {
    const { command, signal } = flight;
    let problem = 'it ended without a result';
    try {
      await this.#options.performer.perform(command, {
        plan: this.#options.plan,
        run: this.#options.run,
        state: this.state,
        currentState: () => this.state,
        emit: event => this.#emit(flight, event),
        signal,
      });
    } catch (error) {
      problem = describeError(error);
      if (!signal.aborted) this.#options.log(`run ${this.#options.run}: ${command.id}: ${problem}`);
    }
    this.#flights.remove(flight);
    if (!signal.aborted && !flight.hasResult) {
      this.#enter(() => this.#crashed(flight, problem)).catch(error => this.#logLate(error));
    }
    this.#wake();
  }

  async #emit(flight: Flight, event: NewEvent): Promise<void> {
    try {
      await this.#enter(() => ok([event]), flight);
    } catch (error) {
      // An aborted command may report what no longer matters: its worker has ended meanwhile.
      if (!(error instanceof ImpossibleEvent && flight.signal.aborted)) throw error;
    }
  }

  #crashed({ command }: Flight, problem: string): RequestResult {
    const { commands } = this.#settle();
    const isWanted = commands.some(({ id }) => id === command.id);
    return ok(isWanted ? crashEvents(command, this.state, problem) : []);
  }

  #logLate(error: unknown): void {
    if (!(error instanceof LoopClosed)) this.#options.log(describeError(error));
  }

  #isIdle(): boolean {
    return this.#flights.size === 0 && this.#inbox.length === 0 && this.#record.isSaved;
  }

  #pause(failure: JournalFailure): void {
    this.#options.log(`run ${this.#options.run}: ${describeJournalFailure(failure)}`);
    this.#isDirty = true;
    this.#setStatus({ kind: 'paused', failure });
    this.#retryTimer = setTimeout(() => this.resume(), this.#options.retryJournalMs ?? RETRY_JOURNAL_MS);
    this.#retryTimer.unref();
  }

  /** A bug in the engine ends this run's loop, not the daemon with all other runs. Its processes stay. */
  #break(error: unknown): void {
    const message = `internal error: ${describeError(error)}`;
    this.#options.log(`run ${this.#options.run}: ${message}`);
    this.#setStatus({ kind: 'broken', message });
    this.#rejectAll();
  }

  #setStatus(status: LoopStatus): void {
    this.#status = status;
    for (const listener of this.#listeners.keys()) this.#tell(() => listener.onStatus?.(status));
  }

  #rejectAll(): void {
    const entries = [...this.#accepted.splice(0), ...this.#inbox.splice(0)];
    for (const { reject } of entries) reject(new LoopClosed('the run was closed'));
  }

  /** A listener that throws is a bug of its own, and must not hold up the run. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.log(`run ${this.#options.run}: a listener failed: ${describeError(error)}`);
    }
  }
}

const RETRY_JOURNAL_MS = 5000;

/** A worker goes through a handful of decisions between two commands; more passes are an endless loop. */
const MAX_PASSES = 1000;

function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
