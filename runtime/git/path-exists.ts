import { lstat } from 'node:fs/promises';

/** Whether anything stands at a path, a dangling link included. */
export async function exists(path: string): Promise<boolean> {
  return await lstat(path).then(
    () => true,
    () => false,
  );
}
