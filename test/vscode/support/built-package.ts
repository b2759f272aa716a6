/** The packed extension, as `npm run package` leaves it. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../..');

/** Path of the .vsix; throws if there is none of what is built. */
export function builtPackage(): string {
  const file = join(root, 'niia.vsix');
  const isFresh =
    existsSync(file) && statSync(file).mtimeMs > statSync(join(root, 'dist/client.cjs')).mtimeMs;
  if (!isFresh) throw new Error('niia.vsix is missing or older than dist/: run `npm run package` first');
  return file;
}
