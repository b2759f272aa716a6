import { readProcStat } from './process-table.ts';

/**
 * Sends a signal to a session's process group and, on Linux, to the group in the foreground of its terminal (a shell
 * with job control puts each command into a group of its own). `terminate` also wakes what is stopped, which would
 * otherwise never see it. Windows has no such signals: nothing happens there, `kill` is what works.
 */
export function signalGroups(leader: number, signal: 'interrupt' | 'terminate'): void {
  if (process.platform === 'win32' || leader <= 1) return;
  const name = signal === 'interrupt' ? 'SIGINT' : 'SIGTERM';
  for (const group of groupsOf(leader)) {
    send(group, name);
    if (signal === 'terminate') send(group, 'SIGCONT');
  }
}

function groupsOf(leader: number): ReadonlySet<number> {
  const foreground = process.platform === 'linux' ? (readProcStat(leader)?.foreground ?? 0) : 0;
  return new Set(foreground > 1 ? [leader, foreground] : [leader]);
}

function send(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // The group has just ended, or belongs to a program with other rights (sudo): `kill` reports survivors.
  }
}
