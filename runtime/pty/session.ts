import { rm } from 'node:fs/promises';
import {
  HOST_MARKER,
  type PtyFailure,
  SESSION_MARKER,
  type SessionExit,
  type SessionInfo,
  type Survivor,
  type ValidSessionSpec,
} from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import type { TerminalSize } from './cast-format.ts';
import { writeExitRecord } from './exit-record.ts';
import { signalGroups } from './group-signals.ts';
import { InputQueue } from './input-queue.ts';
import type { Leader, LeaderEvents, LeaderExit, SpawnFailure } from './leader.ts';
import { startPipedChild } from './piped-child.ts';
import { readProcStat } from './process-table.ts';
import { SessionOutput } from './session-output.ts';
import type { ProcessTarget, SessionProcesses } from './session-processes.ts';
import { checkSpawn } from './spawn-check.ts';
import { startPatiently } from './start-patiently.ts';
import { QueryScanner } from './terminal-queries.ts';

/** What a session tells its host. */
export type SessionListener = {
  readonly onOutput: (session: Session) => void;
  readonly onExit: (session: Session, exit: SessionExit) => void;
  readonly onRecordingFailed: (session: Session, file: string, message: string) => void;
};

/** What a session gets from its host. */
export type SessionContext = {
  /** Value of HOST_MARKER in the environment. */
  readonly host: string;
  readonly processes: SessionProcesses;
  readonly listener: SessionListener;
};

/**
 * ```
 * running ──leader exits──▶ closing ──leftovers dead, all output read and recorded──▶ ended
 * ```
 */
type State =
  | { readonly kind: 'running' }
  | { readonly kind: 'closing' }
  | { readonly kind: 'ended'; readonly exit: SessionExit };

/** Rendered text is taken in pieces of this size, so that the recording keeps up. */
const RENDER_BYTES = 64 * 1024;

/** After a kill: how long the exit may take to be reported, output included. */
const EXIT_AFTER_KILL_MS = 10_000;

/** One program in a terminal or on pipes, from its start until it is released. */
export class Session {
  readonly spec: ValidSessionSpec;
  readonly output: SessionOutput;
  /** Resolves when the session has ended. */
  readonly ended: Promise<SessionExit>;
  readonly #context: SessionContext;
  readonly #queries = new QueryScanner();
  readonly #startedAt = new Date().toISOString();
  readonly #resolveEnded: (exit: SessionExit) => void;
  #leader: Leader | null = null;
  #input: InputQueue | null = null;
  /** When the leader started; 0 if it had ended before anybody could look. */
  #startTicks = 0;
  #state: State = { kind: 'running' };
  #isStopping = false;
  #interactiveViewers = 0;
  #renderedTo = -1;
  #rendering: Promise<unknown> = Promise.resolve();

  private constructor(spec: ValidSessionSpec, context: SessionContext) {
    this.spec = spec;
    this.#context = context;
    const { promise, resolve } = deferred<SessionExit>();
    this.ended = promise;
    this.#resolveEnded = resolve;
    this.output = new SessionOutput({
      ...spec,
      title: spec.title,
      mask: spec.mask,
      term: spec.env.TERM,
      onRecordingFailed: message => context.listener.onRecordingFailed(this, spec.recordingFile, message),
      pauseSource: () => this.#leader?.pause(),
      resumeSource: () => this.#leader?.resume(),
    });
  }

