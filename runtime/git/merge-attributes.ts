import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ok, type Result } from '../result.ts';
import { AnswerCache } from './answer-cache.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import { guardTemporaryDir } from './open-guard.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './tree-listing.ts';

/** A `.gitattributes` of a commit. */
interface AttributeFile {
  readonly path: string;
  readonly object: string;
}

/** No project has more attribute files; a worker could write any number. */
const MAX_FILES = 200;

const filesOfCommits = new AnswerCache<readonly AttributeFile[]>(500);
const contents = new AnswerCache<string>(50);

/** Whether a path names a file of attributes. */
export function isAttributeFile(path: string): boolean {
  return /(^|\/)\.gitattributes$/.test(path);
}

/** Remembers which of a commit's files are `.gitattributes`; to be given in the order of paths. */
export function rememberAttributes(
  commit: string,
  files: readonly { readonly path: string; readonly object: string }[],
): void {
  const own = files.filter(({ path }) => isAttributeFile(path));
  filesOfCommits.set(
    commit,
    own.map(({ path, object }) => ({ path, object })),
  );
}

/** Remembers that a merge has the attributes of its parents, if they are known and the same. */
export function inheritAttributes(commit: string, [first, ...others]: readonly string[]): void {
  const files = first === undefined ? undefined : filesOfCommits.get(first);
  if (files === undefined) return;
  const text = JSON.stringify(files);
  const isSame = (parent: string) => JSON.stringify(filesOfCommits.get(parent)) === text;
  if (others.every(isSame)) filesOfCommits.set(commit, files);
}

/**
 * Runs a call with the `.gitattributes` of a commit in force, without a checkout: a merge by objects reads them from a
 * working tree only, and would otherwise forget that a change log merges as a union. They name git's own ways to merge;
 * drivers that run programs are not in the guard's configuration.
 */
export async function withAttributesOf<T>(
  guard: GitGuard,
  commit: string,
  call: (place: { readonly workTree?: string }) => Promise<Result<T, GitFailure>>,
): Promise<Result<T, GitFailure>> {
  const files = await listAttributeFiles(guard, commit);
  if (!files.ok) return files;
  if (files.value.length === 0) return await call({});
  const workTree = join(guardTemporaryDir(guard), `attributes-${randomUUID()}`);
  try {
    await mkdir(workTree, { recursive: true });
    for (const { path, object } of files.value.slice(0, MAX_FILES)) {
      const content = await readContent(guard, object);
      if (!content.ok) return content;
      const file = join(workTree, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content.value);
    }
    return await call({ workTree });
  } finally {
    await rm(workTree, { recursive: true, force: true });
  }
}

async function listAttributeFiles(
  guard: GitGuard,
  commit: string,
): Promise<Result<readonly AttributeFile[], GitFailure>> {
  const known = filesOfCommits.get(commit);
  if (known !== undefined) return ok(known);
  const listed = await guardedGit(guard, ['ls-tree', '-r', '-z', commit]);
  if (!listed.ok) return listed;
  rememberAttributes(commit, splitNul(listed.value.stdout).map(parseTreeLine));
  return ok(filesOfCommits.get(commit) ?? []);
}

/** `MODE TYPE OBJECT\tPATH` */
function parseTreeLine(line: string): AttributeFile {
  const tab = line.indexOf('\t');
  return { path: line.slice(tab + 1), object: line.slice(0, tab).split(' ')[2] ?? '' };
}

async function readContent(guard: GitGuard, object: string): Promise<Result<string, GitFailure>> {
  const known = contents.get(object);
  if (known !== undefined) return ok(known);
  const blob = await guardedGit(guard, ['cat-file', 'blob', object]);
  if (!blob.ok) return blob;
  contents.set(object, blob.value.stdout);
  return ok(blob.value.stdout);
}
