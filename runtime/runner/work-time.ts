import type { AgentEvent } from '../agents/adapter.ts';
import type { Clock } from './session-host.ts';

/** The time that a turn in a terminal has left (spec §3 `timeout_ms`): it stands still while a person is waited for. */
export class WorkTime implements Disposable {
  readonly #clock: Clock;
  readonly #onUp: () => void;
  #deadlineAt: number;
  #pausedAt: number | undefined;
  #timer: Disposable | undefined;

  /** `deadlineAt` is the end in milliseconds since 1970 if nobody is waited for, infinite = none; `onUp` is called once. */
  constructor(clock: Clock, deadlineAt: number, onUp: () => void) {
    this.#clock = clock;
    this.#deadlineAt = deadlineAt;
    this.#onUp = onUp;
    this.#arm();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = undefined;
  }

  /** Takes what the turn tells of its state. */
  take(event: AgentEvent): void {
    if (event.kind !== 'state') return;
    const now = this.#clock.now();
    if (event.state === 'waiting') {
      this[Symbol.dispose]();
      this.#pausedAt ??= now;
    } else if (this.#pausedAt !== undefined) {
      this.#deadlineAt += now - this.#pausedAt;
      this.#pausedAt = undefined;
      this.#arm();
    }
  }

  /** A deadline further away than a timer can reach is looked at again. */
  #arm(): void {
    const left = Math.max(0, this.#deadlineAt - this.#clock.now());
    if (left === Number.POSITIVE_INFINITY) return;
    this.#timer = this.#clock.after(left, () => {
      if (this.#clock.now() >= this.#deadlineAt) this.#onUp();
      else this.#arm();
    });
  }
}
