/** Both sides of changed files, as an editor can show them. Pure. */
import { join } from 'node:path';
import { t } from '@vscode/l10n';
import type { Responses } from '../../runtime/protocol.ts';
import type { Side, SideBySide } from './review-host.ts';

type Changes = Responses['run/changes'];
type ChangedFile = Changes['files'][number];
type FileSide = NonNullable<ChangedFile['old']>;

/** Larger texts make the editor slow; the daemon gives out no blob above 8 MiB. */
const MAX_BYTES = 5 * 1024 * 1024;

/** Whose changes are shown, and how. */
export interface Shown {
  readonly run: string;
  readonly title: string;
  /** Whose files they are, as people see it beside their names. */
  readonly owner: string;
}

/** What to show for these changes of a run. */
export function sidesOf(changes: Changes, { run, title, owner }: Shown): SideBySide {
  const { files, isTruncated } = changes;
  const shown = isTruncated ? t('{0} (the first {1} files)', title, files.length) : title;
  return { title: shown, run, files: files.map(file => sidesOfFile(file, changes, owner)) };
}

function sidesOfFile(
  file: ChangedFile,
  { root, liveDir }: Changes,
  owner: string,
): SideBySide['files'][number] {
  const { path, oldPath = path, isBinary } = file;
  const placeOf = (name: string) => (liveDir === undefined ? `/${owner}/${name}` : join(liveDir, name));
  const old = file.old && sideOf(file.old, placeOf(oldPath), isBinary);
  const stored = file.new && sideOf(file.new, placeOf(path), isBinary);
  // The file itself, so that it is seen as it is by then, and can be edited. A link may lead anywhere.
  const isLive = liveDir !== undefined && stored?.kind === 'blob' && file.new?.kind === 'file';
  const next = isLive ? ({ kind: 'file', path: stored.path } as const) : stored;
  return { label: join(root, path), ...(old && { old }), ...(next && { new: next }) };
}

/** What is no text is told in a sentence: a diff editor would leave the file out without a word. */
function sideOf({ kind, object, bytes = 0 }: FileSide, path: string, isBinary: boolean): Side {
  const note = (text: string): Side => ({ kind: 'note', path, text });
  if (kind === 'submodule') return note(t('Submodule at commit {0}', object));
  if (bytes > MAX_BYTES) return note(t('Too large to be shown: {0} bytes, blob {1}', bytes, object));
  if (isBinary && kind === 'file') return note(t('Binary file: {0} bytes, blob {1}', bytes, object));
  return { kind: 'blob', path, object };
}
