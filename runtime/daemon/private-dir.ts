/** Folders that only the user can enter: sockets and environments stand in them (design §5). */
import { chmod, lstat, mkdir } from 'node:fs/promises';
import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';

/** Makes a folder of mode 0700, or checks that the one that is there is ours alone. The failure is a sentence for people. */
export async function ensurePrivateDir(dir: string): Promise<Result<void, string>> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
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
