/** From the places that output names to files that are there. */
import { stat } from 'node:fs/promises';
import { isAbsolute, join, normalize, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { OutputLocation } from './output-locations.ts';

/** A place in a file that exists. */
export interface NamedFile {
  /** Absolute path. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column?: number;
  readonly message: string;
}

/** Folders in which output was made. */
export interface OutputFolders {
  /** The worker's worktree, which may be gone by now. */
  readonly dir: string;
  /** The user's own working tree: a file of a worktree that is gone is looked for here. */
  readonly root?: string;
}

/** Links below one problem: more than anybody follows. */
const MAX_FILES = 20;

/** Finds the files of output; at most 20, of a stack trace one, nothing outside of the folders, nothing in packages. */
export async function findNamedFiles(
  locations: readonly OutputLocation[],
  folders: OutputFolders,
): Promise<readonly NamedFile[]> {
  const found: NamedFile[] = [];
  const stacks = new Set<number>();
  for (const location of locations) {
    if (found.length === MAX_FILES) break;
    const { line, column, message, stack } = location;
    if (stack !== undefined && stacks.has(stack)) continue;
    const file = await findFile(location.path, folders);
    if (file === undefined) continue;
    if (stack !== undefined) stacks.add(stack);
    found.push({ file, line, message, ...(column !== undefined && { column }) });
  }
  return found;
}

async function findFile(path: string, { dir, root }: OutputFolders): Promise<string | undefined> {
  const inside = pathInside(dir, path);
  if (inside === undefined) return undefined;
  for (const folder of root === undefined || root === dir ? [dir] : [dir, root]) {
    const file = join(folder, inside);
    if (await isFile(file)) return file;
  }
  return undefined;
}

/** The path below the folder; undefined if it lies outside, or is not the worker's own. */
function pathInside(dir: string, path: string): string | undefined {
  const plain = path.startsWith('file:') ? pathOfUri(path) : path;
  if (plain === undefined) return undefined;
  const inside = isAbsolute(plain) ? relative(dir, plain) : normalize(plain);
  const parts = inside.split(sep);
  const isOutside = parts[0] === '..' || isAbsolute(inside) || inside === '';
  return isOutside || parts.includes('node_modules') || parts.includes('.git') ? undefined : inside;
}

function pathOfUri(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}
