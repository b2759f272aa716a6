import { lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ok, type Result } from '../result.ts';
import type { GitAccess } from './git-environment.ts';
import { referenceGit } from './git-guard.ts';
import { exists } from './path-exists.ts';
import { withRepositoryLock } from './repository-lock.ts';
import { readWorktreeEntries, type WorktreeEntry } from './worktree-entries.ts';
import type { WorktreeFailure } from './worktree-failure.ts';
import { ENTRY_DRAFT } from './write-entry.ts';

/** A record without a folder that young may be another program's `worktree add` at work. */
const ABANDONED_AFTER_MS = 60_000;

type Place = { readonly commonDir: string; readonly access: GitAccess };

/**
 * Clears what `git worktree add` leaves behind when it is killed: records that `prune` skips, because they are locked,
 * and that make other calls of git fail. Only below the given folder, or old and without any folder. Safe to call at
 * any time; a started daemon calls it once per repository. Returns the names of the records removed.
 */
export async function removeHalfMadeWorktrees(
  place: Place,
  worktreesDir: string,
): Promise<Result<readonly string[], WorktreeFailure>> {
  return await withRepositoryLock(place.commonDir, async () => {
    const entries = await readWorktreeEntries(place.commonDir);
    const abandoned = entries.filter(entry => entry.isHalfMade && isAbandoned(entry, worktreesDir));
    for (const entry of abandoned) await removeEntry(place, entry);
    await removeDrafts(place.commonDir);
    return ok(abandoned.map(entry => entry.id));
  });
}

/** Whoever made one held the lock that we hold. */
async function removeDrafts(commonDir: string): Promise<void> {
  const names = await readdir(commonDir).catch(() => []);
  for (const name of names.filter(name => name.startsWith(ENTRY_DRAFT))) {
    await rm(join(commonDir, name), { recursive: true, force: true });
  }
}

/**
 * Removes a record and, if there is one, its folder as far as git made it. Hold the repository's lock, and be sure
 * that the folder holds no work.
 */
export async function removeEntry(place: Place, entry: WorktreeEntry): Promise<void> {
  // Without its folder a record is nothing but its own files: what `git worktree prune` would remove.
  if (entry.path !== undefined && (await exists(entry.path))) {
    const removed = await referenceGit(place, ['worktree', 'remove', '--force', '--force', entry.path]);
    if (removed.ok) return;
    if (await holdsOnlyGitFile(entry.path)) await rm(entry.path, { recursive: true, force: true });
  }
  // Git refuses records that lack parts. It is a direct child of the repository's own folder of records.
  if (dirname(entry.gitDir) === join(place.commonDir, 'worktrees')) {
    await rm(entry.gitDir, { recursive: true, force: true });
  }
}

/** Whether a folder holds nothing but, perhaps, the `.git` file that `worktree add` begins with. */
export async function holdsOnlyGitFile(path: string): Promise<boolean> {
  const info = await lstat(path).catch(() => undefined);
  if (!info?.isDirectory()) return false;
  const names = await readdir(path).catch(() => ['?']);
  if (names.some(name => name !== '.git')) return false;
  const gitFile = await lstat(join(path, '.git')).catch(() => undefined);
  return gitFile === undefined || gitFile.isFile();
}

function isAbandoned(entry: WorktreeEntry, worktreesDir: string): boolean {
  if (entry.path !== undefined) return dirname(entry.path) === worktreesDir;
  return Date.now() - entry.madeAtMs > ABANDONED_AFTER_MS;
}
