import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../result.ts';
import { pointHead } from './add-worktree.ts';
import { isAncestor, moveBranch, readTree, rememberTree } from './commits.ts';
import { type GitGuard, guardedGit, type Identity } from './git-guard.ts';
import { isAttributeFile, rememberAttributes } from './merge-attributes.ts';
import { NO_REPLY_EMAIL } from './open-guard.ts';
import { rememberIndex } from './own-indexes.ts';
import type { GitFailure } from './run-git.ts';
import { writeViewTree } from './snapshot-tree.ts';
import type { WorktreeFailure } from './worktree-failure.ts';
import type { Worktree } from './worktree-record.ts';
import {
  closeView,
  openView,
  type PendingChanges,
  readPendingChanges,
  type WorktreeView,
} from './worktree-view.ts';

/** What a worker's changes are committed as. */
export interface CommitRequest {
  readonly worktree: Worktree;
  /** Shown as the author: `<worker> (<model>)`. */
  readonly worker: string;
  /** Absent for a worker without a model. */
  readonly model?: string;
  readonly message: string;
}

/** What became of a worker's changes. */
export interface CommitOutcome {
  /** `nothing`: there was nothing left to commit; the branch may still be ahead by the worker's own commits. */
  readonly kind: 'committed' | 'nothing';
  /** Where the worker's branch points. */
  readonly head: string;
  /** Files that differ from the worktree's base; absent where only a diff can tell (the worker committed by itself). */
  readonly changedFiles?: number;
  /** Repositories inside the tree, whose files are in no commit. The worktree is kept for them. */
  readonly nestedRepositories: readonly string[];
}

/**
 * Commits everything in a worker's tree on the worker's own branch (spec §5.4), whatever the worker did to its HEAD:
 * commits it made elsewhere become parents, so none is lost. Never commits `.niia/` and the worktree's excluded paths.
 * Asked again, it finds nothing to commit.
 */
export async function commitWorktree(
  guard: GitGuard,
  request: CommitRequest,
): Promise<Result<CommitOutcome, WorktreeFailure>> {
  const view = await openView(guard, request.worktree);
  if (!view.ok) return view;
  try {
    const pending = await readPendingChanges(guard, view.value);
    if (!pending.ok) return pending;
    return await commitView(guard, request, view.value, pending.value);
  } finally {
    await closeView(view.value);
  }
}

/** The author of a worker's commits. */
export function workerIdentity(worker: string, model: string | undefined): Identity {
  const name = model === undefined ? worker : `${worker} (${model})`;
  // Git's own format has no way to quote these.
  return { name: name.replace(/[<>\s\p{Cc}]+/gu, ' ').trim() || 'worker', email: NO_REPLY_EMAIL };
}

async function commitView(
  guard: GitGuard,
  request: CommitRequest,
  view: WorktreeView,
  pending: PendingChanges,
): Promise<Result<CommitOutcome, WorktreeFailure>> {
  const parents = await readParents(guard, view);
  if (!parents.ok) return parents;
  const tree = await writeViewTree(guard, view, pending);
  if (!tree.ok) return tree;
  const headTree = await readTree(guard, view.head);
  if (!headTree.ok) return headTree;
  const isUnchanged = tree.value === headTree.value;
  const settled = isUnchanged && parents.value.length === 1 ? parents.value[0] : undefined;
  const commit =
    settled === undefined
      ? await writeCommit(guard, request, { tree: tree.value, parents: parents.value })
      : ok(settled);
  if (!commit.ok) return commit;
  if (settled === undefined) noteAttributes(commit.value, view, pending);
  const { branch, gitDir } = view.worktree;
  const moved = await moveBranch(guard, { branch, from: view.tip, to: commit.value, why: 'work committed' });
  if (!moved.ok) return moved;
  const kind = settled === undefined ? 'committed' : 'nothing';
  // A crash right after the branch moved leaves an index that does not know the commit: its files would look new.
  const isIndexBehind = pending.changed.length + pending.deleted.length + pending.staged.length > 0;
  if (kind === 'committed' || isIndexBehind) {
    const pointed = await pointHead(guard, gitDir, branch);
    if (!pointed.ok) return pointed;
    await rememberIndex(view.indexFile, tree.value);
    await installIndex(view);
  }
  const { base } = view.worktree;
  const isAllOurs = view.head === base && view.tip === base;
  const changedFiles = new Set([...pending.changed, ...pending.deleted, ...pending.staged]).size;
  return ok({
    kind,
    head: commit.value,
    nestedRepositories: pending.nestedRepositories,
    ...(isAllOurs && kind === 'committed' ? { changedFiles } : {}),
  });
}

/** Where the worker left the attributes alone, the commit has those of the index: no merge needs to look for them. */
function noteAttributes(commit: string, view: WorktreeView, { changed, deleted }: PendingChanges): void {
  if ([...changed, ...deleted, ...view.foreign].some(isAttributeFile)) return;
  rememberAttributes(commit, view.listing.entries);
}

/**
 * The commits that the new one goes on from: the branch's and HEAD's, without the one that is in the other's history.
 * They differ if the worker checked out, rebased or detached.
 */
async function readParents(
  guard: GitGuard,
  { head, tip }: WorktreeView,
): Promise<Result<readonly string[], GitFailure>> {
  const isForward = await isAncestor(guard, tip, head);
  if (!isForward.ok) return isForward;
  if (isForward.value) return ok([head]);
  const isBehind = await isAncestor(guard, head, tip);
  if (!isBehind.ok) return isBehind;
  return ok(isBehind.value ? [tip] : [tip, head]);
}

async function writeCommit(
  guard: GitGuard,
  request: CommitRequest,
  { tree, parents }: { readonly tree: string; readonly parents: readonly string[] },
): Promise<Result<string, GitFailure>> {
  return await createCommit(guard, {
    tree,
    parents,
    message: request.message,
    author: workerIdentity(request.worker, request.model),
  });
}

/** Writes a commit object; no branch moves. */
export async function createCommit(
  guard: GitGuard,
  commit: {
    readonly tree: string;
    readonly parents: readonly string[];
    readonly message: string;
    readonly author: Identity;
  },
): Promise<Result<string, GitFailure>> {
  const args = ['commit-tree', ...commit.parents.flatMap(parent => ['-p', parent]), '-F', '-', commit.tree];
  const message = commit.message.replaceAll('\0', '').trim();
  const written = await guardedGit(guard, args, {
    input: `${message || '(no message)'}\n`,
    env: { GIT_AUTHOR_NAME: commit.author.name, GIT_AUTHOR_EMAIL: commit.author.email },
  });
  if (!written.ok) return written;
  const id = written.value.stdout.trim();
  rememberTree(id, commit.tree);
  return ok(id);
}

/** Gives the tree the index that its commit was made from, so that nothing in it looks changed. */
async function installIndex({ indexFile, worktree }: WorktreeView): Promise<void> {
  const target = join(worktree.gitDir, 'index');
  try {
    await rename(indexFile, target);
  } catch {
    // On another file system than the repository: without an index the next look makes one.
    await rm(target, { force: true });
  }
}
