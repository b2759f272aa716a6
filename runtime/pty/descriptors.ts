import { openSync, readdirSync, readFileSync } from 'node:fs';

/** What this process was started with and would hand on without knowing: read before anything is opened here. */
const inherited = listInheritable();
const terminals = new Set<number>();
let nullDevice: number | null = null;

/** Remembers the host's side of a terminal for as long as it is open. */
export function terminalOpened(fd: number): void {
  terminals.add(fd);
}

/** Forgets a closed terminal. */
export function terminalClosed(fd: number): void {
  terminals.delete(fd);
}

/** An entry of `child_process`'s stdio list, as far as it is used here. */
export type StdioEntry = 'pipe' | 'ignore' | number;

/**
 * Completes the stdio list of a piped child so that it inherits no terminal, nor anything the host itself inherited.
 *
 * node-pty opens terminals without close-on-exec, and Node cannot set that flag later. A worker that inherited the
 * host's side of another worker's terminal could read it and type into it. So each such descriptor is covered with
 * the null device in the child.
 */
export function coverTerminals(stdio: readonly [StdioEntry, StdioEntry, StdioEntry]): StdioEntry[] {
  const list: StdioEntry[] = [...stdio];
  const covered = new Set([...inherited, ...terminals]);
  const highest = Math.max(2, ...covered);
  for (let fd = 3; fd <= highest; fd++) list.push(covered.has(fd) ? openNullDevice() : 'ignore');
  return list;
}

const CLOSE_ON_EXEC = 0o2000000;

/** Descriptors without close-on-exec. Linux only: elsewhere the system does not say. */
function listInheritable(): readonly number[] {
  if (process.platform !== 'linux') return [];
  const fds = readdirSync('/proc/self/fd').map(Number);
  return fds.filter(fd => fd > 2 && isInheritable(fd));
}

function isInheritable(fd: number): boolean {
  try {
    const flags = /^flags:\s+([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'latin1'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // The descriptor that listed the directory is closed again.
    return false;
  }
}

function openNullDevice(): number {
  nullDevice ??= openSync(process.platform === 'win32' ? 'NUL' : '/dev/null', 'r+');
  return nullDevice;
}
