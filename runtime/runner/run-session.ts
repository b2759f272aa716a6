/**
 * One process in the PTY host, from its opening to its end: output is fed to a sink, watchdogs and stop requests end it.
 *
 * Opening is idempotent: after a restart of the daemon the same job finds its session again, alive or ended, and the sink
 * is fed from the first byte as if nothing had happened.
 */
import type { PtyFailure, SessionExit, SessionInfo, SessionSpec, Survivor } from '../pty-protocol.ts';
import { fileOutput, type OutputSource, terminalOutput } from './output-source.ts';
import type { Clock, SessionHost, SessionListener } from './session-host.ts';
import { startWatchdogs, type WatchdogAlarm, type WatchdogLimits, type Watchdogs } from './watchdogs.ts';

/** What every run of a session needs. */
export interface RunnerDeps {
  readonly host: SessionHost;
  readonly clock: Clock;
}

/** What runs, and for how long it may. */
export interface SessionJob {
  readonly spec: SessionSpec;
  readonly limits: WatchdogLimits;
  /** Time of the process itself, counted from its start, which after a restart of the daemon was long ago. */
  readonly lifetimeMs?: number;
}

/** Takes the output of a session. Called in order, with every character once per run of the daemon. */
export interface SessionSink {
  feed(text: string): SinkReport;
}

/** What a piece of output was. */
export interface SinkReport {
  readonly isReady: boolean;
  readonly isAlive: boolean;
  /** For viewers of a piped session, LF line ends; empty = nothing. */
  readonly transcript: string;
}

/** How the outside ends a session. */
export interface SessionControl {
  /**
   * Aborted with reason `closing`: the daemon goes away, the process lives on. With any other reason: stop politely
   * (interrupt, 5 s, terminate, 5 s, kill of the whole tree).
   */
  readonly signal: AbortSignal;
  /** Aborted: kill the whole tree at once. */
  readonly hurry?: AbortSignal;
  /** The session is there: opened now, or found again. */
  onOpen?(session: SessionInfo, isNew: boolean): void;
}

/** Who ended a session. */
export type SessionEnder = 'itself' | 'stopped' | WatchdogAlarm;

/** How a session ended. */
export type SessionEnd =
  | {
      readonly kind: 'ended';
      readonly by: SessionEnder;
      /** Absent only for a process that could not be killed. */
      readonly exit?: SessionExit;
      readonly session: SessionInfo;
      /** What could not be killed. */
      readonly survivors: readonly Survivor[];
      /** Output was dropped by a full disk: what the sink saw is not all. */
      readonly isOutputLost: boolean;
    }
  | { readonly kind: 'not_started'; readonly failure: PtyFailure }
  /** The PTY host died, and the process with it. */
  | { readonly kind: 'lost'; readonly message: string }
  /** The daemon closes: the process goes on. */
  | { readonly kind: 'left' };

/** Time between interrupt, terminate and kill (spec §3 `timeout_ms`). */
export const STOP_GRACE_MS = 5000;

const READ_BYTES = 64 * 1024;

/** Runs a session to its end. Settles when all output was fed. */
export async function runSession(
  deps: RunnerDeps,
  job: SessionJob,
  sink: SessionSink,
  control: SessionControl,
): Promise<SessionEnd> {
  const { spec } = job;
  const watch = new SessionWatch();
  // Before the opening, so that no event falls between.
  using _watching = deps.host.watch(spec.id, watch);
  const opened = await deps.host.open(spec);
  if (!opened.ok) {
    const { failure } = opened;
    if (failure.kind === 'host_gone') return { kind: 'lost', message: failure.message };
    return { kind: 'not_started', failure };
  }
  const { session, isNew } = opened.value;
  watch.adopt(session);
  control.onOpen?.(session, isNew);
  await using source =
    spec.kind === 'pipe' ? fileOutput(spec.outputFile ?? '') : terminalOutput(deps.host, spec.id);
  const run = new SessionRun(deps, job, sink, watch, source, session);
  // Awaited here: what is in use is released at the return.
  return await run.finish(control);
}

/** What is known of a session by its events. */
class SessionWatch implements SessionListener {
  end = 0;
  stdoutBytes = 0;
  exit: SessionExit | undefined;
  gone: string | undefined;
  /** Counts the changes: one that comes while a read is awaited is not overlooked. */
  version = 0;
  #wake: (() => void) | undefined;

  adopt(session: SessionInfo): void {
    this.onOutput(session.end, session.stdoutBytes);
    if (session.exit !== null) this.onExit(session.exit);
  }

  onOutput(end: number, stdoutBytes: number): void {
    this.end = Math.max(this.end, end);
    this.stdoutBytes = Math.max(this.stdoutBytes, stdoutBytes);
    this.wake();
  }

  onExit(exit: SessionExit): void {
    this.exit = exit;
    this.onOutput(exit.end, exit.stdoutBytes);
  }

  onGone(message: string): void {
    this.gone = message;
    this.wake();
  }

  wake(): void {
    this.version += 1;
    this.#wake?.();
    this.#wake = undefined;
  }

  /** Settles at the next change. To be called without an `await` since the state was looked at. */
  changed(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = resolve;
    });
  }
}

