import { execFile } from 'node:child_process';
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HOST_MARKER, SESSION_MARKER } from '../pty-protocol.ts';

/** One process, as far as finding a session's processes needs it. */
export type ProcessRow = {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly command: string;
  /** Id of the session whose marker the process carries; null without one, or when its environment is hidden. */
  readonly markedFor: string | null;
  /** Its environment reads as empty: it has none, or it is in the middle of an exec and will show it in a moment. */
  readonly isUnclear: boolean;
};

/** Processes read between two turns of the event loop. */
const ROWS_PER_TURN = 64;

/**
 * All living processes of this machine (no zombies, no kernel threads, not ourselves).
 *
 * Linux reads /proc, markers included. macOS asks `ps`, which shows the environment of one's own programs only where
 * System Integrity Protection allows. Windows gives nothing here: trees are ended with `taskkill`.
 *
 * `since` is a `startTicks` of {@link readProcStat}: nobody asks for markers of processes that are older, and on Linux
 * their environments are not read.
 */
export async function readProcessTable(host: string, since = 0): Promise<readonly ProcessRow[]> {
  if (process.platform === 'linux') return readProc(host, since);
  return process.platform === 'win32' ? [] : readPs(host);
}

async function readProc(host: string, since: number): Promise<readonly ProcessRow[]> {
  const rows: ProcessRow[] = [];
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name));
  for (const [index, pid] of pids.entries()) {
    if (index % ROWS_PER_TURN === ROWS_PER_TURN - 1) await nextTurn();
    const row = readProcEntry(Number(pid), host, since);
    if (row !== null) rows.push(row);
  }
  return rows;
}

const KERNEL_THREAD_PARENT = 2;
/** proc(5): field 22, counted from the one behind the command. */
const START_FIELD = 19;

function readProcEntry(pid: number, host: string, since: number): ProcessRow | null {
  const stat = readProcStat(pid);
  if (stat === null || pid === process.pid) return null;
  if (stat.state === 'Z' || stat.state === 'X' || stat.parent === KERNEL_THREAD_PARENT) return null;
  const { parent, group, session, command } = stat;
  const environment = stat.startTicks < since ? null : readText(`/proc/${pid}/environ`);
  const markedFor = markerIn(environment ?? '', host);
  return { pid, parent, group, session, command, markedFor, isUnclear: environment === '' };
}

/**
 * The fields of /proc/PID/stat that matter here; null when the process is gone. `foreground` is a process group,
 * `startTicks` counts hundredths of a second from the start of the machine to that of the process.
 */
export function readProcStat(pid: number): {
  readonly command: string;
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  readonly foreground: number;
  readonly startTicks: number;
} | null {
  const text = readText(`/proc/${pid}/stat`) ?? '';
  // The command may contain spaces and parentheses: fields are counted from its end.
  const close = text.lastIndexOf(')');
  if (close < 0) return null;
  const fields = text.slice(close + 2).split(' ');
  const [state = '', parent, group, session, , foreground] = fields;
  const command = text.slice(text.indexOf('(') + 1, close);
  return {
    command,
    state,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    foreground: Number(foreground),
    startTicks: Number(fields[START_FIELD]),
  };
}

function markerIn(variables: string, host: string): string | null {
  const environment = `\0${variables}`;
  if (!environment.includes(`\0${HOST_MARKER}=${host}\0`)) return null;
  const key = `\0${SESSION_MARKER}=`;
  const at = environment.indexOf(key);
  if (at < 0) return null;
  const from = at + key.length;
  return environment.slice(from, environment.indexOf('\0', from));
}

/** Kept: a look reads hundreds of files, and `readFileSync` makes several buffers for each that has no size. */
const buffer = Buffer.allocUnsafeSlow(64 * 1024);

/** Null when the process is gone or not ours to read. */
function readText(path: string): string | null {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    let text = '';
    for (;;) {
      const bytes = readSync(file, buffer);
      text += buffer.toString('latin1', 0, bytes);
      if (bytes < buffer.length) return text;
    }
  } catch {
    return null;
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

async function readPs(host: string): Promise<readonly ProcessRow[]> {
  const columns = 'pid=,ppid=,pgid=,stat=,command=';
  const options = { maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)('ps', ['-axwwE', '-o', columns], options);
  return stdout.split('\n').flatMap(line => {
    const row = parsePsLine(line, host);
    return row === null ? [] : [row];
  });
}

function parsePsLine(line: string, host: string): ProcessRow | null {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line);
  if (match === null || match[4]?.startsWith('Z') || Number(match[1]) === process.pid) return null;
  const command = match[5] ?? '';
  const isOurs = command.includes(` ${HOST_MARKER}=${host}`);
  const marker = new RegExp(` ${SESSION_MARKER}=([A-Za-z0-9._-]+)(?: |$)`).exec(command)?.[1];
  return {
    pid: Number(match[1]),
    parent: Number(match[2]),
    group: Number(match[3]),
    session: 0,
    command: command.split(' ')[0] ?? '',
    markedFor: isOurs ? (marker ?? null) : null,
    isUnclear: false,
  };
}
