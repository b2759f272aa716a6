import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { err, ok, type Result } from '../result.ts';

/** Why there is no server: somebody serves already, or the system refuses. */
export type ListenFailure =
  | { readonly kind: 'already_served' }
  | { readonly kind: 'cannot_listen'; readonly message: string };

const LOCK_RETRY_MS = 20;
const LOCK_TRIES = 250;

/**
 * Listens on a socket as the only one. A socket file whose host died is removed. Of several hosts that start at once
 * one wins, because looking, removing and binding happen under a lock file.
 */
export async function listenExclusively(socketPath: string): Promise<Result<Server, ListenFailure>> {
  if (process.platform === 'win32') return listen(socketPath);
  const lock = `${socketPath}.lock`;
  if (!(await takeLock(lock)))
    return err({ kind: 'cannot_listen', message: `"${lock}" is held by another process` });
  try {
    if (await isServed(socketPath)) return err({ kind: 'already_served' });
    rmSync(socketPath, { force: true });
    return await listen(socketPath);
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Whether somebody accepts connections there. */
export function isServed(socketPath: string): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function listen(socketPath: string): Promise<Result<Server, ListenFailure>> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', error => {
      const isTaken = 'code' in error && error.code === 'EADDRINUSE';
      resolve(err(isTaken ? { kind: 'already_served' } : { kind: 'cannot_listen', message: error.message }));
    });
    server.listen(socketPath, () => resolve(ok(server)));
  });
}

async function takeLock(lock: string): Promise<boolean> {
  for (let tries = 0; tries < LOCK_TRIES; tries++) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx', mode: 0o600 });
      return true;
    } catch {
      removeIfAbandoned(lock);
    }
    await delay(LOCK_RETRY_MS);
  }
  return false;
}

/** A holder that died (it holds the lock for milliseconds) leaves its pid behind. */
function removeIfAbandoned(lock: string): void {
  const aside = `${lock}.${process.pid}`;
  try {
    const holder = readFileSync(lock, 'utf8');
    if (holder === '' || isAlive(Number(holder))) return;
    // Moved aside before it is removed: if another process was quicker, this is its fresh lock, and goes back.
    renameSync(lock, aside);
    if (readFileSync(aside, 'utf8') !== holder) linkSync(aside, lock);
  } catch {
    // Gone by itself.
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
