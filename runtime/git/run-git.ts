import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { err, ok, type Result } from '../result.ts';

/** One call of the system's git: argv only, never a shell. */
export interface GitCall {
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its standard input, which is closed otherwise. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Standard output beyond this many bytes ends the call; default 64 MiB. */
  readonly maxOutputBytes?: number;
  /** What too much output means: a failure (default), or a cut answer with `isTruncated`. */
  readonly onOverflow?: 'fail' | 'truncate';
  /** Exit codes that are answers, not failures; default only 0. */
  readonly okCodes?: readonly number[];
  /** Milliseconds until the call is ended; default 10 minutes. */
  readonly timeoutMs?: number;
}

/** What git answered. */
export interface GitOutput {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly isTruncated: boolean;
}

/** A git call that gave no answer. The command is for people; `stderrTail` holds git's own last words. */
export interface GitFailure {
  readonly kind: 'git';
  readonly reason: 'exit' | 'aborted' | 'timed_out' | 'output_too_large' | 'not_installed' | 'not_started';
  readonly command: string;
  /** Absent if the process never ran or was ended by a signal. */
  readonly exitCode?: number;
  readonly stderrTail: string;
}

const DEFAULT_MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10 * 60 * 1000;
/** Git removes its lock files when it is asked politely: it gets this long before it is killed. */
const TERMINATE_GRACE_MS = 2000;
const STDERR_TAIL_BYTES = 4096;

type EndReason = 'aborted' | 'timed_out' | 'output_too_large';

/**
 * Runs git and collects its answer. Fails with a {@link GitFailure}; on abort, timeout or too much output the whole
 * process group is ended (a checkout's children outlive a killed parent and go on writing), and the call returns
 * only after it is gone.
 */
export async function runGit(call: GitCall): Promise<Result<GitOutput, GitFailure>> {
  if (call.signal?.aborted) return err(failureOf(call, 'aborted', undefined, ''));
  const run = new GitRun(call);
  return await run.finished;
}

/** The command as a person would type it, for messages. */
export function describeCall(args: readonly string[]): string {
  return ['git', ...args].map(quoteForReading).join(' ');
}

function quoteForReading(arg: string): string {
  return /^[\w@%+=:,./^{}~-]+$/.test(arg) ? arg : JSON.stringify(arg);
}

function failureOf(
  call: GitCall,
  reason: GitFailure['reason'],
  exitCode: number | undefined,
  stderrTail: string,
): GitFailure {
  const base = { kind: 'git', reason, command: describeCall(call.args), stderrTail } as const;
  return exitCode === undefined ? base : { ...base, exitCode };
}

/** One running git process and the state of collecting from it. */
class GitRun {
  readonly finished: Promise<Result<GitOutput, GitFailure>>;
  readonly #call: GitCall;
  readonly #child: ChildProcess;
  readonly #stdout: Buffer[] = [];
  #stdoutBytes = 0;
  #stderr = Buffer.alloc(0);
  #endedBy: EndReason | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(call: GitCall) {
    this.#call = call;
    this.#child = spawn('git', [...call.args], {
      cwd: call.cwd,
      env: call.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that an abort reaches git's children as well.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.finished = this.#collect();
  }

  #collect(): Promise<Result<GitOutput, GitFailure>> {
    const { promise, resolve } = withResolvers<Result<GitOutput, GitFailure>>();
    const onAbort = () => this.#end('aborted');
    const timer = setTimeout(() => this.#end('timed_out'), this.#call.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    const settle = (result: Result<GitOutput, GitFailure>) => {
      clearTimeout(timer);
      clearTimeout(this.#killTimer);
      this.#call.signal?.removeEventListener('abort', onAbort);
      resolve(result);
    };
    this.#call.signal?.addEventListener('abort', onAbort, { once: true });
    this.#child.stdout?.on('data', (chunk: Buffer) => this.#onStdout(chunk));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#onStderr(chunk));
    // Git may end before it has read everything: its exit code says what happened, EPIPE says nothing.
    this.#child.stdin?.on('error', () => {});
    this.#child.stdin?.end(this.#call.input ?? '');
    this.#child.on('error', error => settle(err(this.#startFailure(error))));
    this.#child.on('close', code => settle(this.#answer(code)));
    return promise;
  }

  #onStdout(chunk: Buffer): void {
    const max = this.#call.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES;
    const room = max - this.#stdoutBytes;
    if (room > 0) this.#stdout.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#stdoutBytes += chunk.length;
    if (this.#stdoutBytes > max) this.#end('output_too_large');
  }

  #onStderr(chunk: Buffer): void {
    this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-STDERR_TAIL_BYTES);
  }

  #end(reason: EndReason): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = reason;
    this.#signalGroup('SIGTERM');
    this.#killTimer = setTimeout(() => this.#signalGroup('SIGKILL'), TERMINATE_GRACE_MS);
  }

  #signalGroup(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (process.platform === 'win32') this.#child.kill(signal);
      else process.kill(-pid, signal);
    } catch {
      // Already gone: `close` follows.
    }
  }

  #startFailure(error: Error): GitFailure {
    // Node reports a missing working directory as a missing program.
    if (!existsSync(this.#call.cwd)) {
      return failureOf(this.#call, 'not_started', undefined, `no such directory: ${this.#call.cwd}`);
    }
    const isMissing = 'code' in error && error.code === 'ENOENT';
    return failureOf(this.#call, isMissing ? 'not_installed' : 'not_started', undefined, error.message);
  }

  #answer(code: number | null): Result<GitOutput, GitFailure> {
    const isCut = this.#endedBy === 'output_too_large' && this.#call.onOverflow === 'truncate';
    const stderr = this.#stderr.toString('utf8').trim();
    if (this.#endedBy !== undefined && !isCut) {
      return err(failureOf(this.#call, this.#endedBy, code ?? undefined, stderr));
    }
    const okCodes = this.#call.okCodes ?? [0];
    if (!isCut && (code === null || !okCodes.includes(code))) {
      return err(failureOf(this.#call, 'exit', code ?? undefined, stderr));
    }
    const stdout = Buffer.concat(this.#stdout).toString('utf8');
    return ok({ exitCode: code ?? 0, stdout, stderr, isTruncated: isCut });
  }
}

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>(settle => {
    resolve = settle;
  });
  return { promise, resolve };
}
