/** The streams a verb talks to: data on stdout, talk on stderr (design §6). */
import { fstatSync } from 'node:fs';
import type { ReadStream } from 'node:tty';
import { exitCodes } from './exit-codes.ts';
import { createPipeOutput } from './pipe-output.ts';
import { type Style, styleFor } from './style.ts';

/** One direction of output. */
export interface Output {
  /** Whether a person looks at it directly. */
  readonly isTerminal: boolean;
  /** Whether lines can be drawn again: not on a dumb terminal, and not in a worker's, which is a record for later. */
  readonly canRedraw: boolean;
  readonly style: Style;
  /** Columns and rows of the terminal at this moment; 80 × 24 for pipes and files. */
  size(): { readonly columns: number; readonly rows: number };
  write(text: string): void;
  /** Writes bytes as they are. Resolves when the next piece may be written. */
  writeBytes(bytes: Uint8Array): Promise<void>;
  /** Calls back whenever the terminal changes its size. Returns what ends that. */
  onResize(listener: () => void): () => void;
}

/** What a verb reads from and writes to. */
export interface Terminal {
  readonly stdin: ReadStream;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether a person can be asked: stdin and stderr are a terminal, and this is neither a CI job nor a worker. */
  readonly isInteractive: boolean;
}

/** The terminal, pipes and files this process was started with. Leaves quietly when the reader of stdout is gone. */
export function processTerminal(env: Readonly<NodeJS.ProcessEnv>): Terminal {
  let isInteractive: boolean | undefined;
  return {
    get stdin() {
      return process.stdin;
    },
    stdout: outputOf(1, env),
    stderr: outputOf(2, env),
    get isInteractive() {
      // Asked for lazily: looking at the streams loads a good part of Node.
      isInteractive ??= Boolean(process.stdin.isTTY && process.stderr.isTTY && !env.CI && !env.NIIA_RUN);
      return isInteractive;
    },
  };
}

function outputOf(descriptor: 1 | 2, env: Readonly<NodeJS.ProcessEnv>): Output {
  // Terminals are character devices; for everything else Node's stream is not needed and not loaded.
  return isCharacterDevice(descriptor)
    ? streamOutput(descriptor === 1 ? process.stdout : process.stderr, env)
    : createPipeOutput(descriptor, styleFor(false, env));
}

function isCharacterDevice(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isCharacterDevice();
  } catch {
    // Closed, or a handle that cannot be asked: Node's own stream copes.
    return true;
  }
}

function streamOutput(stream: NodeJS.WriteStream, env: Readonly<NodeJS.ProcessEnv>): Output {
  const isTerminal = Boolean(stream.isTTY);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // EIO: the terminal's window was closed.
    if (error.code === 'EPIPE' || error.code === 'EIO') process.exit(exitCodes.pipeClosed);
    throw error;
  });
  return {
    isTerminal,
    canRedraw: isTerminal && env.TERM !== 'dumb' && !env.NIIA_RUN,
    style: styleFor(isTerminal, env),
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    write: text => {
      stream.write(text);
    },
    writeBytes: bytes =>
      new Promise((resolve, reject) => {
        stream.write(bytes, error => (error ? reject(error) : resolve()));
      }),
    onResize: listener => {
      stream.on('resize', listener);
      return () => stream.off('resize', listener);
    },
  };
}
