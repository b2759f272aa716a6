/** The repository around a folder, found without git: hovers must not start processes. */
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { RepositoryPlace } from './facts.ts';

/** Looks upwards for `.git`. Worktrees of a linked worktree lie beside the main one, as where they are made (design §5). */
export async function findRepository(folder: string): Promise<RepositoryPlace> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const main = await mainFolderOf(at);
    if (main !== undefined) {
      const worktreeBase = join(dirname(main), `${basename(main).replace(/\.git$/, '')}.worktrees`);
      return { kind: 'found', root: at, worktreeBase };
    }
    if (dirname(at) === at) return { kind: 'none' };
  }
}

/** The main working tree, if the folder is the root of one; undefined if it is no repository. */
async function mainFolderOf(folder: string): Promise<string | undefined> {
  const git = join(folder, '.git');
  try {
    if ((await stat(git)).isDirectory()) return folder;
    // A linked worktree: `gitdir: <main>/.git/worktrees/<name>`.
    const target = /^gitdir: (.+)$/m.exec(await readFile(git, 'utf8'))?.[1];
    const linked = target && /^(.*)[\\/]\.git[\\/]worktrees[\\/][^\\/]+$/.exec(resolve(folder, target))?.[1];
    return linked || folder;
  } catch {
    return undefined;
  }
}