  /** Starts the program; fails, with nothing left behind, when it cannot be started. */
  static async start(
    spec: ValidSessionSpec,
    context: SessionContext,
  ): Promise<Result<Session, SpawnFailure>> {
    const program = checkSpawn(spec);
    if (!program.ok) return program;
    const session = new Session(spec, context);
    const leader = await startPatiently(() => session.#startLeader());
    if (!leader.ok) {
      await session.output.finishRecording();
      await rm(spec.recordingFile, { force: true });
      return leader;
    }
    session.#leader = leader.value;
    session.#startTicks = readProcStat(leader.value.pid)?.startTicks ?? 0;
    session.#input = new InputQueue(bytes => leader.value.write(bytes), spec.maxInputBytes);
    return ok(session);
  }

  /** The session's id. */
  get id(): string {
    return this.spec.id;
  }

  /** How the session ended; null before. */
  get exit(): SessionExit | null {
    return this.#state.kind === 'ended' ? this.#state.exit : null;
  }

  /** A snapshot for those who ask. */
  info(): SessionInfo {
    const { id, kind, argv, recordingFile } = this.spec;
    const { cols, rows } = this.output.size;
    return {
      id,
      kind,
      argv,
      pid: this.#pid(),
      cols,
      rows,
      startedAt: this.#startedAt,
      end: this.output.log.end,
      stdoutBytes: this.#leader?.stdoutBytes ?? 0,
      stderrBytes: this.#leader?.stderrBytes ?? 0,
      renderedTo: this.#renderedTo,
      viewers: this.output.followers,
      recordingFile,
      recordingFailure: this.output.recorder.failure,
      exit: this.exit,
    };
  }

  /** Queues input, all or nothing; returns how many bytes wait for the program. */
  write(bytes: Buffer): Result<number, PtyFailure> {
    if (this.#state.kind !== 'running' || this.#input === null)
      return err({ kind: 'session_ended', id: this.id });
    return this.#input.push(bytes);
  }

  /** Closes a piped child's standard input. */
  endInput(): Result<null, PtyFailure> {
    if (this.spec.kind !== 'pipe') {
      return err({ kind: 'wrong_kind', id: this.id, message: 'a terminal has no end of input; type Ctrl-D' });
    }
    this.#leader?.endInput();
    return ok(null);
  }

  /** Changes the size; the program gets SIGWINCH. */
  resize(size: TerminalSize): Result<null, PtyFailure> {
    if (this.#state.kind !== 'running') return err({ kind: 'session_ended', id: this.id });
    const { cols, rows } = this.output.size;
    if (cols === size.cols && rows === size.rows) return ok(null);
    this.output.resize(size);
    this.#leader?.resize(size.cols, size.rows);
    return ok(null);
  }

  /** A viewer that answers terminal queries itself came (+1) or went (-1). */
  countInteractive(change: 1 | -1): void {
    this.#interactiveViewers += change;
  }

  /** Asks the process group to end. */
  signal(signal: 'interrupt' | 'terminate'): void {
    if (this.#state.kind === 'running') signalGroups(this.#pid(), signal);
  }

  /** Kills every process of the session and returns what withstood. The exit follows by itself. */
  async kill(): Promise<readonly Survivor[]> {
    if (this.#state.kind === 'running') this.#isStopping = true;
    const { survivors } = await this.#context.processes.killAll(this.#target());
    return survivors;
  }

  /** Interrupt, wait, terminate, wait, kill. */
  async stop(
    graceMs: number,
  ): Promise<{ readonly exit: SessionExit | null; readonly survivors: readonly Survivor[] }> {
    this.#isStopping = true;
    for (const signal of ['interrupt', 'terminate'] as const) {
      this.signal(signal);
      const exit = await this.#endsWithin(graceMs);
      if (exit !== null) return { exit, survivors: exit.survivors };
    }
    const survivors = await this.kill();
    return { exit: await this.#endsWithin(EXIT_AFTER_KILL_MS), survivors };
  }

  /** Adds text to what viewers of a piped child see; see the protocol's `render`. */
  render(text: string, sourceOffset: number, isFinal: boolean): Promise<Result<boolean, PtyFailure>> {
    // One after another, in the order of the calls: each may have to wait for the recording.
    const rendered = this.#rendering.then(() => this.#render(text, sourceOffset, isFinal));
    this.#rendering = rendered;
    return rendered;
  }

  /** Ends the output of a piped child for which no final `render` came. */
  async finishOutput(): Promise<void> {
    if (this.output.isComplete) return;
    await this.output.finishRecording();
    this.output.complete();
  }

  async #render(text: string, sourceOffset: number, isFinal: boolean): Promise<Result<boolean, PtyFailure>> {
    if (this.spec.kind !== 'pipe') {
      return err({ kind: 'wrong_kind', id: this.id, message: 'a terminal renders its own output' });
    }
    if (this.output.isComplete) return ok(false);
    const isNew = sourceOffset > this.#renderedTo;
    if (isNew) {
      this.#renderedTo = sourceOffset;
      await this.#appendSlowly(Buffer.from(text));
    }
    if (isFinal) await this.finishOutput();
    return ok(isNew);
  }

  async #appendSlowly(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += RENDER_BYTES) {
      await this.output.room();
      this.output.append(bytes.subarray(at, at + RENDER_BYTES));
      this.#context.listener.onOutput(this);
    }
  }

  async #startLeader(): Promise<Result<Leader, SpawnFailure>> {
    const { spec } = this;
    const env = {
      ...(spec.kind === 'pty' ? { TERM: 'xterm-256color' } : {}),
      ...spec.env,
      [SESSION_MARKER]: spec.id,
      [HOST_MARKER]: this.#context.host,
    };
    const leaderSpec = { ...spec, env };
    const events = this.#leaderEvents();
    if (spec.kind === 'pipe') {
      const { inputFile } = spec;
      const options = { outputFile: spec.outputFile ?? '', hasInput: spec.stdin === 'open', inputFile };
      return startPipedChild(leaderSpec, options, events);
    }
    // Loaded with the first terminal, and only the one that fits the system.
    if (process.platform === 'win32') {
      const { startWindowsTerminal } = await import('./windows-terminal.ts');
      return startWindowsTerminal(leaderSpec, events);
    }
    const { startUnixTerminal } = await import('./unix-terminal.ts');
    return startUnixTerminal(leaderSpec, events);
  }

  #leaderEvents(): LeaderEvents {
    const { listener } = this.#context;
    return {
      onData: bytes => this.#take(bytes),
      onProgress: () => listener.onOutput(this),
      onOutputLost: (file, message) => listener.onRecordingFailed(this, file, message),
      onExit: exit => {
        if (this.#state.kind === 'running') void this.#close(exit);
      },
    };
  }

  #take(bytes: Buffer): void {
    const answer = this.#queries.answersTo(bytes, this.#interactiveViewers > 0);
    if (answer !== '' && this.#state.kind === 'running') this.#input?.pushAnswer(answer);
    this.output.append(bytes);
    this.#context.listener.onOutput(this);
  }

  /** From the leader's exit to the session's end: nothing runs any more, nothing is unread, nothing unrecorded. */
  async #close(leaderExit: LeaderExit): Promise<void> {
    this.#state = { kind: 'closing' };
    this.#input?.dispose();
    const { leftovers, survivors } = await this.#endLeftovers();
    await this.#leader?.drain();
    this.#leader?.close();
    if (this.spec.kind === 'pty') await this.output.finishRecording();
    const exit: SessionExit = {
      ...leaderExit,
      end: this.output.log.end,
      stdoutBytes: this.#leader?.stdoutBytes ?? 0,
      stderrBytes: this.#leader?.stderrBytes ?? 0,
      leftovers,
      survivors,
      endedAt: new Date().toISOString(),
    };
    writeExitRecord(this.spec.recordingFile, exit);
    this.#state = { kind: 'ended', exit };
    if (this.spec.kind === 'pty') this.output.complete();
    this.#context.listener.onExit(this, exit);
    this.#resolveEnded(exit);
  }

  async #endLeftovers(): Promise<{ readonly leftovers: number; readonly survivors: readonly Survivor[] }> {
    const { processes } = this.#context;
    const target = this.#target();
    if (this.spec.keepLeftovers === true && !this.#isStopping) {
      return { leftovers: (await processes.find(target)).length, survivors: [] };
    }
    const { killed, survivors } = await processes.killAll(target);
    return { leftovers: this.#isStopping ? survivors.length : killed + survivors.length, survivors };
  }

  #target(): ProcessTarget {
    return { id: this.id, leader: this.#pid(), since: this.#startTicks };
  }

  #pid(): number {
    return this.#leader?.pid ?? -1;
  }

  async #endsWithin(timeoutMs: number): Promise<SessionExit | null> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>(resolve => {
      timer = setTimeout(() => resolve(null), timeoutMs);
    });
    const exit = await Promise.race([this.ended, late]);
    clearTimeout(timer);
    return exit;
  }
}

function deferred<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}
