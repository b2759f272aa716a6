/** Completion of paths: files beside the connector file, folder by folder. */
import { CompletionItemKind } from 'vscode-languageserver';
import type { DirectoryEntry } from '../../facts.ts';
import type { FeatureContext } from '../../feature.ts';
import type { Snapshot } from '../../snapshot.ts';
import { baseNameOf, resolveUri } from '../../uris.ts';
import type { Candidate, Piece } from './candidate.ts';
import type { Cursor } from './cursor.ts';
import type { WantedFile } from './slot.ts';

const endings: Readonly<Record<WantedFile, RegExp>> = {
  any: /./,
  connector: /(^|\.)connector\.jsonc?$/i,
  markdown: /\.(md|markdown)$/i,
  json: /\.json$/i,
};

/** Entries of the folder that is written so far, as pieces of the string at the cursor. */
export function filePieces(
  snapshot: Snapshot,
  cursor: Cursor,
  wanted: WantedFile,
  context: FeatureContext,
): readonly Piece[] {
  const { string, typed, offset } = cursor;
  if (string === undefined) return [];
  const slash = typed.lastIndexOf('/');
  const replace = { start: offset - (typed.length - slash - 1), end: string.content.end };
  return entriesOf(snapshot, typed.slice(0, slash + 1), wanted, context).map(({ name, isDirectory }) => {
    const inside = JSON.stringify(isDirectory ? `${name}/` : name).slice(1, -1);
    const quote = string.isClosed ? '' : `"${cursor.after}`;
    return { ...shown(name, isDirectory), replace, newText: inside + quote };
  });
}

/** Files as whole values, where no quote is written yet. */
export function fileCandidates(
  snapshot: Snapshot,
  wanted: WantedFile,
  context: FeatureContext,
): readonly Candidate[] {
  return entriesOf(snapshot, '', wanted, context).map(({ name, isDirectory }) => ({
    ...shown(name, isDirectory),
    text: isDirectory ? `${name}/` : name,
  }));
}

function entriesOf(
  snapshot: Snapshot,
  folder: string,
  wanted: WantedFile,
  { facts }: FeatureContext,
): readonly DirectoryEntry[] {
  const uri = resolveUri(snapshot.uri, folder === '' ? '.' : folder);
  const entries = uri === undefined ? [] : (facts.directory(uri.replace(/\/$/, '')) ?? []);
  const own = folder === '' ? baseNameOf(snapshot.uri) : undefined;
  const fitting = entries.filter(
    ({ name, isDirectory }) =>
      !name.startsWith('.') && name !== own && (isDirectory || endings[wanted].test(name)),
  );
  return [...fitting].sort(
    (a, b) => Number(a.isDirectory) - Number(b.isDirectory) || (a.name < b.name ? -1 : 1),
  );
}

function shown(name: string, isDirectory: boolean) {
  return isDirectory
    ? { text: `${name}/`, kind: CompletionItemKind.Folder, group: 1 }
    : { text: name, kind: CompletionItemKind.File, group: 0 };
}
