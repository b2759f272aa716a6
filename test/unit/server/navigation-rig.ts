/** What tests of navigation features share: fixtures with a `|` cursor, a workspace of texts, answers rendered as text. */

import type { Position, Range, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import { readClientSupport } from '../../../server/client-support.ts';
import { emptyFacts, type WorkspaceFacts } from '../../../server/facts.ts';
import type { FeatureContext } from '../../../server/feature.ts';
import { defaultSettings } from '../../../server/settings.ts';
import { type Snapshot, snapshotOfFile } from '../../../server/snapshot.ts';

/** Where fixtures lie. */
export const folder = 'file:///project/';

/** Capabilities of an editor that can do everything. */
export const ableClient = readClientSupport({
  workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['rename'] } },
  textDocument: {
    definition: { linkSupport: true },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
  },
});

/** A document with a cursor in it. */
export interface Fixture {
  readonly snapshot: Snapshot;
  readonly params: { readonly textDocument: { readonly uri: string }; readonly position: Position };
}

/** Takes a text as a connector file. */
export function fileOf(text: string, name = 'main.connector.json'): Snapshot {
  const options = { encoding: 'utf-16', adapters: [], severities: {}, isMarked: true } as const;
  return snapshotOfFile(new URL(name, folder).href, text, options);
}

/** Takes the `|` out of a text and puts the cursor there. */
export function fixture(marked: string, name?: string): Fixture {
  const at = marked.indexOf('|');
  if (at < 0) throw new Error(`no | in ${marked}`);
  const snapshot = fileOf(marked.slice(0, at) + marked.slice(at + 1), name);
  return {
    snapshot,
    params: { textDocument: { uri: snapshot.uri }, position: snapshot.positions.positionAt(at) },
  };
}

/** The context of a workspace with these files. */
export function contextOf(
  files: readonly Snapshot[],
  facts: Partial<WorkspaceFacts> = {},
  changes: Partial<FeatureContext> = {},
): FeatureContext {
  return {
    facts: { ...emptyFacts(), ...facts },
    settings: defaultSettings,
    client: ableClient,
    workspace: () => files,
    isCancelled: () => false,
    ...changes,
  };
}

/** The text with «» around ranges. */
export function mark({ text, positions }: Snapshot, ranges: readonly Range[]): string {
  const places = ranges.map(range => positions.offsetsOf(range));
  const marks = places.flatMap(({ start, end }) => [
    { at: start, sign: '«' },
    { at: end, sign: '»' },
  ]);
  marks.sort((a, b) => b.at - a.at || (a.sign === '«' ? -1 : 1));
  return marks.reduce((result, { at, sign }) => result.slice(0, at) + sign + result.slice(at), text);
}

/** The text after edits of the protocol. */
export function applyEdits({ text, positions }: Snapshot, edits: readonly TextEdit[]): string {
  const places = edits.map(edit => ({ ...positions.offsetsOf(edit.range), newText: edit.newText }));
  places.sort((a, b) => b.start - a.start);
  return places.reduce(
    (result, { start, end, newText }) => result.slice(0, start) + newText + result.slice(end),
    text,
  );
}

/** The texts of files after a workspace edit, by name; renamed files as `old → new`. */
export function applyWorkspaceEdit(
  files: readonly Snapshot[],
  edit: WorkspaceEdit,
): Readonly<Record<string, string>> {
  const results: Record<string, string> = {};
  for (const change of edit.documentChanges ?? []) {
    if ('kind' in change) {
      if (change.kind === 'rename') results[`${short(change.oldUri)} → ${short(change.newUri)}`] = 'renamed';
      continue;
    }
    const file = files.find(({ uri }) => uri === change.textDocument.uri);
    // Only edits with a new text are made here, no snippets.
    const edits = change.edits.filter((item): item is TextEdit => 'newText' in item);
    if (file) results[short(file.uri)] = applyEdits(file, edits);
    else results[short(change.textDocument.uri)] = edits.map(({ newText }) => newText).join(',');
  }
  return results;
}

/** A URI without the folder that all fixtures share. */
export function short(uri: string): string {
  return uri.startsWith(folder) ? uri.slice(folder.length) : uri;
}
