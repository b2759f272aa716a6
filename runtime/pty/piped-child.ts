import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, createWriteStream, mkdirSync, openSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { err, ok, type Result } from '../result.ts';
import { coverTerminals } from './descriptors.ts';
import type { Leader, LeaderEvents, LeaderSpec, SpawnFailure } from './leader.ts';

/** Where the raw output goes, and whether the child can be written to. */
export type PipeOptions = {
  readonly outputFile: string;
  readonly hasInput: boolean;
  /** A file that is the child's standard input, instead of what is written. */
  readonly inputFile?: string | undefined;
};

/** Turns of the event loop without data that prove, after the exit, that a pipe is empty. */
const QUIET_TURNS = 3;

/** Input that may wait inside Node before `write` says "full". */
const INPUT_BUFFER_BYTES = 64 * 1024;

/** Starts a program on pipes: stdout goes to `outputFile`, stderr to `outputFile` + `.err`, as they are. */
export async function startPipedChild(
  spec: LeaderSpec,
  options: PipeOptions,
  events: LeaderEvents,
): Promise<Result<Leader, SpawnFailure>> {
  const [file = '', ...args] = spec.argv;
  let input: number | null = null;
  try {
    if (options.inputFile !== undefined) input = openSync(options.inputFile, 'r');
    mkdirSync(dirname(options.outputFile), { recursive: true, mode: 0o700 });
    const child = spawn(file, args, {
      cwd: spec.cwd,
      env: { ...spec.env },
      stdio: coverTerminals([input ?? (options.hasInput ? 'pipe' : 'ignore'), 'pipe', 'pipe']),
      // A session and process group of its own, so that signals reach all of it and nothing else.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    const started = once(child, 'spawn');
    const piped = new PipedChild(child, options.outputFile, events);
    await started;
    return ok(piped);
  } catch (error) {
    return err(failureOf(error));
  } finally {
    if (input !== null) closeSync(input);
  }
}

function failureOf(error: unknown): SpawnFailure {
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'EINVAL';
  return { kind: 'spawn_failed', code, message: error instanceof Error ? error.message : String(error) };
}

class PipedChild implements Leader {
  readonly #child: ChildProcess;
  readonly #stdout: OutputFile;
  readonly #stderr: OutputFile;

  constructor(child: ChildProcess, outputFile: string, events: LeaderEvents) {
    this.#child = child;
    this.#stdout = new OutputFile(child.stdout, outputFile, events);
    this.#stderr = new OutputFile(child.stderr, `${outputFile}.err`, events);
    // A child that closes its input early (EPIPE) is not our failure.
    child.stdin?.on('error', () => {});
    child.on('error', () => {});
    child.on('exit', (code, signal) => events.onExit({ code, signal }));
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get stdoutBytes(): number {
    return this.#stdout.writtenBytes;
  }

  get stderrBytes(): number {
    return this.#stderr.writtenBytes;
  }

  write(bytes: Buffer): number {
    const stdin = this.#child.stdin;
    if (stdin === null || stdin.destroyed || stdin.writableEnded) return bytes.length;
    const room = INPUT_BUFFER_BYTES - stdin.writableLength;
    if (room <= 0) return 0;
    stdin.write(bytes.subarray(0, room));
    return Math.min(room, bytes.length);
  }

  endInput(): void {
    this.#child.stdin?.end();
  }

  resize(): void {}

  pause(): void {}

  resume(): void {}

  async drain(): Promise<void> {
    await Promise.all([this.#stdout.drain(), this.#stderr.drain()]);
  }

  close(): void {
    this.#child.stdin?.destroy();
    this.#child.stdout?.destroy();
    this.#child.stderr?.destroy();
  }
}

/** Writes one of a child's streams to its file, no faster than the disk takes it. */
class OutputFile {
  readonly #source: Readable | null;
  readonly #file: WriteStream;
  #receivedBytes = 0;
  #writtenBytes = 0;
  #hasFailed = false;

  constructor(source: Readable | null, path: string, events: LeaderEvents) {
    this.#source = source;
    this.#file = createWriteStream(path, { flags: 'w', mode: 0o600 });
    this.#file.on('error', error => {
      this.#hasFailed = true;
      // The child goes on: its output is read and dropped.
      source?.resume();
      events.onOutputLost(path, error.message);
    });
    this.#file.on('drain', () => source?.resume());
    source?.on('data', (chunk: Buffer) => this.#take(chunk, events));
  }

  /** Bytes that are in the file. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  /** After the child's exit: resolves when what it wrote is in the file. */
  async drain(): Promise<void> {
    // The end of the stream is no measure: whoever inherited the pipe may hold it open for ever.
    for (let quiet = 0, seen = -1; quiet < QUIET_TURNS; ) {
      await nextTurn();
      const isWaiting = this.#source?.isPaused() === true;
      quiet = seen === this.#receivedBytes && !isWaiting ? quiet + 1 : 0;
      seen = this.#receivedBytes;
    }
    if (this.#hasFailed) return;
    await new Promise<void>(resolve => {
      this.#file.once('error', () => resolve());
      this.#file.end(resolve);
    });
  }

  #take(chunk: Buffer, events: LeaderEvents): void {
    this.#receivedBytes += chunk.length;
    if (this.#hasFailed) return;
    const hasRoom = this.#file.write(chunk, error => {
      if (error) return;
      this.#writtenBytes += chunk.length;
      events.onProgress();
    });
    if (!hasRoom) this.#source?.pause();
  }
}
