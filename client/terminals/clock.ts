/** Time as the terminals see it; tests bring one that stands still. */
export interface Clock {
  /** Milliseconds from any beginning. */
  now(): number;
  /** Calls `run` once after `ms`; the function returned prevents that. */
  after(ms: number, run: () => void): () => void;
}

/** The clock on the wall. */
export const realClock: Clock = {
  now: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
