import { randomUUID } from 'node:crypto';
import { lstat, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { AnswerCache } from './answer-cache.ts';
import { readBranch, readTree, readWorktreeHead } from './commits.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import { guardTemporaryDir } from './open-guard.ts';
import { treeOfIndex } from './own-indexes.ts';
import type { GitFailure, GitOutput } from './run-git.ts';
import {
  joinNul,
  LISTING_ARGUMENTS,
  parseListing,
  SUBMODULE_MODE,
  splitNul,
  type TreeListing,
} from './tree-listing.ts';
import type { WorktreeFailure } from './worktree-failure.ts';
import type { Worktree } from './worktree-record.ts';

/** Folder in every worktree that holds what is ours; no commit of ours ever takes it. */
export const OWN_DIRECTORY = '.niia';

/** A worktree opened for looking: through a copy of its index, so that neither the worker's locks nor its marks count. */
export interface WorktreeView {
  readonly worktree: Worktree;
  /** The copy, ours until {@link closeView}. */
  readonly indexFile: string;
  /** The commit HEAD stands on; the branch's where HEAD is unreadable. */
  readonly head: string;
  /** The commit the worker's branch points at. */
  readonly tip: string;
  /** The index, and how the tree differed from it when it was opened. */
  readonly listing: TreeListing;
  /** The tree that the index holds, where that is known without asking git. */
  readonly indexTree: string | undefined;
  /** Paths of submodules. */
  readonly submodules: readonly string[];
  /** Files under the excluded paths that the base has: the project's own after all. */
  readonly trackedExcluded: ReadonlySet<string>;
  /** Files under the excluded paths that the worker put into the index; our commits take them out again. */
  readonly foreign: readonly string[];
}

/** What differs between a tree and the commit it stands on. */
export interface PendingChanges {
  /** Tracked or new files to take over. */
  readonly changed: readonly string[];
  readonly deleted: readonly string[];
  /** Already in the index, but not in the commit. */
  readonly staged: readonly string[];
  /** Repositories inside the tree whose files are none of ours. */
  readonly nestedRepositories: readonly string[];
}

/** Opens a worktree. Fails with `worktree_missing` where its folder is gone or was replaced by a link. */
export async function openView(
  guard: GitGuard,
  worktree: Worktree,
): Promise<Result<WorktreeView, WorktreeFailure>> {
  const info = await lstat(worktree.path).catch(() => undefined);
  if (!info?.isDirectory()) return err({ kind: 'worktree_missing', path: worktree.path });
  const tip = await readBranch(guard, worktree.branch);
  if (!tip.ok) return tip;
  const ownHead = await readWorktreeHead(guard, worktree.gitDir);
  const head = ownHead.ok && ownHead.value !== undefined ? ownHead.value : (tip.value ?? worktree.base);
  const indexFile = join(guardTemporaryDir(guard), `index-${randomUUID()}`);
  const loaded = await loadIndex(guard, worktree, head, indexFile);
  const tracked = await listTracked(guard, worktree);
  if (!loaded.ok || !tracked.ok) await rm(indexFile, { force: true });
  if (!loaded.ok) return loaded;
  if (!tracked.ok) return tracked;
  const { entries } = loaded.value.listing;
  return ok({
    worktree,
    indexFile,
    head,
    tip: tip.value ?? worktree.base,
    ...loaded.value,
    submodules: entries.filter(({ mode }) => mode === SUBMODULE_MODE).map(({ path }) => path),
    trackedExcluded: tracked.value,
    foreign: entries
      .map(({ path }) => path)
      .filter(path => isBelow(excludedPaths(worktree), path) && !tracked.value.has(path)),
  });
}

const trackedFiles = new AnswerCache<ReadonlySet<string>>(200);

/** Files of the base under the paths that our commits leave out. */
async function listTracked(
  guard: GitGuard,
  worktree: Worktree,
): Promise<Result<ReadonlySet<string>, GitFailure>> {
  const args = ['ls-tree', '-r', '-z', '--name-only', worktree.base, '--', ...excludedPaths(worktree)];
  const question = args.join('\0');
  const known = trackedFiles.get(question);
  if (known !== undefined) return ok(known);
  const listed = await guardedGit(guard, args);
  if (!listed.ok) return listed;
  const files = new Set(splitNul(listed.value.stdout));
  trackedFiles.set(question, files);
  return ok(files);
}

/** Removes the copy of the index. */
export async function closeView(view: WorktreeView): Promise<void> {
  await rm(view.indexFile, { force: true });
}

/** Runs git in the tree of a view. */
export function viewGit(
  guard: GitGuard,
  view: Pick<WorktreeView, 'worktree' | 'indexFile'>,
  args: readonly string[],
  options: { readonly input?: string; readonly okCodes?: readonly number[] } = {},
): Promise<Result<GitOutput, GitFailure>> {
  return guardedGit(guard, args, {
    workTree: view.worktree.path,
    indexFile: view.indexFile,
    ...options,
  });
}

/** Lists what is not committed: untracked files count, ignored ones and our own do not. */
export async function readPendingChanges(
  guard: GitGuard,
  view: WorktreeView,
): Promise<Result<PendingChanges, GitFailure>> {
  const staged = await listStaged(guard, view);
  if (!staged.ok) return staged;
  const isOurs = (path: string) => !isExcluded(view, path);
  const { modified, deleted } = view.listing;
  const untracked = view.listing.untracked.filter(isOurs);
  return ok({
    changed: [...modified.filter(isOurs), ...untracked.filter(path => !path.endsWith('/'))],
    deleted: [...deleted].filter(isOurs),
    staged: staged.value.filter(isOurs),
    nestedRepositories: [
      ...untracked.filter(path => path.endsWith('/')).map(path => path.slice(0, -1)),
      ...(await populatedSubmodules(view)),
    ],
  });
}

/** Paths whose entries in the index differ from the commit below. */
async function listStaged(
  guard: GitGuard,
  view: WorktreeView,
): Promise<Result<readonly string[], GitFailure>> {
  if (view.indexTree !== undefined) {
    const headTree = await readTree(guard, view.head);
    if (!headTree.ok) return headTree;
    if (headTree.value === view.indexTree) return ok([]);
  }
  const args = ['diff-index', '--cached', '--no-renames', '--ignore-submodules=all', '--name-only', '-z'];
  const staged = await viewGit(guard, view, [...args, view.head]);
  return staged.ok ? ok(splitNul(staged.value.stdout)) : staged;
}

/** Whether a path is one that our commits leave out. */
function isExcluded({ worktree, submodules, trackedExcluded }: WorktreeView, path: string): boolean {
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  if (isBelow(submodules, bare)) return true;
  return isBelow(excludedPaths(worktree), bare) && !trackedExcluded.has(bare);
}

function excludedPaths(worktree: Worktree): readonly string[] {
  return [OWN_DIRECTORY, ...worktree.excluded];
}

function isBelow(parents: readonly string[], path: string): boolean {
  return parents.some(parent => path === parent || path.startsWith(`${parent}/`));
}

async function populatedSubmodules({ worktree, submodules }: WorktreeView): Promise<readonly string[]> {
  const found: string[] = [];
  for (const path of submodules) {
    const names = await readdir(join(worktree.path, path)).catch(() => []);
    if (names.length > 0) found.push(path);
  }
  return found;
}

type LoadedIndex = Pick<WorktreeView, 'listing' | 'indexTree'>;

/** Copies the worktree's index, or makes one from HEAD where it is missing or broken. Lists it and the tree. */
async function loadIndex(
  guard: GitGuard,
  worktree: Worktree,
  head: string,
  indexFile: string,
): Promise<Result<LoadedIndex, GitFailure>> {
  const view = { worktree, indexFile };
  const content = await copyIndex(join(worktree.gitDir, 'index'), indexFile);
  const listed = content === undefined ? undefined : await listTree(guard, view);
  if (content !== undefined && listed?.ok) {
    const listing = await clearMarks(guard, view, listed.value);
    return listing.ok ? ok({ listing: listing.value, indexTree: treeOfIndex(content) }) : listing;
  }
  await rm(indexFile, { force: true });
  const read = await viewGit(guard, view, ['read-tree', head]);
  if (!read.ok) return read;
  const fresh = await listTree(guard, view);
  return fresh.ok ? ok({ listing: fresh.value, indexTree: undefined }) : fresh;
}

async function listTree(
  guard: GitGuard,
  view: Pick<WorktreeView, 'worktree' | 'indexFile'>,
): Promise<Result<TreeListing, GitFailure>> {
  const listed = await viewGit(guard, view, LISTING_ARGUMENTS);
  return listed.ok ? ok(parseListing(listed.value.stdout)) : listed;
}

/**
 * The copy keeps the time of the original, rounded down: git trusts an entry only if the file is older than the index,
 * and a younger copy would make it overlook a change made right after the last `git add`. Returns what is in it.
 */
async function copyIndex(from: string, to: string): Promise<Buffer | undefined> {
  try {
    const { mtimeMs } = await stat(from);
    const content = await readFile(from);
    await writeFile(to, content);
    const seconds = Math.floor(mtimeMs - 1) / 1000;
    await utimes(to, seconds, seconds);
    return content;
  } catch {
    return undefined;
  }
}

/** A worker can mark files so that git overlooks their changes; no such mark survives here. */
async function clearMarks(
  guard: GitGuard,
  view: Pick<WorktreeView, 'worktree' | 'indexFile'>,
  listing: TreeListing,
): Promise<Result<TreeListing, GitFailure>> {
  const { entries } = listing;
  const assumed = entries.filter(({ tag }) => tag !== tag.toUpperCase()).map(({ path }) => path);
  const skipped = entries.filter(({ tag }) => tag.toUpperCase() === 'S').map(({ path }) => path);
  const present: string[] = [];
  for (const path of skipped) {
    // A file left out by a sparse checkout is absent, and must not count as deleted.
    const info = await lstat(join(view.worktree.path, path)).catch(() => undefined);
    if (info !== undefined) present.push(path);
  }
  for (const [flag, paths] of [
    ['--no-assume-unchanged', assumed],
    ['--no-skip-worktree', present],
  ] as const) {
    if (paths.length === 0) continue;
    const cleared = await viewGit(guard, view, ['update-index', flag, '-z', '--stdin'], {
      input: joinNul(paths),
    });
    if (!cleared.ok) return cleared;
  }
  return assumed.length + present.length === 0 ? ok(listing) : await listTree(guard, view);
}
