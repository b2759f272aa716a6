import { rm } from 'node:fs/promises';
import { err, ok, type Result } from '../result.ts';
import { findCheckout, isAncestor, readBranch } from './commits.ts';
import { type GitGuard, referenceGit } from './git-guard.ts';
import { removeEntry } from './half-made-worktrees.ts';
import { findHeldWork } from './held-work.ts';
import { exists } from './path-exists.ts';
import { withRepositoryLock } from './repository-lock.ts';
import { findEntry } from './worktree-entries.ts';
import type { HeldWork, WorktreeFailure } from './worktree-failure.ts';
import { deleteWorktreeRecord, type Worktree } from './worktree-record.ts';

/** What became of a worktree that was to go. */
export type RemovalOutcome =
  | { readonly kind: 'removed'; readonly branch: 'deleted' | 'kept' }
  | { readonly kind: 'kept'; readonly path: string; readonly held: HeldWork };

/**
 * Removes a worktree, and its branch where possible, but only if nothing in it would be lost: no uncommitted change
 * and no commit that none of `mergedInto` (commit ids) contains (spec §3). What is kept is an outcome, not a failure.
 * A worktree that is gone already counts as removed. `keepsBranch`: the caller deletes branches, many at once.
 */
export async function removeWorktree(
  guard: GitGuard,
  worktree: Worktree,
  mergedInto: readonly string[],
  options: { readonly keepsBranch?: boolean } = {},
): Promise<Result<RemovalOutcome, WorktreeFailure>> {
  if (await exists(worktree.path)) {
    const held = await findHeldWork(guard, worktree, mergedInto);
    if (!held.ok) return held;
    if (held.value !== undefined) return ok({ kind: 'kept', path: worktree.path, held: held.value });
  }
  const deleted = await discardWorktree(guard, worktree);
  if (!deleted.ok) return deleted;
  if (options.keepsBranch === true) return ok({ kind: 'removed', branch: 'kept' });
  const branch = await deleteMergedBranch(guard, worktree.branch);
  return branch.ok ? ok({ kind: 'removed', branch: branch.value }) : branch;
}

/** Removes a worktree with whatever it holds; its branch stays. Only on the user's explicit wish. */
export async function discardWorktree(
  guard: GitGuard,
  worktree: Worktree,
): Promise<Result<void, WorktreeFailure>> {
  const deleted = await deleteFolder(worktree.path);
  if (!deleted.ok) return deleted;
  const forgotten = await withRepositoryLock<void, WorktreeFailure>(guard.commonDir, async () => {
    const entry = await findEntry(guard.commonDir, worktree.path);
    if (entry !== undefined) await removeEntry(guard, entry);
    return ok(undefined);
  });
  if (forgotten.ok) await deleteWorktreeRecord(guard.dir, worktree.slug);
  return forgotten;
}

/**
 * Deletes those branches below a folder of names (`niia/<run>`) whose commits are all in the history of `keeper`, a branch
 * that stays, and that no folder has checked out. Two processes for any number of branches. Returns their names.
 */
export async function deleteBranchesMergedInto(
  guard: GitGuard,
  folder: string,
  keeper: string,
): Promise<Result<readonly string[], WorktreeFailure>> {
  return await withRepositoryLock<readonly string[], WorktreeFailure>(guard.commonDir, async () => {
    const head = await readBranch(guard, keeper);
    if (!head.ok) return head;
    if (head.value === undefined) return ok([]);
    const format = '--format=%(objectname) %(refname:lstrip=2) %(worktreepath)';
    const listed = await referenceGit(guard, [
      'for-each-ref',
      format,
      `--merged=${head.value}`,
      `refs/heads/${folder}/`,
    ]);
    if (!listed.ok) return listed;
    // A line ends with a space exactly if no folder has the branch.
    const free = [...listed.value.stdout.matchAll(/^([0-9a-f]+) (\S+) $/gm)]
      .map(([, commit = '', branch = '']) => ({ commit, branch }))
      .filter(({ branch }) => branch !== keeper);
    if (free.length === 0) return ok([]);
    const input = free.map(({ commit, branch }) => `delete refs/heads/${branch} ${commit}\n`).join('');
    const deleted = await referenceGit(guard, ['update-ref', '--stdin'], { input });
    return deleted.ok ? ok(free.map(({ branch }) => branch)) : deleted;
  });
}

/**
 * Deletes a branch with whatever it holds. Only on the user's explicit wish. Undefined: it is gone; else the folder that has
 * it checked out, for which it is kept.
 */
export async function discardBranch(
  guard: GitGuard,
  branch: string,
): Promise<Result<string | undefined, WorktreeFailure>> {
  return await withRepositoryLock<string | undefined, WorktreeFailure>(guard.commonDir, async () => {
    const checkout = await findCheckout(guard, branch);
    if (!checkout.ok || checkout.value !== undefined) return checkout;
    const tip = await readBranch(guard, branch);
    if (!tip.ok || tip.value === undefined) return tip;
    const deleted = await referenceGit(guard, ['update-ref', '-d', `refs/heads/${branch}`, tip.value]);
    return deleted.ok ? ok(undefined) : deleted;
  });
}

/**
 * Deletes a branch if another reference contains all its commits and no folder has it checked out; a missing branch
 * counts as deleted. Under the lock, so that two branches on one commit are not each the other's reason to go.
 */
export async function deleteMergedBranch(
  guard: GitGuard,
  branch: string,
): Promise<Result<'deleted' | 'kept', WorktreeFailure>> {
  return await withRepositoryLock(guard.commonDir, async () => {
    const tip = await readBranch(guard, branch);
    if (!tip.ok) return tip;
    if (tip.value === undefined) return ok('deleted');
    const checkout = await findCheckout(guard, branch);
    if (!checkout.ok) return checkout;
    if (checkout.value !== undefined) return ok('kept');
    const isSafe = await isReachableElsewhere(guard, branch, tip.value);
    if (!isSafe.ok) return isSafe;
    if (!isSafe.value) return ok('kept');
    const deleted = await referenceGit(guard, ['update-ref', '-d', `refs/heads/${branch}`, tip.value]);
    return deleted.ok ? ok('deleted') : deleted;
  });
}

async function isReachableElsewhere(
  guard: GitGuard,
  branch: string,
  tip: string,
): Promise<Result<boolean, WorktreeFailure>> {
  // Stashes are dropped at any time, and say nothing about a branch.
  const args = [
    'for-each-ref',
    '--format=%(refname)',
    '--contains',
    tip,
    'refs/heads',
    'refs/tags',
    'refs/remotes',
  ];
  const containing = await referenceGit(guard, args);
  if (containing.ok) {
    const others = containing.value.stdout.split('\n').filter(name => name !== '');
    return ok(others.some(name => name !== `refs/heads/${branch}`) || (await isInHead(guard, tip)));
  }
  return containing;
}

/** A detached HEAD of the user holds commits as well. */
async function isInHead(guard: GitGuard, tip: string): Promise<boolean> {
  const head = await referenceGit(guard, ['rev-parse', '-q', '--verify', 'HEAD^{commit}']);
  if (!head.ok) return false;
  const contained = await isAncestor(guard, tip, head.value.stdout.trim());
  return contained.ok && contained.value;
}

/** Links inside are removed, not followed. */
async function deleteFolder(path: string): Promise<Result<void, WorktreeFailure>> {
  try {
    await rm(path, { recursive: true, force: true, maxRetries: 3 });
    return ok(undefined);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err({ kind: 'worktrees_dir', path, message });
  }
}
