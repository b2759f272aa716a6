/**
 * The commands that are under way. What is wanted and not under way is started; what is under way and not wanted any more
 * is aborted; nothing of a worker starts while something else of it is still ending.
 */
import type { Command } from './commands.ts';
import type { EventKind } from './events.ts';
import type { AbortReason } from './performer.ts';

/** One command under way. */
export interface Flight {
  readonly command: Command;
  readonly signal: AbortSignal;
  /** It has reported how it ended, and may finish undisturbed. */
  readonly hasResult: boolean;
}

interface OwnFlight extends Flight {
  readonly controller: AbortController;
  hasResult: boolean;
  settled: Promise<void>;
}

/** Commands under way, by id. */
export class Flights {
  readonly #flights = new Map<string, OwnFlight>();
  readonly #start: (flight: Flight) => Promise<void>;

  /** `start` performs a command; it must not reject. */
  constructor(start: (flight: Flight) => Promise<void>) {
    this.#start = start;
  }

  /** Commands under way, those that are ending included. */
  get size(): number {
    return this.#flights.size;
  }

  /** Starts and aborts, until exactly these commands are under way — those that can be at once. */
  sync(wanted: readonly Command[]): void {
    const ids = new Set(wanted.map(({ id }) => id));
    for (const [id, flight] of this.#flights) {
      if (!ids.has(id) && !flight.hasResult) flight.controller.abort('unwanted' satisfies AbortReason);
    }
    const busy = new Set([...this.#flights.values()].map(({ command }) => workerOf(command)));
    for (const command of wanted) {
      if (!this.#flights.has(command.id) && this.#canStart(command, busy)) this.#launch(command);
    }
  }

  /** Notes an event that a command reported: if it is its result, the command is not aborted any more. */
  noteReport(flight: Flight, kind: EventKind): void {
    const own = this.#flights.get(flight.command.id);
    if (own !== undefined && RESULTS[flight.command.kind].includes(kind)) own.hasResult = true;
  }

  /** Lets everything go because the daemon ends; done when every performer has let go. */
  async close(): Promise<void> {
    const flights = [...this.#flights.values()];
    for (const { controller } of flights) controller.abort('closing' satisfies AbortReason);
    await Promise.all(flights.map(({ settled }) => settled));
  }

  /** A stop runs beside what it stops; the end of the run waits for everything. */
  #canStart(command: Command, busy: ReadonlySet<string | undefined>): boolean {
    if (command.kind === 'stop') return true;
    return command.kind === 'finish' ? this.#flights.size === 0 : !busy.has(workerOf(command));
  }

  #launch(command: Command): void {
    const controller = new AbortController();
    const { signal } = controller;
    const flight: OwnFlight = { command, signal, controller, hasResult: false, settled: Promise.resolve() };
    this.#flights.set(command.id, flight);
    flight.settled = this.#start(flight);
  }

  /** Forgets a command that has settled. */
  remove(flight: Flight): void {
    this.#flights.delete(flight.command.id);
  }
}

/** The events that say how a command ended (commands.ts). */
const RESULTS: Readonly<Record<Command['kind'], readonly EventKind[]>> = {
  prepare: ['worktree-ready', 'worker-ended'],
  step: ['step-ended'],
  turn: ['turn-ended'],
  commit: ['committed'],
  merge: ['merged', 'merge-conflict'],
  wake: ['unparked'],
  stop: ['worker-quiet'],
  finish: ['run-ended'],
};

function workerOf(command: Command): string | undefined {
  return 'worker' in command ? command.worker : undefined;
}
