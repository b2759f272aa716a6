import type { Clock } from './clock.ts';

/** Passes on the latest of many values: the first at once, then at most one per `quietMs`, and never the same twice. */
export class Throttle<T> {
  readonly #clock: Clock;
  readonly #quietMs: number;
  readonly #pass: (value: T) => void;
  #passed: T | undefined;
  #next: { readonly value: T } | undefined;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, quietMs: number, pass: (value: T) => void) {
    this.#clock = clock;
    this.#quietMs = quietMs;
    this.#pass = pass;
  }

  /** Gives a value. */
  push(value: T): void {
    this.#next = { value };
    if (this.#cancel === undefined) this.#passNext();
  }

  /** Forgets a value that waits. */
  [Symbol.dispose](): void {
    this.#cancel?.();
    this.#next = undefined;
  }

  #passNext(): void {
    this.#cancel = undefined;
    const { value } = this.#next ?? { value: this.#passed };
    this.#next = undefined;
    if (value === undefined || value === this.#passed) return;
    this.#passed = value;
    this.#cancel = this.#clock.after(this.#quietMs, () => this.#passNext());
    this.#pass(value);
  }
}
