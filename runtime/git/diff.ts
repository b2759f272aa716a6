import { ok, type Result } from '../result.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './tree-listing.ts';

/** One file that differs between two commits. */
export interface FileChange {
  readonly path: string;
  readonly status: 'added' | 'modified' | 'deleted' | 'renamed' | 'type_changed';
  /** Where a renamed file was. */
  readonly oldPath?: string;
  /** Lines; absent for binary files. */
  readonly added?: number;
  readonly deleted?: number;
}

/** A diff as text. */
export interface Patch {
  readonly text: string;
  /** There was more than the limit; `text` ends at a whole line. */
  readonly isTruncated: boolean;
}

const DEFAULT_MAX_PATCH_BYTES = 8 * 1024 * 1024;

/** Options of every diff: no program of a worker's or user's choice shows or converts what we print. */
export const PLAIN_DIFF = ['--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '--find-renames'];

/** Lists the files that differ between two commits, by path. */
export async function listChanges(
  guard: GitGuard,
  base: string,
  head: string,
): Promise<Result<readonly FileChange[], GitFailure>> {
  const args = ['diff-tree', '-r', '-z', ...PLAIN_DIFF];
  const [statuses, counts] = await Promise.all([
    guardedGit(guard, [...args, '--name-status', base, head]),
    guardedGit(guard, [...args, '--numstat', base, head]),
  ]);
  if (!statuses.ok) return statuses;
  if (!counts.ok) return counts;
  const lines = parseCounts(counts.value.stdout);
  return ok(parseStatuses(statuses.value.stdout).map(change => ({ ...change, ...lines.get(change.path) })));
}

/** How many files differ between two commits. */
export async function countChangedFiles(
  guard: GitGuard,
  base: string,
  head: string,
): Promise<Result<number, GitFailure>> {
  if (base === head) return ok(0);
  const listed = await guardedGit(guard, ['diff-tree', '-r', '-z', '--name-only', ...PLAIN_DIFF, base, head]);
  return listed.ok ? ok(splitNul(listed.value.stdout).length) : listed;
}

/** The diff between two commits; at most `maxBytes` (default 8 MiB) of it. */
export async function readPatch(
  guard: GitGuard,
  base: string,
  head: string,
  options: { readonly maxBytes?: number; readonly paths?: readonly string[] } = {},
): Promise<Result<Patch, GitFailure>> {
  const paths = options.paths === undefined ? [] : ['--', ...options.paths.map(path => `:(literal)${path}`)];
  const args = ['diff-tree', '-r', '-p', ...PLAIN_DIFF, '--no-color', base, head, ...paths];
  const shown = await guardedGit(guard, args, {
    maxOutputBytes: options.maxBytes ?? DEFAULT_MAX_PATCH_BYTES,
    onOverflow: 'truncate',
  });
  if (!shown.ok) return shown;
  const { stdout, isTruncated } = shown.value;
  return ok({ text: isTruncated ? stdout.slice(0, stdout.lastIndexOf('\n') + 1) : stdout, isTruncated });
}

/** Lines that a file gained and lost; empty for binary files. */
export type LineCounts = Pick<FileChange, 'added' | 'deleted'>;

/** Reads `--numstat -z`: `ADDED\tDELETED\tPATH`, or for a rename `ADDED\tDELETED\t`, then old and new path on their own. */
export function parseCounts(text: string): ReadonlyMap<string, LineCounts> {
  const parts = splitNul(text);
  const result = new Map<string, LineCounts>();
  for (let i = 0; i < parts.length; i += 1) {
    const [added = '', deleted = '', path = ''] = (parts[i] ?? '').split('\t');
    const name = path === '' ? (parts[i + 2] ?? '') : path;
    if (path === '') i += 2;
    result.set(name, added === '-' ? {} : { added: Number(added), deleted: Number(deleted) });
  }
  return result;
}

function parseStatuses(text: string): readonly FileChange[] {
  const parts = splitNul(text);
  const result: FileChange[] = [];
  for (let i = 0; i < parts.length; i += 1) {
    const letter = (parts[i] ?? '').charAt(0);
    const first = parts[i + 1] ?? '';
    i += 1;
    if (letter === 'R' || letter === 'C') {
      i += 1;
      result.push({ path: parts[i] ?? '', status: 'renamed', oldPath: first });
    } else {
      result.push({ path: first, status: STATUS_OF_LETTER.get(letter) ?? 'modified' });
    }
  }
  return result;
}

/** What git's letters for a change mean. */
export const STATUS_OF_LETTER: ReadonlyMap<string, FileChange['status']> = new Map([
  ['A', 'added'],
  ['M', 'modified'],
  ['D', 'deleted'],
  ['T', 'type_changed'],
]);
