import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import { dirname, resolve } from 'node:path';
import tty from 'node:tty';
import { loadNativeModule, type UnixNative } from 'node-pty/lib/utils.js';
import { err, ok, type Result } from '../result.ts';
import { terminalClosed, terminalOpened } from './descriptors.ts';
import { Drain } from './drain.ts';
import type { Leader, LeaderEvents, LeaderExit, LeaderSpec, SpawnFailure } from './leader.ts';

/** XON, what a terminal sends for Ctrl-Q. */
const START_CHARACTER = Buffer.from([0x11]);

const READ_BYTES = 64 * 1024;

/** Reads are handed on synchronously, so that all terminals can share one buffer. */
const readBuffer = Buffer.allocUnsafeSlow(READ_BYTES);

let loaded: { readonly native: UnixNative; readonly helperPath: string } | null = null;

/**
 * Starts a program in a terminal of its own, on Linux and macOS.
 *
 * Uses node-pty's native `fork` (the child gets no descriptor of ours: an inherited master would let one worker read
 * another's terminal), but none of its JavaScript: that loses output at exit and when reading is paused, and spins
 * when the child does not read. Here the other side of the terminal is held open and an end marker proves that all
 * has been read.
 */
export function startUnixTerminal(spec: LeaderSpec, events: LeaderEvents): Result<Leader, SpawnFailure> {
  const { native, helperPath } = loadNative();
  const [file = '', ...args] = spec.argv;
  const env = Object.entries(spec.env).map(([name, value]) => `${name}=${value}`);
  let terminal: UnixTerminal | null = null;
  let child: ForkedChild | null = null;
  try {
    const onExit = (code: number, signal: number): void => terminal?.leaderEnded(exitOf(code, signal));
    const { cwd, cols, rows } = spec;
    child = native.fork(file, args, env, cwd, cols, rows, -1, -1, true, helperPath, onExit);
    terminal = new UnixTerminal(native, child, events);
    return ok(terminal);
  } catch (error) {
    if (child !== null) abandon(child);
    const message = error instanceof Error ? error.message : String(error);
    return err({ kind: 'spawn_failed', code: 'EAGAIN', message: `no terminal could be opened: ${message}` });
  }
}

/** Undoes a fork whose terminal we could not take up (no descriptors left). */
function abandon(child: ForkedChild): void {
  process.kill(child.pid, 'SIGKILL');
  closeSync(child.fd);
}

function loadNative(): NonNullable<typeof loaded> {
  if (loaded !== null) return loaded;
  const { dir, module } = loadNativeModule('pty');
  const library = dirname(createRequire(import.meta.url).resolve('node-pty/lib/utils.js'));
  loaded = { native: module, helperPath: resolve(library, dir, 'spawn-helper') };
  return loaded;
}

const signalNames = new Map(Object.entries(os.constants.signals).map(([name, value]) => [value, name]));

function exitOf(code: number, signal: number): LeaderExit {
  if (signal === 0) return { code, signal: null };
  return { code: null, signal: signalNames.get(signal) ?? `SIG${signal}` };
}

type ForkedChild = ReturnType<UnixNative['fork']>;

class UnixTerminal implements Leader {
  readonly pid: number;
  readonly stdoutBytes = 0;
  readonly stderrBytes = 0;
  readonly #native: UnixNative;
  readonly #events: LeaderEvents;
  readonly #master: number;
  readonly #stream: tty.ReadStream;
  /** Our own handle on the child's side: it keeps the terminal from hanging up before it has been read. */
  readonly #childSide: number;
  #isOpen = true;
  #isPaused = false;
  #drain: Drain | null = null;

  constructor(native: UnixNative, child: ForkedChild, events: LeaderEvents) {
    this.pid = child.pid;
    this.#native = native;
    this.#events = events;
    this.#master = child.fd;
    this.#childSide = openSync(child.pty, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    terminalOpened(child.fd);
    const onread = { buffer: readBuffer, callback: (count: number) => this.#read(count) };
    this.#stream = new tty.ReadStream(child.fd, { onread });
    this.#stream.on('error', () => this.#drain?.finish());
    this.#stream.on('end', () => this.#drain?.finish());
    this.#stream.resume();
  }

  leaderEnded(exit: LeaderExit): void {
    this.#events.onExit(exit);
  }

  write(bytes: Buffer): number {
    // What nobody can read any more counts as taken: EIO says that the child's side is gone.
    return this.#isOpen ? (writeNow(this.#master, bytes) ?? bytes.length) : bytes.length;
  }

  endInput(): void {}

  resize(cols: number, rows: number): void {
    if (this.#isOpen) this.#native.resize(this.#master, cols, rows, 0, 0);
  }

  pause(): void {
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    this.#isPaused = false;
    this.#drain?.noteActivity();
    if (this.#isOpen) this.#stream.resume();
  }

  drain(): Promise<void> {
    return new Promise(resolve => {
      this.#drain = new Drain({
        writeToChildSide: bytes => writeNow(this.#childSide, bytes),
        restartOutput: () => this.write(START_CHARACTER),
        isPaused: () => this.#isPaused,
        deliver: bytes => this.#events.onData(bytes),
        onDone: resolve,
      });
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#stream.once('close', () => terminalClosed(this.#master));
    this.#stream.destroy();
    closeSync(this.#childSide);
  }

  #read(count: number): boolean {
    const bytes = readBuffer.subarray(0, count);
    if (this.#drain === null) this.#events.onData(bytes);
    else this.#drain.read(bytes);
    return true;
  }
}

/** Writes what fits: null when the other side is gone, 0 when it is full. */
function writeNow(fd: number, bytes: Buffer): number | null {
  try {
    return writeSync(fd, bytes);
  } catch (error) {
    const isFull = error instanceof Error && 'code' in error && error.code === 'EAGAIN';
    return isFull ? 0 : null;
  }
}
