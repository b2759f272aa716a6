import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { isAncestor } from './commits.ts';
import { listChanges } from './diff.ts';
import type { GitGuard } from './git-guard.ts';
import { mergeTrees } from './merge.ts';
import { plantedPrograms, withoutPrograms } from './open-guard.ts';
import type { GitSetting } from './program-settings.ts';
import { gitIn, readRepository } from './repository.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './tree-listing.ts';
import { describeGitFailure } from './worktree-failure.ts';

/** Why the user's branch was not touched. */
export type UserMergeFailure =
  | GitFailure
  /** HEAD is on no branch, or on one without a commit; or there is no working tree. */
  | { readonly kind: 'no_branch'; readonly head: 'detached' | 'unborn' | 'bare' | 'none' }
  /** A merge, rebase or the like waits to be finished. */
  | { readonly kind: 'operation_in_progress' }
  | { readonly kind: 'would_overwrite'; readonly files: readonly string[] }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** What `niia merge` did. */
export interface UserMergeOutcome {
  /** `can_merge`: nothing was done, as asked. */
  readonly kind: 'already_merged' | 'merged' | 'can_merge';
  readonly branch: string;
  readonly head: string;
  /** Program-running settings that came into the repository's configuration during the run; they did not run. */
  readonly planted: readonly GitSetting[];
}

/** One merge on the user's wish. */
export interface UserMergeRequest {
  /** A directory of the user's working tree. */
  readonly cwd: string;
  /** Commit id of the run branch. */
  readonly from: string;
  readonly message: string;
  /** Only finds out whether it would work. */
  readonly isDryRun?: boolean;
}

/**
 * Merges a run's work into the branch that the user has checked out: all or nothing. Conflicts and files that would be
 * overwritten are found before anything is touched, and are failures that name the files.
 */
export async function mergeIntoUserBranch(
  guard: GitGuard,
  request: UserMergeRequest,
): Promise<Result<UserMergeOutcome, UserMergeFailure>> {
  const place = await readUserBranch(guard, request.cwd);
  if (!place.ok) return place;
  const { root, branch, commit } = place.value;
  const planted = await plantedPrograms(guard);
  if (!planted.ok) return planted;
  const isIn = await isAncestor(guard, request.from, commit);
  if (!isIn.ok) return isIn;
  if (isIn.value) return ok({ kind: 'already_merged', branch, head: commit, planted: planted.value });
  const settings = [...withoutPrograms(planted.value), 'merge.autoStash=false'];
  const obstacle = await findObstacle(guard, { root, commit, from: request.from, settings });
  if (!obstacle.ok) return obstacle;
  if (request.isDryRun === true)
    return ok({ kind: 'can_merge', branch, head: commit, planted: planted.value });
  const args = [
    'merge',
    '--no-ff',
    '--no-edit',
    '--no-verify',
    '--quiet',
    '-m',
    request.message,
    request.from,
  ];
  const merged = await gitIn(root, guard.access, args, { settings });
  if (!merged.ok) {
    // Left alone if git refused before it began; undone if it stopped half way.
    await gitIn(root, guard.access, ['merge', '--abort'], { settings });
    return merged;
  }
  const head = await gitIn(root, guard.access, ['rev-parse', 'HEAD']);
  if (!head.ok) return head;
  return ok({ kind: 'merged', branch, head: head.value.stdout.trim(), planted: planted.value });
}

/** One line for people: what is wrong and what to do. */
export function describeUserMergeFailure(failure: UserMergeFailure): string {
  switch (failure.kind) {
    case 'git':
      return describeGitFailure(failure);
    case 'no_branch':
      return NO_BRANCH_MESSAGES[failure.head];
    case 'operation_in_progress':
      return 'a merge or rebase is under way in this working tree; finish or abort it first';
    case 'would_overwrite':
      return `your uncommitted changes in ${listFiles(failure.files)} would be overwritten; commit or stash them first`;
    case 'conflict':
      return `conflicts in ${listFiles(failure.files)}; nothing was changed; merge the run branch by hand to solve them`;
  }
}

const NO_BRANCH_MESSAGES = {
  detached: 'HEAD is detached; check out the branch that is to get the work',
  unborn: 'the current branch has no commit yet',
  bare: 'the repository is bare: there is no branch checked out',
  none: 'not in a git repository',
} as const;

function listFiles(files: readonly string[]): string {
  const shown = files.slice(0, 5).join(', ');
  return files.length > 5 ? `${shown} and ${files.length - 5} more` : shown;
}

async function readUserBranch(guard: GitGuard, cwd: string) {
  const repository = await readRepository(cwd, guard.access);
  if (!repository.ok) return repository;
  if (repository.value.kind === 'no_repository') return err({ kind: 'no_branch', head: 'none' } as const);
  const { head, isBare, root } = repository.value;
  if (isBare) return err({ kind: 'no_branch', head: 'bare' } as const);
  if (head.kind !== 'branch') return err({ kind: 'no_branch', head: head.kind } as const);
  return ok({ root, branch: head.branch, commit: head.commit });
}

interface Attempt {
  readonly root: string;
  readonly commit: string;
  readonly from: string;
  readonly settings: readonly string[];
}

async function findObstacle(
  guard: GitGuard,
  { root, commit, from, settings }: Attempt,
): Promise<Result<void, UserMergeFailure>> {
  const operation = await gitIn(root, guard.access, ['rev-parse', '-q', '--verify', 'MERGE_HEAD'], {
    okCodes: [0, 1],
  });
  if (!operation.ok) return operation;
  if (operation.value.exitCode === 0) return err({ kind: 'operation_in_progress' });
  const merged = await mergeTrees(guard, commit, from);
  if (!merged.ok) return merged;
  if (merged.value.kind === 'conflict') return err(merged.value);
  const changes = await listChanges(guard, commit, merged.value.tree);
  if (!changes.ok) return changes;
  const status = await gitIn(root, guard.access, STATUS_ARGUMENTS, { settings });
  if (!status.ok) return status;
  const dirty = dirtyPaths(status.value.stdout);
  const files: string[] = [];
  for (const change of changes.value) {
    const isNew = change.status === 'added' || change.status === 'renamed';
    const isInTheWay = isNew && (await isOccupied(root, change.path));
    if (dirty.has(change.path) || isInTheWay) files.push(change.path);
    if (change.oldPath !== undefined && dirty.has(change.oldPath)) files.push(change.oldPath);
  }
  return files.length > 0 ? err({ kind: 'would_overwrite', files }) : ok(undefined);
}

/** Whether a file that the merge adds would replace one that git does not know: git overwrites ignored files silently. */
async function isOccupied(root: string, path: string): Promise<boolean> {
  const parts = path.split('/');
  for (let i = 1; i <= parts.length; i += 1) {
    const info = await lstat(join(root, ...parts.slice(0, i))).catch(() => undefined);
    if (info === undefined) return false;
    if (i === parts.length || !info.isDirectory()) return true;
  }
  return false;
}

const STATUS_ARGUMENTS = [
  'status',
  '--porcelain',
  '-z',
  '--no-renames',
  '--untracked-files=all',
  '--ignored=no',
];

/** `XY PATH` */
function dirtyPaths(status: string): ReadonlySet<string> {
  return new Set(splitNul(status).map(line => line.slice(3)));
}
