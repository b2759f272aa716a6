/** What a working tree and its index hold, as one `git ls-files` tells it. */

/** An entry of the index. */
export interface StageEntry {
  /** Git's letter for the entry: lower case if it is assumed unchanged, S if it is left out of the checkout. */
  readonly tag: string;
  readonly mode: string;
  readonly object: string;
  readonly path: string;
}

/** An index and how the tree differs from it. */
export interface TreeListing {
  readonly entries: readonly StageEntry[];
  /** In the tree with other content. */
  readonly modified: readonly string[];
  /** In the index, but not in the tree. */
  readonly deleted: ReadonlySet<string>;
  /** In the tree, but not in the index, and not ignored; a repository inside the tree ends with a slash. */
  readonly untracked: readonly string[];
}

/** The arguments that make git print what {@link parseListing} reads. */
export const LISTING_ARGUMENTS = [
  'ls-files',
  '-z',
  '-v',
  '--stage',
  '--cached',
  '--modified',
  '--deleted',
  '--others',
  '--exclude-standard',
] as const;

/** Mode of a submodule's entry. */
export const SUBMODULE_MODE = '160000';

/**
 * Reads `? PATH` for what is not in the index and `TAG MODE OBJECT STAGE\tPATH` for what is: once for the entry, again
 * with C for a changed (also a deleted) file and with R for a removed one.
 */
export function parseListing(text: string): TreeListing {
  const entries: StageEntry[] = [];
  const changed = new Set<string>();
  const deleted = new Set<string>();
  const untracked: string[] = [];
  for (const line of splitNul(text)) {
    if (line.startsWith('? ')) {
      untracked.push(line.slice(2));
      continue;
    }
    const tab = line.indexOf('\t');
    const path = line.slice(tab + 1);
    const [tag = '', mode = '', object = ''] = line.slice(0, tab).split(' ');
    if (tag.toUpperCase() === 'C') changed.add(path);
    else if (tag.toUpperCase() === 'R') deleted.add(path);
    else entries.push({ tag, mode, object, path });
  }
  return { entries, modified: [...changed].filter(path => !deleted.has(path)), deleted, untracked };
}

/** Splits git's `-z` output. */
export function splitNul(text: string): readonly string[] {
  return text.split('\0').filter(part => part !== '');
}

/** Joins paths for git's `-z --stdin`. */
export function joinNul(paths: readonly string[]): string {
  return paths.map(path => `${path}\0`).join('');
}
