/** Finds what is left of a worktree session that is to be gone on with (spec §3 `resume`). */
import { readdir, stat } from 'node:fs/promises';
import { Journal } from '../engine/journal.ts';
import { type LeftConversation, leftConversation } from './conversation.ts';
import { isErrno, runDirOf } from './run-dir.ts';

/** What the newest run that worked on a slug left. */
export interface LeftSession {
  readonly branch: string;
  /** Absent if no CLI there had one. */
  readonly conversation?: LeftConversation;
}

/** The session of the newest run with this slug; undefined if no run ever had it. */
export async function leftSession(runsDir: string, slug: string): Promise<LeftSession | undefined> {
  for (const run of await newestFirst(runsDir)) {
    const events = await Journal.read(runDirOf(runsDir, run).journal);
    if (!events.ok) continue;
    const ready = events.value.findLast(event => event.kind === 'worktree-ready' && event.slug === slug);
    if (ready?.kind !== 'worktree-ready' || ready.branch === undefined) continue;
    const conversation = leftConversation(events.value, ready.worker);
    return { branch: ready.branch, ...(conversation && { conversation }) };
  }
  return undefined;
}

async function newestFirst(runsDir: string): Promise<readonly string[]> {
  const dated = await Promise.all(
    (await readdir(runsDir)).map(async name => ({
      name,
      at: await journalTime(runDirOf(runsDir, name).journal),
    })),
  );
  return dated.sort((a, b) => b.at - a.at).map(({ name }) => name);
}

async function journalTime(file: string): Promise<number> {
  try {
    return (await stat(file)).mtimeMs;
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return 0;
    throw error;
  }
}
