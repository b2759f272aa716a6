import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { createCommit } from './commit.ts';
import { findCheckout, findMergeBase, moveBranch, readBranch, readTree } from './commits.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import { inheritAttributes, withAttributesOf } from './merge-attributes.ts';
import { createStandIn, guardTemporaryDir } from './open-guard.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './tree-listing.ts';
import type { WorktreeFailure } from './worktree-failure.ts';

/** A merge of one branch into another, in no working tree at all. */
export interface MergeRequest {
  /** The branch that moves, without `refs/heads/`; made at `from` if it does not exist. */
  readonly into: string;
  /** Commit id to merge. */
  readonly from: string;
  readonly message: string;
}

/** How a merge ended. A conflict changes nothing. */
export type MergeOutcome =
  | { readonly kind: 'already_merged' | 'fast_forward' | 'merged'; readonly head: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** The tree that a merge would give. */
export type MergedTree =
  | { readonly kind: 'tree'; readonly tree: string }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/** `git merge-tree --write-tree` came with 2.38. */
const MERGE_TREE_VERSION = [2, 38] as const;
const MOVE_ATTEMPTS = 5;

/**
 * Merges a commit into a branch by its objects alone (spec §5.4): no file of the user or of a worker is touched, no
 * merge driver runs. Asked again, it finds the commit merged already. Fails with `branch_in_use` where somebody has
 * the branch checked out, because their files would seem changed.
 */
export async function mergeIntoBranch(
  guard: GitGuard,
  request: MergeRequest,
): Promise<Result<MergeOutcome, WorktreeFailure>> {
  const checkout = await findCheckout(guard, request.into);
  if (!checkout.ok) return checkout;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await mergeOnce(guard, request, checkout.value);
    const isOvertaken = !outcome.ok && outcome.failure.kind === 'branch_moved';
    if (!isOvertaken || attempt === MOVE_ATTEMPTS) return outcome;
  }
}

async function mergeOnce(
  guard: GitGuard,
  { into, from, message }: MergeRequest,
  checkedOutAt: string | undefined,
): Promise<Result<MergeOutcome, WorktreeFailure>> {
  const tip = await readBranch(guard, into);
  if (!tip.ok) return tip;
  const plan = await planMerge(guard, tip.value, from);
  if (!plan.ok) return plan;
  const { kind } = plan.value;
  if (kind === 'conflict' || kind === 'already_merged') return ok(plan.value);
  if (checkedOutAt !== undefined) return err({ kind: 'branch_in_use', branch: into, path: checkedOutAt });
  const head = kind === 'fast_forward' ? ok(from) : await commitMerge(guard, plan.value, message);
  if (!head.ok) return head;
  const moved = await moveBranch(guard, { branch: into, from: tip.value, to: head.value, why: message });
  return moved.ok ? ok({ kind, head: head.value }) : moved;
}

/** What there is to do to have a commit in the history of a branch. */
type MergePlan =
  | { readonly kind: 'already_merged'; readonly head: string }
  | { readonly kind: 'fast_forward' }
  | { readonly kind: 'merged'; readonly tree: string; readonly parents: readonly [string, string] }
  | { readonly kind: 'conflict'; readonly files: readonly string[] };

/**
 * Merges the trees first. Only where the result is one of the two can one commit be in the history of the other: most
 * merges need not ask.
 */
async function planMerge(
  guard: GitGuard,
  tip: string | undefined,
  from: string,
): Promise<Result<MergePlan, GitFailure>> {
  if (tip === undefined) return ok({ kind: 'fast_forward' });
  if (tip === from) return ok({ kind: 'already_merged', head: tip });
  const merged = await mergeTrees(guard, tip, from);
  if (!merged.ok) return merged;
  if (merged.value.kind === 'conflict') return ok(merged.value);
  const { tree } = merged.value;
  const [ours, theirs] = [await readTree(guard, tip), await readTree(guard, from)];
  if (!ours.ok) return ours;
  if (!theirs.ok) return theirs;
  if (tree === ours.value || tree === theirs.value) {
    const base = await findMergeBase(guard, tip, from);
    if (!base.ok) return base;
    if (base.value === from) return ok({ kind: 'already_merged', head: tip });
    if (base.value === tip) return ok({ kind: 'fast_forward' });
  }
  return ok({ kind: 'merged', tree, parents: [tip, from] });
}

async function commitMerge(
  guard: GitGuard,
  { tree, parents }: { readonly tree: string; readonly parents: readonly string[] },
  message: string,
): Promise<Result<string, GitFailure>> {
  const commit = await createCommit(guard, { tree, parents, message, author: guard.committer });
  if (commit.ok) inheritAttributes(commit.value, parents);
  return commit;
}

/** Merges two commits to a tree, without moving anything. */
export async function mergeTrees(
  guard: GitGuard,
  ours: string,
  theirs: string,
): Promise<Result<MergedTree, GitFailure>> {
  const [major, minor] = guard.gitVersion;
  const [needMajor, needMinor] = MERGE_TREE_VERSION;
  const hasMergeTree = major > needMajor || (major === needMajor && minor >= needMinor);
  return hasMergeTree
    ? await mergeByObjects(guard, ours, theirs)
    : await mergeInScratchTree(guard, ours, theirs);
}

async function mergeByObjects(
  guard: GitGuard,
  ours: string,
  theirs: string,
): Promise<Result<MergedTree, GitFailure>> {
  const args = ['merge-tree', '--write-tree', '--name-only', '--no-messages', '-z', ours, theirs];
  const merged = await withAttributesOf(guard, ours, place =>
    guardedGit(guard, args, { ...place, okCodes: [0, 1] }),
  );
  if (!merged.ok) return merged;
  const [tree = '', ...files] = splitNul(merged.value.stdout);
  if (merged.value.exitCode === 0) return ok({ kind: 'tree', tree });
  return ok({ kind: 'conflict', files: [...new Set(files)].sort() });
}

/** The same with a git that cannot: in a scratch tree and under a stand-in git directory of its own. */
export async function mergeInScratchTree(
  guard: GitGuard,
  ours: string,
  theirs: string,
): Promise<Result<MergedTree, GitFailure>> {
  const dir = join(guardTemporaryDir(guard), `merge-${randomUUID()}`);
  const place = { gitDir: join(dir, 'git'), workTree: join(dir, 'tree') };
  try {
    await mkdir(place.workTree, { recursive: true });
    await createStandIn(guard, place.gitDir, ours);
    const read = await guardedGit(guard, ['read-tree', '--reset', '-u', ours], place);
    if (!read.ok) return read;
    const args = ['merge', '--no-ff', '--no-commit', '--no-verify', '--quiet', theirs];
    const merged = await guardedGit(guard, args, { ...place, okCodes: [0, 1] });
    if (!merged.ok) return merged;
    if (merged.value.exitCode === 0) {
      const written = await guardedGit(guard, ['write-tree'], place);
      return written.ok ? ok({ kind: 'tree', tree: written.value.stdout.trim() }) : written;
    }
    const unmerged = await guardedGit(guard, ['diff', '--name-only', '--diff-filter=U', '-z'], place);
    return unmerged.ok
      ? ok({ kind: 'conflict', files: [...splitNul(unmerged.value.stdout)].sort() })
      : unmerged;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
