import { randomUUID } from 'node:crypto';
import { copyFile, lstat, readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { AnswerCache } from './answer-cache.ts';
import { readBranch, readWorktreeHead } from './commits.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import { guardTemporaryDir } from './open-guard.ts';
import type { GitFailure, GitOutput } from './run-git.ts';
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
  /** Paths of submodules. */
  readonly submodules: readonly string[];
  /** Files under the excluded paths that the base has: the project's own after all. */
  readonly trackedExcluded: ReadonlySet<string>;
  /** Files under the excluded paths that the worker put into the index; our commits take them out again. */
  readonly foreign: readonly string[];
}

const SUBMODULE_MODE = '160000';

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
  const entries = await loadIndex(guard, worktree, head, indexFile);
  const tracked = await listTracked(guard, worktree);
  if (!entries.ok || !tracked.ok) await rm(indexFile, { force: true });
  if (!entries.ok) return entries;
  if (!tracked.ok) return tracked;
  return ok({
    worktree,
    indexFile,
    head,
    tip: tip.value ?? worktree.base,
    submodules: entries.value.filter(({ mode }) => mode === SUBMODULE_MODE).map(({ path }) => path),
    trackedExcluded: tracked.value,
    foreign: entries.value
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
  const [tree, staged] = await Promise.all([
    viewGit(guard, view, [
      'ls-files',
      '-t',
      '-z',
      '--modified',
      '--deleted',
      '--others',
      '--exclude-standard',
    ]),
    viewGit(guard, view, [
      'diff-index',
      '--cached',
      '--no-renames',
      '--ignore-submodules=all',
      '--name-status',
      '-z',
      view.head,
    ]),
  ]);
  if (!tree.ok) return tree;
  if (!staged.ok) return staged;
  const isOurs = (path: string) => !isExcluded(view, path);
  const { modified, deleted, untracked } = parseTagged(tree.value.stdout, isOurs);
  return ok({
    changed: [
      ...modified.filter(path => !deleted.has(path)),
      ...untracked.filter(path => !path.endsWith('/')),
    ],
    deleted: [...deleted],
    staged: parseNameStatus(staged.value.stdout)
      .map(({ path }) => path)
      .filter(isOurs),
    nestedRepositories: [
      ...untracked.filter(path => path.endsWith('/')).map(path => path.slice(0, -1)),
      ...(await populatedSubmodules(view)),
    ],
  });
}

/** `TAG PATH` of `ls-files -t`: C changed (also for deleted files), R removed, ? not in the index. */
function parseTagged(
  text: string,
  isWanted: (path: string) => boolean,
): {
  readonly modified: readonly string[];
  readonly deleted: ReadonlySet<string>;
  readonly untracked: readonly string[];
} {
  const found = { C: new Set<string>(), R: new Set<string>(), '?': new Set<string>() };
  for (const line of splitNul(text)) {
    const tag = line.charAt(0);
    const path = line.slice(2);
    if ((tag === 'C' || tag === 'R' || tag === '?') && isWanted(path)) found[tag].add(path);
  }
  return { modified: [...found.C], deleted: found.R, untracked: [...found['?']] };
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

/** Copies the worktree's index, or makes one from HEAD where it is missing or broken. Returns what is in it. */
async function loadIndex(
  guard: GitGuard,
  worktree: Worktree,
  head: string,
  indexFile: string,
): Promise<Result<readonly StageEntry[], GitFailure>> {
  const view = { worktree, indexFile };
  const isCopied = await copyIndex(join(worktree.gitDir, 'index'), indexFile);
  const listing = ['ls-files', '--stage', '-v', '-z'];
  const listed = isCopied ? await viewGit(guard, view, listing) : undefined;
  if (listed?.ok) return await clearMarks(guard, view, parseStage(listed.value.stdout));
  await rm(indexFile, { force: true });
  const read = await viewGit(guard, view, ['read-tree', head]);
  if (!read.ok) return read;
  const fresh = await viewGit(guard, view, listing);
  return fresh.ok ? ok(parseStage(fresh.value.stdout)) : fresh;
}

/**
 * The copy keeps the time of the original, rounded down: git trusts an entry only if the file is older than the index,
 * and a younger copy would make it overlook a change made right after the last `git add`.
 */
async function copyIndex(from: string, to: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(from);
    await copyFile(from, to);
    const seconds = Math.floor(mtimeMs - 1) / 1000;
    await utimes(to, seconds, seconds);
    return true;
  } catch {
    return false;
  }
}

interface StageEntry {
  readonly tag: string;
  readonly mode: string;
  readonly path: string;
}

/** A worker can mark files so that git overlooks their changes; no such mark survives here. */
async function clearMarks(
  guard: GitGuard,
  view: Pick<WorktreeView, 'worktree' | 'indexFile'>,
  entries: readonly StageEntry[],
): Promise<Result<readonly StageEntry[], GitFailure>> {
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
  return ok(entries);
}

/** `TAG MODE OBJECT STAGE\tPATH` */
function parseStage(text: string): readonly StageEntry[] {
  return splitNul(text).map(line => {
    const tab = line.indexOf('\t');
    const [tag = '', mode = ''] = line.slice(0, tab).split(' ');
    return { tag, mode, path: line.slice(tab + 1) };
  });
}

function parseNameStatus(text: string): readonly { readonly status: string; readonly path: string }[] {
  const parts = splitNul(text);
  const result: { status: string; path: string }[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2)
    result.push({ status: parts[i] ?? '', path: parts[i + 1] ?? '' });
  return result;
}

/** Splits git's `-z` output. */
export function splitNul(text: string): readonly string[] {
  return text.split('\0').filter(part => part !== '');
}

/** Joins paths for git's `-z --stdin`. */
export function joinNul(paths: readonly string[]): string {
  return paths.map(path => `${path}\0`).join('');
}
