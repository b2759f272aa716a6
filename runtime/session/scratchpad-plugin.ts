import { lstat, mkdir, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OWN_DIRECTORY } from '../git/worktree-view.ts';
import { err, ok, type Result } from '../result.ts';
import type { SessionConfig, SessionContext, SessionFailure, SessionPlugin } from './session-plugin.ts';

/** The variable that holds the scratchpad's path. */
export const SCRATCHPAD_VARIABLE = 'NIIA_SCRATCHPAD';

const LINK_NAME = 'scratchpad';

/**
 * Gives the session the run's scratchpad (spec §3 `scratchpad`): `$NIIA_SCRATCHPAD`, and `.niia/scratchpad` where the
 * session has a worktree. `.niia/` ignores itself; nothing of it is written into the user's own folder.
 */
export const scratchpadPlugin: SessionPlugin = { name: 'scratchpad', apply };

async function apply(
  session: SessionConfig,
  { scratchpadDir }: SessionContext,
): Promise<Result<SessionConfig, SessionFailure>> {
  if (scratchpadDir === undefined) return ok(session);
  try {
    await mkdir(scratchpadDir, { recursive: true, mode: 0o700 });
    if (session.worktree !== undefined) await linkInto(session.worktree.path, scratchpadDir);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return err({ kind: 'scratchpad', path: scratchpadDir, message });
  }
  return ok({ ...session, scratchpadDir, env: { ...session.env, [SCRATCHPAD_VARIABLE]: scratchpadDir } });
}

async function linkInto(tree: string, scratchpadDir: string): Promise<void> {
  const own = join(tree, OWN_DIRECTORY);
  await ensureRealDirectory(own);
  const ignoreFile = join(own, '.gitignore');
  // Removed first: a link that a worker left here would have us write somewhere else.
  await rm(ignoreFile, { recursive: true, force: true });
  await writeFile(ignoreFile, '*\n', { flag: 'wx' });
  await placeLink(join(own, LINK_NAME), scratchpadDir);
}

/** A worker of an earlier phase could have committed a link or a file of this name. */
async function ensureRealDirectory(path: string): Promise<void> {
  const info = await lstat(path).catch(() => undefined);
  if (info?.isDirectory()) return;
  if (info !== undefined) await rm(path);
  await mkdir(path);
}

async function placeLink(link: string, target: string): Promise<void> {
  if ((await readlink(link).catch(() => undefined)) === target) return;
  const info = await lstat(link).catch(() => undefined);
  // A folder of a worker's own may hold work: it moves aside.
  if (info?.isDirectory()) await rename(link, `${link}-${Date.now()}`);
  else if (info !== undefined) await rm(link);
  await symlink(target, link, 'junction');
}
