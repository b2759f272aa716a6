import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { err, ok, type Result } from '../result.ts';

/** Where a PTY host listens and where it keeps its token and its log. */
export type PtyHostAddress = {
  /** Path of a unix socket, or of a named pipe (\\.\pipe\…) on Windows. */
  readonly socketPath: string;
  readonly stateDir: string;
};

/** A sentence about a place that cannot be used, and what to do. */
export type PlaceFailure = { readonly kind: 'unsafe_place'; readonly message: string };

/** Longest path of a unix socket that works everywhere (macOS: 104 bytes with the final zero). */
const MAX_SOCKET_PATH_BYTES = 103;

/** Makes the socket's directory, 0700 and ours, or says why it cannot be trusted. */
export function prepareSocketDirectory(socketPath: string): Result<null, PlaceFailure> {
  if (process.platform === 'win32') return ok(null);
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH_BYTES) {
    return unsafe(
      `the socket path "${socketPath}" is longer than ${MAX_SOCKET_PATH_BYTES} bytes; set a shorter NIIA_HOME`,
    );
  }
  const directory = dirname(socketPath);
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    return checkOwner(directory);
  } catch (error) {
    return unsafe(error instanceof Error ? error.message : String(error));
  }
}

function checkOwner(directory: string): Result<null, PlaceFailure> {
  const stat = lstatSync(directory);
  if (!stat.isDirectory()) return unsafe(`"${directory}" is not a directory`);
  if (stat.uid !== process.getuid?.())
    return unsafe(`"${directory}" belongs to another user; remove it or set NIIA_HOME`);
  if ((stat.mode & 0o077) !== 0) chmodSync(directory, 0o700);
  return ok(null);
}

function unsafe(message: string): Result<never, PlaceFailure> {
  return err({ kind: 'unsafe_place', message });
}

/**
 * The secret that clients show to the host, made on first use: a file only the user can read. It matters where a
 * socket's directory protects nothing (named pipes). Throws when the state directory cannot be written.
 */
export function hostToken(stateDir: string): string {
  const file = join(stateDir, 'pty-host.token');
  const known = readToken(file);
  if (known !== null) return known;
  mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  const own = `${file}.${process.pid}`;
  writeFileSync(own, randomBytes(24).toString('hex'), { mode: 0o600 });
  try {
    // A link is made whole or not at all: of two who start at once, both read the first one's.
    linkSync(own, file);
  } catch {
    // The other one was first.
  } finally {
    rmSync(own, { force: true });
  }
  return readToken(file) ?? '';
}

function readToken(file: string): string | null {
  try {
    const token = readFileSync(file, 'utf8');
    return token === '' ? null : token;
  } catch {
    return null;
  }
}
