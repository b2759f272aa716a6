import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { numberedName } from './safe-name.ts';

/** Where a repository's own way to make a worktree goes beyond the four files that we write. */
const SPECIAL_PARTS = ['reftable', 'config.worktree', join('info', 'sparse-checkout')];
/** Somebody else's git may take a free name at the same moment. */
const ATTEMPTS = 5;

/** How the names of records begin, in the git directory, that are not whole yet. */
export const ENTRY_DRAFT = 'niia-worktree-';

/** Whether {@link writeEntry} makes all that `git worktree add` would make in a repository. */
export function canWriteEntry(commonDir: string): boolean {
  // On Windows git writes paths in a form of its own.
  return process.platform !== 'win32' && !SPECIAL_PARTS.some(part => existsSync(join(commonDir, part)));
}

/**
 * Makes git know a worktree on a branch: what `git worktree add --no-checkout --force` does in three processes. The record
 * appears whole, in one step, so that nobody's git ever reads a half-made one (gitrepository-layout(5), `worktrees/`).
 * Hold the repository's lock. Throws where the file system does not let it. Returns the worktree's git directory.
 */
export async function writeEntry(commonDir: string, path: string, branch: string): Promise<string> {
  const draft = join(commonDir, `${ENTRY_DRAFT}${randomUUID()}`);
  try {
    await mkdir(draft);
    await mkdir(path, { recursive: true });
    await mkdir(join(commonDir, 'worktrees'), { recursive: true });
    await writeFile(join(draft, 'commondir'), '../..\n');
    await writeFile(join(draft, 'gitdir'), `${join(path, '.git')}\n`);
    await writeFile(join(draft, 'HEAD'), `ref: refs/heads/${branch}\n`);
    await forgetGone(commonDir, path);
    return await install(draft, path, join(commonDir, 'worktrees'));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function install(draft: string, path: string, parent: string): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    const gitDir = join(parent, freeName(parent, basename(path)));
    await writeFile(join(path, '.git'), `gitdir: ${gitDir}\n`);
    try {
      await rename(draft, gitDir);
      return gitDir;
    } catch (error) {
      if (attempt === ATTEMPTS || !existsSync(gitDir)) throw error;
    }
  }
}

function freeName(parent: string, name: string): string {
  let candidate = name;
  for (let n = 1; existsSync(join(parent, candidate)); n += 1) candidate = numberedName(name, n);
  return candidate;
}

/** Records of a worktree that was in the same folder, and is gone: git would prune one of the two. Not those under lock. */
async function forgetGone(commonDir: string, path: string): Promise<void> {
  const parent = join(commonDir, 'worktrees');
  // Synchronous, as some microseconds each are nothing beside what a promise for each of many files costs.
  for (const id of readdirSync(parent)) {
    const gitDir = join(parent, id);
    if (pathIn(join(gitDir, 'gitdir')) !== path || existsSync(join(gitDir, 'locked'))) continue;
    await rm(gitDir, { recursive: true });
  }
}

function pathIn(gitFile: string): string | undefined {
  try {
    return dirname(readFileSync(gitFile, 'utf8').trim());
  } catch {
    return undefined;
  }
}
