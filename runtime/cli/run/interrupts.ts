/** Ctrl-C while a run is followed: once stops it politely, twice at once, three times leaves it to the daemon. */

/** What the next Ctrl-C means. */
export type Interrupt = 'polite' | 'now' | 'leave';

const steps: readonly Interrupt[] = ['polite', 'now', 'leave'];

/** Calls back for each Ctrl-C or SIGTERM with what it means. Dispose it to give the signals back. */
export class Interrupts {
  readonly #onInterrupt: (interrupt: Interrupt) => void;
  #count = 0;

  constructor(onInterrupt: (interrupt: Interrupt) => void) {
    this.#onInterrupt = onInterrupt;
    process.on('SIGINT', this.raise);
    process.on('SIGTERM', this.raise);
  }

  /** Counts one more; also for a Ctrl-C that a prompt read as a key. */
  readonly raise = (): void => {
    const interrupt = steps[Math.min(this.#count, steps.length - 1)] ?? 'leave';
    this.#count += 1;
    this.#onInterrupt(interrupt);
  };

  [Symbol.dispose](): void {
    process.off('SIGINT', this.raise);
    process.off('SIGTERM', this.raise);
  }
}
