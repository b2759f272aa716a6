/** Output into a pipe or a file, without Node's streams: they take milliseconds to load, and a pipe is written at once anyway. */
import { writeSync } from 'node:fs';
import { exitCodes } from './exit-codes.ts';
import type { Style } from './style.ts';
import type { Output } from './terminal.ts';

/** An output on a file descriptor that is no terminal. A reader that is gone ends the program quietly. */
export function createPipeOutput(descriptor: 1 | 2, style: Style): Output {
  let hasStream = false;
  const write = (bytes: Uint8Array): void => {
    let rest = bytes;
    while (rest.length > 0 && !hasStream) {
      const written = writeNow(descriptor, rest);
      // The other side made the pipe non-blocking and does not read: from here on Node's stream queues.
      if (written === undefined) hasStream = true;
      else rest = rest.subarray(written);
    }
    if (rest.length > 0) (descriptor === 1 ? process.stdout : process.stderr).write(rest);
  };
  return {
    isTerminal: false,
    canRedraw: false,
    style,
    size: () => ({ columns: 80, rows: 24 }),
    write: text => write(Buffer.from(text)),
    writeBytes: async bytes => write(bytes),
    onResize: () => () => {},
  };
}

function writeNow(descriptor: number, bytes: Uint8Array): number | undefined {
  try {
    return writeSync(descriptor, bytes);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EAGAIN') return undefined;
    if (code === 'EPIPE') process.exit(exitCodes.pipeClosed);
    throw error;
  }
}
