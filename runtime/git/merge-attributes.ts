import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Result } from '../result.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import { guardTemporaryDir } from './open-guard.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './worktree-view.ts';

/** No project has more attribute files; a worker could write any number. */
const MAX_FILES = 200;

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
  const listed = await guardedGit(guard, ['ls-tree', '-r', '-z', '--name-only', commit]);
  if (!listed.ok) return listed;
  const paths = splitNul(listed.value.stdout).filter(path => /(^|\/)\.gitattributes$/.test(path));
  if (paths.length === 0) return await call({});
  const workTree = join(guardTemporaryDir(guard), `attributes-${randomUUID()}`);
  try {
    await mkdir(workTree, { recursive: true });
    for (const path of paths.slice(0, MAX_FILES)) {
      const blob = await guardedGit(guard, ['cat-file', 'blob', `${commit}:${path}`]);
      if (!blob.ok) return blob;
      const file = join(workTree, path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, blob.value.stdout);
    }
    return await call({ workTree });
  } finally {
    await rm(workTree, { recursive: true, force: true });
  }
}
