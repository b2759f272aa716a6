import { randomUUID } from 'node:crypto';
import { access, copyFile, rename, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { ok, type Result } from '../result.ts';
import { readTree } from './commits.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import { rememberIndex } from './own-indexes.ts';
import type { GitFailure } from './run-git.ts';
import type { Worktree } from './worktree-record.ts';

/** More checkouts at once than cores only make each other slower. */
const MAX_CHECKOUTS = Math.max(2, availableParallelism());
/** A checkout that outlived a killed process may still write the same files: it is done within these attempts. */
const ATTEMPTS = 3;

const slots = { active: 0, waiting: [] as (() => void)[] };

/**
 * Makes the files and the index of a worktree those of a commit. Changed and left-over tracked files are overwritten;
 * untracked and ignored files stay. The index appears in one step, after the files.
 */
export async function checkOut(
  guard: GitGuard,
  worktree: Pick<Worktree, 'path' | 'gitDir'>,
  commit: string,
): Promise<Result<void, GitFailure>> {
  await takeSlot();
  try {
    let result = await checkOutOnce(guard, worktree, commit);
    for (
      let attempt = 1;
      !result.ok && result.failure.reason === 'exit' && attempt < ATTEMPTS;
      attempt += 1
    ) {
      result = await checkOutOnce(guard, worktree, commit);
    }
    return result;
  } finally {
    freeSlot();
  }
}

async function checkOutOnce(
  guard: GitGuard,
  { path, gitDir }: Pick<Worktree, 'path' | 'gitDir'>,
  commit: string,
): Promise<Result<void, GitFailure>> {
  // Beside its final place, for a rename within one file system.
  const indexFile = join(gitDir, `niia-index-${randomUUID()}`);
  const index = join(gitDir, 'index');
  const hasIndex = await access(index).then(
    () => true,
    () => false,
  );
  try {
    if (hasIndex) await copyFile(index, indexFile);
    const settings = [`checkout.workers=${Math.max(1, Math.floor(MAX_CHECKOUTS / slots.active))}`];
    const args = ['read-tree', '--reset', '-u', commit];
    const read = await guardedGit(guard, args, { workTree: path, indexFile, settings });
    if (!read.ok) return read;
    const tree = await readTree(guard, commit);
    if (tree.ok) await rememberIndex(indexFile, tree.value);
    await rename(indexFile, index);
    return ok(undefined);
  } finally {
    await rm(indexFile, { force: true });
    await rm(`${indexFile}.lock`, { force: true });
  }
}

async function takeSlot(): Promise<void> {
  if (slots.active < MAX_CHECKOUTS) {
    slots.active += 1;
    return;
  }
  // Whoever frees a slot hands it over: `active` stays.
  await new Promise<void>(resolve => slots.waiting.push(resolve));
}

function freeSlot(): void {
  const next = slots.waiting.shift();
  if (next === undefined) slots.active -= 1;
  else next();
}
