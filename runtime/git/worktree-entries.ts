import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join } from 'node:path';

/**
 * A worktree as the repository's own records describe it. Read from the files themselves, not by `git worktree list`:
 * half-made entries that a killed `worktree add` left behind must be seen too.
 */
export interface WorktreeEntry {
  /** Name of the record; git derives it from the folder's name. */
  readonly id: string;
  /** The record's directory, which is the GIT_DIR of the worktree. */
  readonly gitDir: string;
  /** The folder; absent if the record was never finished. */
  readonly path?: string;
  /** The branch that HEAD names; absent if detached or never written. */
  readonly branch?: string;
  /** `git worktree add` was killed before it had finished the record. */
  readonly isHalfMade: boolean;
  /** When the record was made, in milliseconds since 1970. */
  readonly madeAtMs: number;
}

/** All worktree records of a repository but the main one. */
export async function readWorktreeEntries(commonDir: string): Promise<readonly WorktreeEntry[]> {
  const parent = join(commonDir, 'worktrees');
  const ids = await readdir(parent).catch(() => []);
  return await Promise.all(ids.map(id => readEntry(id, join(parent, id))));
}

/** The record of the worktree in a folder. Usually named after the folder: a thousand others need not be read. */
export async function findEntry(commonDir: string, path: string): Promise<WorktreeEntry | undefined> {
  const id = basename(path);
  const namesake = await readEntry(id, join(commonDir, 'worktrees', id));
  if (namesake.path === path) return namesake;
  const entries = await readWorktreeEntries(commonDir);
  return entries.find(entry => entry.path === path);
}

async function readEntry(id: string, gitDir: string): Promise<WorktreeEntry> {
  const [gitFile, head, locked, info] = await Promise.all([
    readText(join(gitDir, 'gitdir')),
    readText(join(gitDir, 'HEAD')),
    readText(join(gitDir, 'locked')),
    stat(gitDir).catch(() => undefined),
  ]);
  const path = gitFile === undefined ? undefined : folderOf(gitFile.trim());
  const branch = /^ref: refs\/heads\/(.+)$/.exec(head?.trim() ?? '')?.[1];
  return {
    id,
    gitDir,
    ...(path === undefined ? {} : { path }),
    ...(branch === undefined ? {} : { branch }),
    // The lock with this reason is git's own, taken while a record is made.
    isHalfMade: path === undefined || !head?.trim() || locked?.trim() === 'initializing',
    madeAtMs: info?.mtimeMs ?? 0,
  };
}

/** A killed git may have made the file and not yet written it. */
function folderOf(gitFile: string): string | undefined {
  return isAbsolute(gitFile) && basename(gitFile) === '.git' ? dirname(gitFile) : undefined;
}

async function readText(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch(() => undefined);
}
