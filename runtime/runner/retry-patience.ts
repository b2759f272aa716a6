import type { AgentEvent } from '../agents/adapter.ts';
import type { Clock } from './session-host.ts';

/**
 * Gives up a turn whose CLI does nothing but try again: CLIs do so for minutes, or for as long as the provider asks them
 * to wait, while another model could have taken over. A CLI that says how long it waits may be silent after that for as long
 * as it likes: its model may be at work. One that does not say it may still be waiting.
 */
export class RetryPatience implements Disposable {
  readonly #clock: Clock;
  readonly #limitMs: number;
  readonly #giveUp: () => void;
  #since: number | undefined;
  #timer: Disposable | undefined;

  /** `limitMs`: for how long it may try. `giveUp` is called once. */
  constructor(clock: Clock, limitMs: number, giveUp: () => void) {
    this.#clock = clock;
    this.#limitMs = limitMs;
    this.#giveUp = giveUp;
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    this.#since = undefined;
  }

  /** Takes what a piece of output says. */
  take(events: readonly AgentEvent[]): void {
    // Of a retry the transcript tells, too.
    const last = events.findLast(({ kind }) => kind === 'retrying' || kind === 'answering');
    if (last?.kind === 'retrying') this.#wait(last.delayMs);
    else if (last !== undefined || events.some(({ kind }) => kind === 'transcript' || kind === 'usage'))
      this[Symbol.dispose]();
  }

  #wait(delayMs: number | undefined): void {
    this.#since ??= this.#clock.now();
    const left = this.#since + this.#limitMs - this.#clock.now();
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
    // What it waits for comes too late anyway.
    if (delayMs !== undefined && delayMs >= left) this.#timer = this.#clock.after(0, this.#giveUp);
    if (delayMs === undefined) this.#timer = this.#clock.after(Math.max(0, left), this.#giveUp);
  }
}
