/** Folders that only the user can enter: sockets and environments stand in them (design §5). */
import { chmod, lstat, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';
import { isErrno } from './run-dir.ts';

/** Makes a folder of mode 0700, or checks that the one that is there is ours alone. The failure is a sentence for people. */
export async function ensurePrivateDir(dir: string): Promise<Result<void, string>> {
  try {
    await makeFolders(dir);
    const facts = await lstat(dir);
    if (!facts.isDirectory()) return err(`"${dir}" is not a folder. Remove it and try again.`);
    const uid = process.getuid?.();
    if (uid !== undefined && facts.uid !== uid)
      return err(
        `"${dir}" belongs to another user (uid ${facts.uid}). Remove it, or set NIIA_HOME to a folder of yours.`,
      );
    if (uid !== undefined && (facts.mode & 0o077) !== 0) await chmod(dir, 0o700);
    return ok(undefined);
  } catch (error) {
    return err(`"${dir}" cannot be used: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * Makes a folder and those above it, mode 0700. Not by `mkdir(…, { recursive: true })`: where a folder says that it is not
 * there and cannot be made either (/proc), Node tries for ever, in a thread that keeps the process from ending.
 */
export async function makeFolders(dir: string): Promise<void> {
  if (await isMade(dir)) return;
  await makeFolders(dirname(dir));
  if (!(await isMade(dir))) throw new Error('no folder can be made there');
}

/** Makes one folder if it is not there; false if there is none above it. */
async function isMade(dir: string): Promise<boolean> {
  try {
    await mkdir(dir, { mode: 0o700 });
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOENT') && dirname(dir) !== dir) return false;
    if (isErrno(error, 'EEXIST') && (await stat(dir)).isDirectory()) return true;
    throw error;
  }
}
