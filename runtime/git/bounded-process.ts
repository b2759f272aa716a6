import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { err, ok, type Result } from '../result.ts';

/** One program to run to its end on pipes: argv only, never a shell. */
export interface ProcessCall {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The complete environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** Written to its standard input, which is closed otherwise. */
  readonly input?: string;
  readonly signal?: AbortSignal;
  /** Standard output beyond this many bytes ends the process. */
  readonly maxOutputBytes: number;
  /** What too much output means: a failure (default), or a cut answer with `isTruncated`. */
  readonly onOverflow?: 'fail' | 'truncate';
  /** Milliseconds until the process is ended. */
  readonly timeoutMs: number;
  /** How standard output becomes a string: default UTF-8; base64 for what may not be text. */
  readonly encoding?: 'utf8' | 'base64';
}

/** How a program ended, whatever its exit code. */
export interface ProcessOutput {
  /** Undefined if a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  /** The last 4 KiB of standard error. */
  readonly stderrTail: string;
  readonly isTruncated: boolean;
}

/** Why a program gave no answer. */
export interface ProcessFailure {
  readonly reason: 'aborted' | 'timed_out' | 'output_too_large' | 'not_installed' | 'not_started';
  readonly stderrTail: string;
}

/** A program gets this long to end after it was asked politely (git removes its lock files), then it is killed. */
const TERMINATE_GRACE_MS = 2000;
const STDERR_TAIL_BYTES = 4096;

type EndReason = 'aborted' | 'timed_out' | 'output_too_large';

/**
 * Runs a program and collects its answer. On abort, timeout or too much output the whole process group is ended (a
 * checkout's children outlive a killed parent and go on writing), and the call returns only after it is gone.
 */
export async function runBounded(call: ProcessCall): Promise<Result<ProcessOutput, ProcessFailure>> {
  if (call.signal?.aborted) return err({ reason: 'aborted', stderrTail: '' });
  return await new BoundedProcess(call).finished;
}

/** One running program and the state of collecting from it. */
class BoundedProcess {
  readonly finished: Promise<Result<ProcessOutput, ProcessFailure>>;
  readonly #call: ProcessCall;
  readonly #child: ChildProcess;
  readonly #stdout: Buffer[] = [];
  #stdoutBytes = 0;
  #stderr = Buffer.alloc(0);
  #endedBy: EndReason | undefined;
  #killTimer: NodeJS.Timeout | undefined;

  constructor(call: ProcessCall) {
    this.#call = call;
    this.#child = spawn(call.command, [...call.args], {
      cwd: call.cwd,
      env: call.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      // A group of its own, so that an end reaches its children as well.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.finished = this.#collect();
  }

  #collect(): Promise<Result<ProcessOutput, ProcessFailure>> {
    return new Promise(resolve => {
      const onAbort = () => this.#end('aborted');
      const timer = setTimeout(() => this.#end('timed_out'), this.#call.timeoutMs);
      const settle = (result: Result<ProcessOutput, ProcessFailure>) => {
        clearTimeout(timer);
        clearTimeout(this.#killTimer);
        this.#call.signal?.removeEventListener('abort', onAbort);
        resolve(result);
      };
      this.#call.signal?.addEventListener('abort', onAbort, { once: true });
      this.#child.stdout?.on('data', (chunk: Buffer) => this.#onStdout(chunk));
      this.#child.stderr?.on('data', (chunk: Buffer) => this.#onStderr(chunk));
      // It may end before it has read everything: its exit code says what happened, EPIPE says nothing.
      this.#child.stdin?.on('error', () => {});
      this.#child.stdin?.end(this.#call.input ?? '');
      this.#child.on('error', error => settle(err(this.#startFailure(error))));
      this.#child.on('close', code => settle(this.#answer(code)));
    });
  }

  #onStdout(chunk: Buffer): void {
    const room = this.#call.maxOutputBytes - this.#stdoutBytes;
    if (room > 0) this.#stdout.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
    this.#stdoutBytes += chunk.length;
    if (this.#stdoutBytes > this.#call.maxOutputBytes) this.#end('output_too_large');
  }

  #onStderr(chunk: Buffer): void {
    this.#stderr = Buffer.concat([this.#stderr, chunk]).subarray(-STDERR_TAIL_BYTES);
  }

  #end(reason: EndReason): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = reason;
    this.#signalGroup('SIGTERM');
    this.#killTimer = setTimeout(() => {
      this.#signalGroup('SIGKILL');
      // Whoever left the group may hold the pipes open for ever.
      this.#child.stdout?.destroy();
      this.#child.stderr?.destroy();
    }, TERMINATE_GRACE_MS);
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

  #startFailure(error: Error): ProcessFailure {
    // Node reports a missing working directory as a missing program.
    if (!existsSync(this.#call.cwd)) {
      return { reason: 'not_started', stderrTail: `no such directory: ${this.#call.cwd}` };
    }
    const isMissing = 'code' in error && error.code === 'ENOENT';
    return { reason: isMissing ? 'not_installed' : 'not_started', stderrTail: error.message };
  }

  #answer(code: number | null): Result<ProcessOutput, ProcessFailure> {
    const isTruncated = this.#endedBy === 'output_too_large' && this.#call.onOverflow === 'truncate';
    const stderrTail = this.#stderr.toString('utf8').trim();
    if (this.#endedBy !== undefined && !isTruncated) return err({ reason: this.#endedBy, stderrTail });
    const stdout = Buffer.concat(this.#stdout).toString(this.#call.encoding ?? 'utf8');
    return ok({ exitCode: code ?? undefined, stdout, stderrTail, isTruncated });
  }
}
