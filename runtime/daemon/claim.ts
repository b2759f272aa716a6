/**
 * Who is the daemon of a state directory: `daemon.json` in it names the process and its socket. It is published by a
 * hard link after the socket listens, so it appears whole, at most once, and whoever it names can be reached, or is dead.
 * Clients find the daemon by this file and not by a fixed socket path: a login without XDG_RUNTIME_DIR and one with it
 * must not start two daemons over the same runs.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync, unlinkSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { join } from 'node:path';
import { isErrno } from './run-dir.ts';

/** What `daemon.json` says. */
export interface Claim {
  readonly pid: number;
  readonly version: string;
  readonly protocol: number;
  /** Path of its socket, or name of its Windows pipe. */
  readonly socket: string;
  /** ISO time. */
  readonly startedAt: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** Rounds of removing what a dead daemon left: more than a few means that others are doing the same. */
const MAX_ROUNDS = 20;

/** Path of the claim in a state directory. */
export function claimFile(stateDir: string): string {
  return join(stateDir, 'daemon.json');
}

/** The claim that stands in a state directory; undefined if there is none or it cannot be read. */
export function readClaim(stateDir: string): Claim | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(claimFile(stateDir), 'utf8'));
    return isClaim(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Connects to a daemon's socket. Undefined if nobody answers within 5 s. */
export function reach(socketPath: string): Promise<Socket | undefined> {
  return new Promise(resolve => {
    const socket = connect(socketPath);
    const fail = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(undefined);
    };
    const timer = setTimeout(fail, CONNECT_TIMEOUT_MS);
    socket.once('error', fail);
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(socket);
    });
  });
}

/** Publishes our claim, whose socket listens already. False: another daemon lives and keeps its claim. */
export async function publishClaim(stateDir: string, claim: Claim): Promise<boolean> {
  const file = claimFile(stateDir);
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await writeFile(draft, `${JSON.stringify(claim)}\n`, { mode: 0o600 });
  try {
    for (let round = 0; round < MAX_ROUNDS; round++) {
      if (await linkNew(draft, file)) return true;
      if (await isHeldByLivingDaemon(stateDir)) return false;
      await removeStale(stateDir, `${draft}.stale`);
    }
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Whether the claim in the state directory is still this process's. */
export function isOurClaim(stateDir: string): boolean {
  return readClaim(stateDir)?.pid === process.pid;
}

/** Takes our claim back at the end. Synchronous: it also runs when the process is on its way out. */
export function withdrawClaim(stateDir: string): void {
  if (!isOurClaim(stateDir)) return;
  try {
    unlinkSync(claimFile(stateDir));
  } catch {
    // Somebody removed it first: it is gone either way.
  }
}

async function linkNew(draft: string, file: string): Promise<boolean> {
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  }
}

async function isHeldByLivingDaemon(stateDir: string): Promise<boolean> {
  const claim = readClaim(stateDir);
  if (claim === undefined) return false;
  const socket = await reach(claim.socket);
  socket?.destroy();
  return socket !== undefined;
}

/**
 * Moves a dead daemon's claim away. Between our look and the move another daemon may have replaced it: what was moved is
 * looked at again, and put back if it lives.
 */
async function removeStale(stateDir: string, aside: string): Promise<void> {
  const file = claimFile(stateDir);
  try {
    await rename(file, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  const moved = readMoved(aside);
  const living = moved === undefined ? undefined : await reach(moved.socket);
  living?.destroy();
  if (living !== undefined) await linkNew(aside, file);
  else if (moved !== undefined && process.platform !== 'win32') await rm(moved.socket, { force: true });
  await rm(aside, { force: true });
}

function readMoved(file: string): Claim | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
    return isClaim(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isClaim(value: unknown): value is Claim {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'pid' in value &&
    typeof value.pid === 'number' &&
    'version' in value &&
    typeof value.version === 'string' &&
    'protocol' in value &&
    typeof value.protocol === 'number' &&
    'socket' in value &&
    typeof value.socket === 'string' &&
    'startedAt' in value &&
    typeof value.startedAt === 'string'
  );
}
