import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Survivor } from '../pty-protocol.ts';
import { type ProcessRow, readProcessTable } from './process-table.ts';

/**
 * Which processes belong to a session. `leader` is null when only the markers are known (another host started it); `since`
 * is when it started (`startTicks`), 0 if that is not known: an older process is none of them.
 */
export type ProcessTarget = { readonly id: string; readonly leader: number | null; readonly since: number };

/** What a kill did. */
export type KillReport = { readonly killed: number; readonly survivors: readonly Survivor[] };

/** A process that does not die of SIGKILL for so long sits in the kernel: it is reported, not waited for. */
const KILL_DEADLINE_MS = 5000;
const FIRST_WAIT_MS = 1;
const LONGEST_WAIT_MS = 50;

/**
 * Finds and ends processes of sessions. A session's processes are those that carry its marker in their environment,
 * those in its leader's process group or POSIX session, and all descendants of these: neither `setsid` nor a cleaned
 * environment alone gets out.
 */
export class SessionProcesses {
  readonly #host: string;
  #running: Promise<readonly ProcessRow[]> | null = null;
  #next: Promise<readonly ProcessRow[]> | null = null;
  /** The earliest start among those that wait for the next table. */
  #nextSince = Number.POSITIVE_INFINITY;

  /** `host` is the value of HOST_MARKER in this host's sessions. */
  constructor(host: string) {
    this.#host = host;
  }

  /** The session's living processes. */
  async find(target: ProcessTarget): Promise<readonly ProcessRow[]> {
    return membersOf(await this.#table(target.since), target);
  }

  /** Kills the session's processes until a look finds none, and says what withstood. */
  async killAll(target: ProcessTarget): Promise<KillReport> {
    if (process.platform === 'win32') return killWindowsTree(target);
    const killed = new Set<number>();
    let unclear: ReadonlySet<number> = new Set();
    const deadline = performance.now() + KILL_DEADLINE_MS;
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      const table = await this.#table(target.since);
      const found = membersOf(table, target);
      const before = unclear;
      unclear = new Set(table.filter(row => row.isUnclear).map(row => row.pid));
      const denied = found.filter(row => !kill(row.pid));
      for (const row of found) killed.add(row.pid);
      // A process in the middle of an exec shows no marker for a moment: it is looked at once more.
      const isSettled = [...unclear].every(pid => before.has(pid));
      const isOver = (found.length === denied.length && isSettled) || performance.now() > deadline;
      if (isOver) return report(killed, found, denied);
      await delay(waitMs);
    }
  }

  /** A process table read entirely after the call; calls that come together share one. */
  #table(since: number): Promise<readonly ProcessRow[]> {
    if (this.#running === null) return this.#start(since);
    this.#nextSince = Math.min(this.#nextSince, since);
    this.#next ??= this.#running.then(() => {
      const earliest = this.#nextSince;
      this.#nextSince = Number.POSITIVE_INFINITY;
      this.#next = null;
      return this.#start(earliest);
    });
    return this.#next;
  }

  #start(since: number): Promise<readonly ProcessRow[]> {
    const table = readProcessTable(this.#host, since).finally(() => {
      if (this.#running === table) this.#running = null;
    });
    this.#running = table;
    return table;
  }
}

function report(
  killed: ReadonlySet<number>,
  found: readonly ProcessRow[],
  denied: readonly ProcessRow[],
): KillReport {
  const survivors = found.map(row => ({
    pid: row.pid,
    command: row.command,
    reason: denied.includes(row) ? 'not permitted' : `still there ${KILL_DEADLINE_MS} ms after SIGKILL`,
  }));
  return { killed: killed.size - survivors.length, survivors };
}

/** False when we may not. */
function kill(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

function membersOf(table: readonly ProcessRow[], target: ProcessTarget): readonly ProcessRow[] {
  const members = new Map<number, ProcessRow>();
  for (const row of table) if (isRoot(row, target)) members.set(row.pid, row);
  for (let before = -1; before !== members.size; ) {
    before = members.size;
    for (const row of table) if (members.has(row.parent) && !isOthers(row, target)) members.set(row.pid, row);
  }
  return [...members.values()];
}

function isRoot(row: ProcessRow, { id, leader }: ProcessTarget): boolean {
  if (row.markedFor !== null) return row.markedFor === id;
  return leader !== null && (row.session === leader || row.group === leader || row.pid === leader);
}

/** A session started from inside another one belongs to itself. */
function isOthers(row: ProcessRow, { id }: ProcessTarget): boolean {
  return row.markedFor !== null && row.markedFor !== id;
}

async function killWindowsTree({ leader }: ProcessTarget): Promise<KillReport> {
  if (leader === null) return { killed: 0, survivors: [] };
  try {
    await promisify(execFile)('taskkill', ['/PID', String(leader), '/T', '/F']);
    return { killed: 1, survivors: [] };
  } catch {
    // taskkill fails as well when the tree is gone already.
    return { killed: 0, survivors: [] };
  }
}
