/** Flags for the Node of a background process: with them {@link QuietMemory} works. None for an editor's Electron. */
export function memoryFlags(): readonly string[] {
  return process.versions.electron === undefined ? ['--expose-gc'] : [];
}

/** Quiet is so long without work, or up to twice as long. */
const QUIET_MS = 3000;
/** A collection blocks for some 20 ms: not after every little thing. */
const PAUSE_MS = 60_000;

/**
 * Gives memory back in a process that mostly waits: what the start and the work have left behind would stay until the heap
 * grows again, which may be never. Does nothing where Node runs without {@link memoryFlags}.
 */
export class QuietMemory {
  #timer: NodeJS.Timeout | undefined = this.#wait();
  #isActive = false;
  #collectedAt = Number.NEGATIVE_INFINITY;

  /** There is work. May be called for every piece of it: a flag costs less than a timer. */
  touch(): void {
    this.#isActive = true;
    this.#timer ??= this.#wait();
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => this.#look(), QUIET_MS).unref();
  }

  #look(): void {
    const isTooSoon = performance.now() - this.#collectedAt < PAUSE_MS;
    this.#timer = this.#isActive || isTooSoon ? this.#wait() : undefined;
    this.#isActive = false;
    if (this.#timer !== undefined) return;
    this.#collectedAt = performance.now();
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
}
