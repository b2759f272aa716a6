import { mkdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import type { BranchUpdate } from './branch-updates.ts';
import { findCheckout, moveBranch, readBranch } from './commits.ts';
import { type GitGuard, referenceGit } from './git-guard.ts';
import { removeEntry } from './half-made-worktrees.ts';
import { exists } from './path-exists.ts';
import { readBranchFile, readHeadFile } from './ref-files.ts';
import type { GitFailure } from './run-git.ts';
import { findEntry, readWorktreeEntries } from './worktree-entries.ts';
import type { WorktreeFailure } from './worktree-failure.ts';
import type { Worktree } from './worktree-record.ts';
import { canWriteEntry, writeEntry } from './write-entry.ts';

/** Git's words when it read the half-made record of a `worktree add` that somebody else runs at this moment. */
const RACE_WITH_OTHERS =
  /failed to read .*(commondir|worktrees)|could not lock config file|unable to create .*\.lock/i;
const RACE_ATTEMPTS = 5;

/**
 * Makes git know a worktree and its branch, without any file in it yet. Hold the repository's lock. Returns the
 * worktree's own git directory and the commit it stands on.
 */
export async function addWorktree(
  guard: GitGuard,
  { path, branch, base }: Pick<Worktree, 'path' | 'branch' | 'base'>,
): Promise<Result<{ readonly gitDir: string; readonly head: string }, WorktreeFailure>> {
  const head = await ensureBranch(guard, branch, base);
  if (!head.ok) return head;
  const gitDir = canWriteEntry(guard.commonDir)
    ? await writeOwnEntry(guard, path, branch)
    : await letGitAdd(guard, path, branch);
  return gitDir.ok ? ok({ gitDir: gitDir.value, head: head.value }) : gitDir;
}

async function writeOwnEntry(
  guard: GitGuard,
  path: string,
  branch: string,
): Promise<Result<string, WorktreeFailure>> {
  try {
    return ok(await writeEntry(guard.commonDir, path, branch));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err({ kind: 'worktrees_dir', path, message });
  }
}

async function letGitAdd(
  guard: GitGuard,
  path: string,
  branch: string,
): Promise<Result<string, WorktreeFailure>> {
  // Forced, because git still counts a branch as checked out in a folder that is gone.
  const args = ['worktree', 'add', '--no-checkout', '--force', path, branch];
  const added = await addPatiently(guard, path, args);
  if (!added.ok) return added;
  const entry = await findEntry(guard.commonDir, path);
  return entry === undefined ? err({ kind: 'worktree_missing', path }) : ok(entry.gitDir);
}

/**
 * Makes a worker's branch at its base, if it does not exist. Before the lock is taken, so that those of workers who ask at
 * once are made by one process; what goes wrong is found again under the lock.
 */
export async function makeBranch(guard: GitGuard, branch: string, base: string): Promise<void> {
  const tip = await readBranchFile(guard.commonDir, branch);
  if (tip === undefined) await moveBranch(guard, newBranch(branch, base));
}

function newBranch(branch: string, base: string): BranchUpdate {
  return { branch, from: undefined, to: base, why: 'worktree made' };
}

/** Makes the branch at its base, or finds it free to be checked out. Returns where it points. */
async function ensureBranch(
  guard: GitGuard,
  branch: string,
  base: string,
): Promise<Result<string, WorktreeFailure>> {
  const tip = await readBranch(guard, branch);
  if (!tip.ok) return tip;
  if (tip.value === undefined) {
    const made = await moveBranch(guard, newBranch(branch, base));
    return made.ok ? ok(base) : made;
  }
  const checkout = await findCheckout(guard, branch);
  if (!checkout.ok) return checkout;
  if (checkout.value !== undefined && (await exists(checkout.value))) {
    return err({ kind: 'branch_in_use', branch, path: checkout.value });
  }
  return ok(tip.value);
}

async function addPatiently(
  guard: GitGuard,
  path: string,
  args: readonly string[],
): Promise<Result<unknown, GitFailure>> {
  for (let attempt = 1; ; attempt += 1) {
    const added = await referenceGit(guard, args);
    const isRace = !added.ok && RACE_WITH_OTHERS.test(added.failure.stderrTail);
    if (!isRace || attempt === RACE_ATTEMPTS) return added;
    await removeDeadNeighbours(guard, path);
  }
}

/** We hold the lock: a half-made record beside ours is not being made, its maker is dead. */
async function removeDeadNeighbours(guard: GitGuard, path: string): Promise<void> {
  for (const entry of await readWorktreeEntries(guard.commonDir)) {
    const isNeighbour = entry.path !== undefined && dirname(entry.path) === dirname(path);
    if (isNeighbour && entry.isHalfMade) await removeEntry(guard, entry);
  }
}

/** Makes a worktree's HEAD name its branch, and forgets whatever operation its last worker left half done. */
export async function pointHead(
  guard: GitGuard,
  gitDir: string,
  branch: string,
): Promise<Result<unknown, GitFailure>> {
  for (const name of UNFINISHED_OPERATIONS) await rm(join(gitDir, name), { recursive: true, force: true });
  const head = await readHeadFile(gitDir);
  if (head.kind === 'branch' && head.branch === branch) return ok(undefined);
  return await referenceGit(guard, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`], { gitDir });
}

const UNFINISHED_OPERATIONS = [
  'index.lock',
  'MERGE_HEAD',
  'MERGE_MSG',
  'MERGE_MODE',
  'CHERRY_PICK_HEAD',
  'REVERT_HEAD',
  'rebase-merge',
  'rebase-apply',
  'sequencer',
];

/** Makes the folder of worktrees, which may not lie in the user's working tree; returns it with links resolved. */
export async function makeWorktreesDir(
  guard: GitGuard,
  dir: string,
): Promise<Result<string, WorktreeFailure>> {
  if (dir === guard.root || dir.startsWith(`${guard.root}${sep}`)) {
    return err({ kind: 'inside_workspace', path: dir, workspace: guard.root });
  }
  try {
    await mkdir(dir, { recursive: true });
    return ok(await realpath(dir));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err({ kind: 'worktrees_dir', path: dir, message });
  }
}
