/** The daemon's own log: for the person who asks why something did not start. Bounded, rotated once, without secrets. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Size at which the log moves to `<file>.1`, replacing the one before: at most twice this stays on disk. */
const MAX_BYTES = 1_000_000;
/** A message is cut here: a log line is no place for a worker's output. */
const MAX_LINE = 4_000;

/** Takes messages for the log. */
export interface Log {
  info(message: string): void;
  error(message: string, error?: unknown): void;
}

/** A log in a file. `redact` sees every line before it is written. A disk that cannot take a line loses it silently. */
export function createLog(file: string, redact: (text: string) => string): Log {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const write = (level: string, message: string): void => {
    const line = `${new Date().toISOString()} ${process.pid} ${level} ${redact(message).slice(0, MAX_LINE)}\n`;
    try {
      rotate(file);
      appendFileSync(file, line, { mode: 0o600 });
    } catch {
      // A full disk must not end the daemon, and there is nobody else to tell.
    }
  };
  return {
    info: message => write('info', message),
    error: (message, error) =>
      write('error', error === undefined ? message : `${message}: ${describeError(error)}`),
  };
}

/** The last lines of a log, for the message of a daemon that did not come up. Empty if there is no log. */
export function lastLines(file: string, count: number): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-count).join('\n');
  } catch {
    return '';
  }
}

/** An unknown thrown value as text: the stack of an error, where a bug is to be found. */
export function describeError(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function rotate(file: string): void {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > MAX_BYTES) renameSync(file, `${file}.1`);
}
