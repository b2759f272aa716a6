import { openSync } from 'node:fs';

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
 * Completes the stdio list of a piped child so that it inherits no terminal.
 *
 * node-pty opens terminals without close-on-exec, and Node cannot set that flag later. A worker that inherited the
 * host's side of another worker's terminal could read it and type into it. So each such descriptor is covered with
 * the null device in the child.
 */
export function coverTerminals(stdio: readonly [StdioEntry, StdioEntry, StdioEntry]): StdioEntry[] {
  const list: StdioEntry[] = [...stdio];
  const highest = Math.max(2, ...terminals);
  for (let fd = 3; fd <= highest; fd++) {
    list.push(terminals.has(fd) ? openNullDevice() : 'ignore');
  }
  return list;
}

function openNullDevice(): number {
  nullDevice ??= openSync(process.platform === 'win32' ? 'NUL' : '/dev/null', 'r+');
  return nullDevice;
}
