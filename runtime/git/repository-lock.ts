import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { err, type Result } from '../result.ts';

/** The lock could not be had. */
export interface LockFailure {
  readonly kind: 'lock';
  readonly file: string;
  /** What stands in the way: the holder, or the system's words. */
  readonly message: string;
}

const LOCK_NAME = 'niia-worktrees.lock';
const DEFAULT_WAIT_MS = 60_000;
/** A stealing process holds its own little lock for microseconds; older than this, its process died. */
const STEAL_STALE_MS = 10_000;
const POLL_MIN_MS = 4;
const POLL_MAX_MS = 60;

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Tells a process from a later one with the same pid; empty where the system does not say. */
  readonly startedAt: string;
  readonly token: string;
}

/** Last in line per lock file, in this process: neighbours wait here instead of polling the file. */
const queues = new Map<string, Promise<unknown>>();

/**
 * Runs `work` while holding the repository's one lock around worktree and branch metadata, across processes: git's own
 * `worktree add` races with itself (it reads half-made entries of others). Hold it for milliseconds, never for a
 * checkout. A lock whose process is dead is taken over. Fails with {@link LockFailure} when it cannot be had in time.
 */
export async function withRepositoryLock<T, F>(
  commonDir: string,
  work: () => Promise<Result<T, F>>,
  options: { readonly waitMs?: number; readonly signal?: AbortSignal } = {},
): Promise<Result<T, F | LockFailure>> {
  const file = join(commonDir, LOCK_NAME);
  const turn = (queues.get(file) ?? Promise.resolve()).then(() => lockAndWork(file, work, options));
  const settled = turn.catch(() => {});
  queues.set(file, settled);
  try {
    return await turn;
  } finally {
    if (queues.get(file) === settled) queues.delete(file);
  }
}

async function lockAndWork<T, F>(
  file: string,
  work: () => Promise<Result<T, F>>,
  options: { readonly waitMs?: number; readonly signal?: AbortSignal },
): Promise<Result<T, F | LockFailure>> {
  const holder = thisProcess();
  const failure = await acquire(file, holder, options);
  if (failure !== undefined) return err(failure);
  try {
    return await work();
  } finally {
    release(file, holder);
  }
}

async function acquire(
  file: string,
  holder: Holder,
  options: { readonly waitMs?: number; readonly signal?: AbortSignal },
): Promise<LockFailure | undefined> {
  const deadline = Date.now() + (options.waitMs ?? DEFAULT_WAIT_MS);
  for (let pause = POLL_MIN_MS; ; pause = Math.min(pause * 2, POLL_MAX_MS)) {
    const attempt = tryAcquire(file, holder);
    if (attempt === 'acquired') return undefined;
    if (attempt !== 'held') return { kind: 'lock', file, message: attempt.message };
    if (options.signal?.aborted) return { kind: 'lock', file, message: 'stopped while waiting for it' };
    if (Date.now() > deadline) return { kind: 'lock', file, message: `held by ${describeHolder(file)}` };
    if (!stealIfStale(file)) await delay(pause + Math.random() * pause);
  }
}

/** Made whole under another name and linked into place, so that nobody ever reads a half-written lock. */
function tryAcquire(file: string, holder: Holder): 'acquired' | 'held' | { readonly message: string } {
  const draft = `${file}.${holder.token}`;
  try {
    writeFileSync(draft, JSON.stringify(holder), { flag: 'wx' });
    linkSync(draft, file);
    return 'acquired';
  } catch (error) {
    if (isErrorWithCode(error, 'EEXIST')) return 'held';
    return { message: error instanceof Error ? error.message : String(error) };
  } finally {
    rmSync(draft, { force: true });
  }
}

function release(file: string, holder: Holder): void {
  if (readHolder(file)?.token === holder.token) rmSync(file, { force: true });
}

/**
 * Removes a lock whose holder is dead. Looking and removing must be one step among all who look, or the second would
 * remove the first one's fresh lock: hence a lock for stealing, held without any pause in between.
 */
function stealIfStale(file: string): boolean {
  if (!isStale(readHolder(file))) return false;
  const stealFile = `${file}.steal`;
  try {
    writeFileSync(stealFile, '', { flag: 'wx' });
  } catch {
    removeIfOld(stealFile);
    return false;
  }
  try {
    if (!isStale(readHolder(file))) return false;
    unlinkSync(file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(stealFile, { force: true });
  }
}

function removeIfOld(file: string): void {
  try {
    if (Date.now() - statSync(file).mtimeMs > STEAL_STALE_MS) unlinkSync(file);
  } catch {
    // Gone already.
  }
}

function isStale(holder: Holder | undefined): boolean {
  if (holder === undefined || holder.host !== hostname()) return false;
  if (!isAlive(holder.pid)) return true;
  return holder.startedAt !== '' && holder.startedAt !== processStart(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is a process.
    return isErrorWithCode(error, 'EPERM');
  }
}

function readHolder(file: string): Holder | undefined {
  try {
    // Written whole by tryAcquire; anything else reads as "somebody holds it".
    return JSON.parse(readFileSync(file, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

function describeHolder(file: string): string {
  const holder = readHolder(file);
  if (holder === undefined) return 'an unknown process';
  return `process ${holder.pid} on ${holder.host}`;
}

function thisProcess(): Holder {
  return { pid: process.pid, host: hostname(), startedAt: processStart(process.pid), token: randomUUID() };
}

/** Field 22 of /proc/PID/stat: ticks from boot to the start of the process. */
function processStart(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

function isErrorWithCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
