const FLAGS = [
  // Its garbage is little, and every process it starts copies the page tables of all memory it has ever touched.
  '--max-semi-space-size=1',
  '--expose-gc',
];

/** Flags for the Node of a background process: with them {@link QuietMemory} works. None for an editor's Electron. */
export function memoryFlags(): readonly string[] {
  return process.versions.electron === undefined ? FLAGS : [];
}

const QUIET_MS = 3000;
/** A collection blocks for some 20 ms: not after every little thing. */
const PAUSE_MS = 60_000;

/**
 * Gives memory back in a process that mostly waits: what the start and the work have left behind would stay until the heap
 * grows again, which may be never. Does nothing where Node runs without {@link memoryFlags}.
 */
export class QuietMemory {
  #timer = this.#wait();
  #collectedAt = Number.NEGATIVE_INFINITY;

  /** There is work: the wait for quiet begins anew. */
  touch(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#wait();
  }

  #wait(): NodeJS.Timeout {
    return setTimeout(() => this.#collect(), QUIET_MS).unref();
  }

  #collect(): void {
    const now = performance.now();
    if (now - this.#collectedAt < PAUSE_MS) {
      this.touch();
      return;
    }
    this.#collectedAt = now;
    globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  }
}
