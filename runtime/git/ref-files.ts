/**
 * References read from their files. A run asks where branches point some ten times a worker; a process for each question
 * would cost more than all its merges. Where a file does not give a plain answer, git is asked.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const BRANCH = /^ref: refs\/heads\/(.+)$/;

/** What HEAD of a git directory says: a commit, a branch, or nothing that a file can tell. */
export type HeadFile =
  | { readonly kind: 'commit'; readonly commit: string }
  | { readonly kind: 'branch'; readonly branch: string }
  | { readonly kind: 'unclear' };

/** The commit in a branch's own file; undefined if it has none (packed, another kind of store, no such branch). */
export async function readBranchFile(commonDir: string, branch: string): Promise<string | undefined> {
  // A worker can write names into its HEAD: none may lead out of the folder of branches.
  if (branch.split('/').some(part => part === '' || part === '.' || part === '..')) return undefined;
  const text = await readText(join(commonDir, 'refs', 'heads', branch));
  return text !== undefined && COMMIT.test(text) ? text : undefined;
}

/** Reads HEAD of a git directory. */
export async function readHeadFile(gitDir: string): Promise<HeadFile> {
  const text = (await readText(join(gitDir, 'HEAD'))) ?? '';
  if (COMMIT.test(text)) return { kind: 'commit', commit: text };
  const branch = BRANCH.exec(text)?.[1];
  return branch === undefined ? { kind: 'unclear' } : { kind: 'branch', branch };
}

/**
 * The first folder that has a branch checked out, by the HEAD files of all working trees; `unclear` where the repository
 * is not laid out as usual. Synchronous: there may be hundreds of them, and a promise for each takes ten times as long.
 */
export function findCheckoutByFiles(
  commonDir: string,
  branch: string,
): { readonly path: string | undefined } | 'unclear' {
  if (basename(commonDir) !== '.git') return 'unclear';
  if (isOn(commonDir, branch)) return { path: dirname(commonDir) };
  const worktrees = join(commonDir, 'worktrees');
  for (const id of namesIn(worktrees)) {
    const gitDir = join(worktrees, id);
    if (!isOn(gitDir, branch)) continue;
    const gitFile = readNow(join(gitDir, 'gitdir'));
    return gitFile === undefined ? 'unclear' : { path: dirname(gitFile) };
  }
  return { path: undefined };
}

function isOn(gitDir: string, branch: string): boolean {
  return readNow(join(gitDir, 'HEAD')) === `ref: refs/heads/${branch}`;
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readNow(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return undefined;
  }
}