class SessionRun {
  readonly #deps: RunnerDeps;
  readonly #job: SessionJob;
  readonly #sink: SessionSink;
  readonly #watch: SessionWatch;
  readonly #source: OutputSource;
  readonly #session: SessionInfo;
  readonly #decoder = new TextDecoder();
  #offset = 0;
  #by: SessionEnder = 'itself';
  #isLeft = false;
  #isOutputLost = false;
  /** Set once the stop ladder has come to its end. */
  #survivors: readonly Survivor[] | undefined;

  constructor(
    deps: RunnerDeps,
    job: SessionJob,
    sink: SessionSink,
    watch: SessionWatch,
    source: OutputSource,
    session: SessionInfo,
  ) {
    this.#deps = deps;
    this.#job = job;
    this.#sink = sink;
    this.#watch = watch;
    this.#source = source;
    this.#session = session;
  }

  async finish(control: SessionControl): Promise<SessionEnd> {
    const abort = (): void => this.#abort(control.signal);
    const kill = (): void => this.#endBy('stopped', true);
    const watchdogs = startWatchdogs(this.#deps.clock, this.#limits(), alarm => this.#endBy(alarm, false));
    using _watchdogs = watchdogs;
    using _abort = listen(control.signal, abort);
    using _kill = control.hurry === undefined ? undefined : listen(control.hurry, kill);
    return await this.#pump(watchdogs);
  }

  #limits(): WatchdogLimits {
    const { limits, lifetimeMs } = this.#job;
    if (lifetimeMs === undefined) return limits;
    const own = Date.parse(this.#session.startedAt) + lifetimeMs;
    return { ...limits, deadlineAt: Math.min(limits.deadlineAt ?? own, own) };
  }

  async #pump(watchdogs: Watchdogs): Promise<SessionEnd> {
    for (;;) {
      if (this.#isLeft) return { kind: 'left' };
      const { version } = this.#watch;
      const isMore = this.#offset < this.#available() && (await this.#step(watchdogs));
      if (isMore) continue;
      if (this.#watch.gone !== undefined) return { kind: 'lost', message: this.#watch.gone };
      if (this.#watch.version !== version) continue;
      if (this.#watch.exit !== undefined || this.#survivors !== undefined) return this.#ended();
      await this.#watch.changed();
    }
  }

  #available(): number {
    return this.#session.kind === 'pipe' ? this.#watch.stdoutBytes : this.#watch.end;
  }

  /** Feeds one piece; false if none could be had. */
  async #step(watchdogs: Watchdogs): Promise<boolean> {
    const { renderedTo } = this.#session;
    // A reader that was fed to `renderedTo` before the restart has said what viewers saw: it must be fed to exactly
    // there again, so that nothing is shown twice or never.
    const isReplay = this.#offset < renderedTo;
    const maxBytes = isReplay ? Math.min(READ_BYTES, renderedTo - this.#offset) : READ_BYTES;
    const piece = await this.#source.read(this.#offset, maxBytes);
    if (!piece.ok) return this.#skipLost(piece.failure);
    if (piece.value.length === 0) return false;
    this.#offset += piece.value.length;
    await this.#feed(this.#decoder.decode(piece.value, { stream: true }), isReplay, watchdogs);
    return true;
  }

  async #feed(text: string, isReplay: boolean, watchdogs: Watchdogs): Promise<void> {
    const report = this.#sink.feed(text);
    if (report.isReady) watchdogs.ready();
    if (report.isAlive) watchdogs.activity();
    if (isReplay || report.transcript === '' || this.#session.kind !== 'pipe') return;
    await this.#deps.host.render(this.#session.id, terminalLines(report.transcript), this.#offset, false);
  }

  #skipLost(failure: PtyFailure): boolean {
    if (failure.kind === 'host_gone') {
      this.#watch.gone = failure.message;
      return false;
    }
    this.#isOutputLost = true;
    const isFurther = failure.kind === 'output_lost' && failure.available > this.#offset;
    if (isFurther) this.#offset = failure.available;
    return isFurther;
  }

  #ended(): SessionEnd {
    const { exit } = this.#watch;
    return {
      kind: 'ended',
      by: this.#by,
      ...(exit === undefined ? {} : { exit }),
      session: this.#session,
      survivors: this.#survivors ?? exit?.survivors ?? [],
      isOutputLost: this.#isOutputLost || this.#offset < this.#available(),
    };
  }

  #abort(signal: AbortSignal): void {
    if (signal.reason === 'closing') {
      this.#isLeft = true;
      this.#watch.wake();
    } else {
      this.#endBy('stopped', false);
    }
  }

  /** Starts to end the process; who came first is who ended it. */
  #endBy(by: SessionEnder, isNow: boolean): void {
    if (this.#by !== 'itself' && !isNow) return;
    if (this.#by === 'itself' && this.#watch.exit === undefined) this.#by = by;
    void this.#ladder(isNow);
  }

  async #ladder(isNow: boolean): Promise<void> {
    const { host } = this.#deps;
    const { id } = this.#session;
    const end = await (isNow ? host.kill(id) : host.stop(id, STOP_GRACE_MS));
    if (end.ok && end.value.survivors.length > 0) this.#survivors = end.value.survivors;
    if (!end.ok && end.failure.kind === 'host_gone') this.#watch.gone ??= end.failure.message;
    this.#watch.wake();
  }
}

/** Text with LF line ends as a terminal wants it: LF alone would only go down. */
export function terminalLines(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

function listen(signal: AbortSignal, listener: () => void): Disposable {
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  return { [Symbol.dispose]: () => signal.removeEventListener('abort', listener) };
}
