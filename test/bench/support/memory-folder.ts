import { accessSync, constants, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Makes a folder for repositories, in memory where that is possible: making files right after deleting many says more
 * about the disk than about us. The caller removes it.
 */
export function memoryFolder(): string {
  return realpathSync(mkdtempSync(join(isWritable('/dev/shm') ? '/dev/shm' : tmpdir(), 'niia-bench-')));
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
