/** Finds the connector files of workspace folders, within bounds: a workspace can be a home directory. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readText } from '../runtime/machine/read-text.ts';
import type { WorkspaceFile } from './facts.ts';
import { canonicalUri } from './uris.ts';

const maxFolders = 5000;
const maxFiles = 500;
const maxDepth = 10;

/** Folders that hold nothing people write: dependencies, builds, caches, anything hidden. */
const skipped =
  /^(\..*|node_modules|bower_components|dist|build|out|target|vendor|coverage|__pycache__|venv)$/i;
const connectorName = /(^|\.)connector\.jsonc?$/i;

/** All connector files under the folders, with their texts; those that cannot be read are left out. */
export async function findConnectorFiles(roots: readonly string[]): Promise<readonly WorkspaceFile[]> {
  const paths = await findPaths(roots);
  const texts = await Promise.all(
    paths.map(async path => {
      const read = await readText(path);
      return read.ok ? [{ uri: canonicalUri(pathToFileURL(path).href), text: read.value }] : [];
    }),
  );
  return texts.flat();
}

/** Breadth first, so that what lies near the top is found before a bound is met. */
async function findPaths(roots: readonly string[]): Promise<readonly string[]> {
  const found: string[] = [];
  const queue = roots.map(path => ({ path, depth: 0 }));
  for (let seen = 0; seen < queue.length && seen < maxFolders && found.length < maxFiles; seen++) {
    const folder = queue[seen];
    if (folder === undefined) break;
    for (const entry of await entriesOf(folder.path)) {
      const path = join(folder.path, entry.name);
      if (entry.isFile() && connectorName.test(entry.name)) found.push(path);
      // Links are not followed: they could lead in circles.
      const isOpen = entry.isDirectory() && folder.depth < maxDepth && !skipped.test(entry.name);
      if (isOpen) queue.push({ path, depth: folder.depth + 1 });
    }
  }
  return found.slice(0, maxFiles);
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true });
  } catch {
    // A folder we may not read holds nothing for us.
    return [];
  }
}
