/** Lets the PTY host forget the sessions of a run that has ended. Their recordings stay in the run's folder. */
import type { PtyLink } from './pty-link.ts';

/** Releases every ended session of a run. What still runs stays and can be seen and stopped. */
export async function releaseSessions(pty: PtyLink, run: string): Promise<void> {
  for (const { id, exit } of await pty.list()) {
    if (exit !== null && id.startsWith(`${run}.`)) await pty.release(id);
  }
}
