/** What the runner needs from outside: the PTY host's sessions and a clock. */
import type { PtyFailure, SessionExit, SessionInfo, SessionSpec, Survivor } from '../pty-protocol.ts';
import type { Result } from '../result.ts';

/** The part of the PTY host's client that runs a session. Failures `host_gone` mean that every session is lost. */
export interface SessionHost {
  /** Idempotent by `spec.id`. */
  open(
    spec: SessionSpec,
  ): Promise<Result<{ readonly session: SessionInfo; readonly isNew: boolean }, PtyFailure>>;
  /** Output of a terminal from a logical offset; never more than it has. */
  read(
    id: string,
    from: number,
    maxBytes: number,
  ): Promise<Result<{ readonly bytes: Uint8Array }, PtyFailure>>;
  /** Types into a terminal. */
  write(id: string, text: string): Promise<Result<unknown, PtyFailure>>;
  /** Interrupt, wait, terminate, wait, kill of the whole tree. */
  stop(id: string, graceMs: number): Promise<Result<{ readonly survivors: readonly Survivor[] }, PtyFailure>>;
  /** Kill of the whole tree, at once. */
  kill(id: string): Promise<Result<{ readonly survivors: readonly Survivor[] }, PtyFailure>>;
  /** Appends to what viewers of a piped session see, unless `sourceOffset` was rendered before. */
  render(
    id: string,
    text: string,
    sourceOffset: number,
    isFinal: boolean,
  ): Promise<Result<unknown, PtyFailure>>;
  /** Tells what happens to one session until disposed. */
  watch(id: string, listener: SessionListener): Disposable;
}

/** Hears about one session. */
export interface SessionListener {
  /** There is more output: totals since the start, in bytes. */
  onOutput(end: number, stdoutBytes: number): void;
  onExit(exit: SessionExit): void;
  /** The connection to the host ended: nothing more will come. */
  onGone(message: string): void;
}

/** Time, injectable for tests. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once after `ms`, unless disposed before. */
  after(ms: number, callback: () => void): Disposable;
}

/** The real clock. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, callback) {
    // Longer delays than a timer can hold (24.8 days) would fire at once.
    const timer = setTimeout(callback, Math.min(ms, 2 ** 31 - 1));
    timer.unref();
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
