/** Changes between two commits or trees with what is needed to show each file's two sides. */
import { ok, type Result } from '../result.ts';
import { type FileChange, PLAIN_DIFF, parseCounts, STATUS_OF_LETTER } from './diff.ts';
import { type GitGuard, guardedGit } from './git-guard.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './tree-listing.ts';

/** A file as one of the two commits has it. */
export interface FileSide {
  readonly kind: 'file' | 'link' | 'submodule';
  /** Object id: of the blob, or of a submodule's commit. */
  readonly object: string;
  /** Size of the blob; absent for submodules. */
  readonly bytes?: number;
}

/** A file that differs, with its sides: only `old` of a deleted one, only `new` of an added one. */
export interface ChangedFile {
  readonly path: string;
  /** Where a renamed file was. */
  readonly oldPath?: string;
  readonly status: FileChange['status'];
  readonly isBinary: boolean;
  readonly old?: FileSide;
  readonly new?: FileSide;
}

/** Lists the files that differ between two commits or trees, by path. */
export async function listChangedFiles(
  guard: GitGuard,
  base: string,
  head: string,
): Promise<Result<readonly ChangedFile[], GitFailure>> {
  const args = ['diff-tree', '-r', '-z', ...PLAIN_DIFF];
  const [raw, counts] = await Promise.all([
    guardedGit(guard, [...args, '--raw', base, head]),
    guardedGit(guard, [...args, '--numstat', base, head]),
  ]);
  if (!raw.ok) return raw;
  if (!counts.ok) return counts;
  const changes = parseRaw(raw.value.stdout);
  const blobs = changes.flatMap(({ old, new: next }) => [old, next]).flatMap(blobOf);
  const sizes = await readSizes(guard, [...new Set(blobs)]);
  if (!sizes.ok) return sizes;
  const lines = parseCounts(counts.value.stdout);
  return ok(
    changes.map(({ old, new: next, ...change }) => ({
      ...change,
      // git counts no lines of a binary file.
      isBinary: lines.get(change.path)?.added === undefined,
      ...(old && { old: sized(old, sizes.value) }),
      ...(next && { new: sized(next, sizes.value) }),
    })),
  );
}

/** The bytes of a blob as base64. Fails (`output_too_large`) beyond `maxBytes`. */
export async function readBlob(
  guard: GitGuard,
  object: string,
  maxBytes: number,
): Promise<Result<string, GitFailure>> {
  const read = await guardedGit(guard, ['cat-file', 'blob', object], {
    maxOutputBytes: maxBytes,
    encoding: 'base64',
  });
  return read.ok ? ok(read.value.stdout) : read;
}

type RawChange = Omit<ChangedFile, 'isBinary'>;

/** `:OLD-MODE NEW-MODE OLD-ID NEW-ID STATUS`, then the path; for a rename the old and the new one. */
function parseRaw(text: string): readonly RawChange[] {
  const parts = splitNul(text);
  const changes: RawChange[] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const [oldMode = '', newMode = '', oldId = '', newId = '', letters = ''] = (parts[i] ?? '')
      .slice(1)
      .split(' ');
    const isMoved = letters.startsWith('R') || letters.startsWith('C');
    if (isMoved) i += 1;
    const old = sideOf(oldMode, oldId);
    const next = sideOf(newMode, newId);
    changes.push({
      path: parts[i + 1] ?? '',
      ...(isMoved && { oldPath: parts[i] ?? '' }),
      status: isMoved ? 'renamed' : (STATUS_OF_LETTER.get(letters.charAt(0)) ?? 'modified'),
      ...(old && { old }),
      ...(next && { new: next }),
    });
  }
  return changes;
}

/** Mode 0 stands for a side that is not there. */
function sideOf(mode: string, object: string): FileSide | undefined {
  if (/^0+$/.test(mode)) return undefined;
  return { kind: SPECIAL_MODES.get(mode) ?? 'file', object };
}

const SPECIAL_MODES: ReadonlyMap<string, FileSide['kind']> = new Map([
  ['120000', 'link'],
  ['160000', 'submodule'],
]);

function blobOf(side: FileSide | undefined): readonly string[] {
  return side === undefined || side.kind === 'submodule' ? [] : [side.object];
}

async function readSizes(
  guard: GitGuard,
  blobs: readonly string[],
): Promise<Result<ReadonlyMap<string, number>, GitFailure>> {
  if (blobs.length === 0) return ok(new Map());
  const args = ['cat-file', '--batch-check=%(objectname) %(objectsize)'];
  const checked = await guardedGit(guard, args, { input: blobs.map(blob => `${blob}\n`).join('') });
  if (!checked.ok) return checked;
  const lines = [...checked.value.stdout.matchAll(/^([0-9a-f]+) (\d+)$/gm)];
  return ok(new Map(lines.map(([, object = '', bytes = '0']) => [object, Number(bytes)])));
}

function sized(side: FileSide, sizes: ReadonlyMap<string, number>): FileSide {
  const bytes = sizes.get(side.object);
  return bytes === undefined ? side : { ...side, bytes };
}
