/** Features of the language server over texts with marks: `|` is the cursor, `«»` a range. */
import type { ClientCapabilities, Position, TextEdit } from 'vscode-languageserver';
import type { Range } from '../../runtime/analysis/json-node.ts';
import { readClientSupport } from '../../server/client-support.ts';
import { emptyFacts, type WorkspaceFacts } from '../../server/facts.ts';
import type { FeatureContext } from '../../server/feature.ts';
import { defaultSettings, type Settings } from '../../server/settings.ts';
import { type Snapshot, type SnapshotOptions, snapshotOfFile } from '../../server/snapshot.ts';

/** A document with a cursor. */
export interface AtCursor {
  readonly snapshot: Snapshot;
  readonly offset: number;
  /** What requests about a place carry. */
  readonly params: { readonly textDocument: { readonly uri: string }; readonly position: Position };
}

/** Where the documents of tests lie. */
export const testUri = 'file:///project/test.connector.json';

const plainOptions: SnapshotOptions = { encoding: 'utf-16', adapters: [], severities: {}, isMarked: false };

/** A snapshot of a text without marks. */
export function snapshotOf(text: string, options: Partial<SnapshotOptions> = {}, uri = testUri): Snapshot {
  return snapshotOfFile(uri, text, { ...plainOptions, ...options });
}

/** Takes the last `|` out of the text: the cursor. Texts without one are a mistake in the test. */
export function atCursor(marked: string, options: Partial<SnapshotOptions> = {}, uri = testUri): AtCursor {
  const offset = marked.lastIndexOf('|');
  if (offset < 0) throw new Error(`no | in ${marked}`);
  const snapshot = snapshotOf(marked.slice(0, offset) + marked.slice(offset + 1), options, uri);
  const position = snapshot.positions.positionAt(offset);
  return { snapshot, offset, params: { textDocument: { uri }, position } };
}

/** Takes `«»` out of the text: the ranges they stand around, in order. */
export function withRanges(marked: string): { readonly text: string; readonly ranges: readonly Range[] } {
  const ranges: Range[] = [];
  const open: number[] = [];
  let text = '';
  for (const char of marked) {
    if (char === '«') open.push(text.length);
    else if (char === '»') ranges.push({ start: open.pop() ?? 0, end: text.length });
    else text += char;
  }
  return { text, ranges: ranges.sort((a, b) => a.start - b.start || b.end - a.end) };
}

/** Puts `«»` around ranges: the reverse of `withRanges`. */
export function markRanges(text: string, ranges: readonly Range[]): string {
  const marks = ranges.flatMap(({ start, end }) => [
    { at: end, mark: '»' },
    { at: start, mark: '«' },
  ]);
  marks.sort((a, b) => b.at - a.at || (a.mark === '«' ? 1 : -1));
  return marks.reduce((result, { at, mark }) => result.slice(0, at) + mark + result.slice(at), text);
}

/** A client that can do everything we make use of. */
export const ableClient: ClientCapabilities = {
  textDocument: {
    completion: { completionItem: { snippetSupport: true, documentationFormat: ['markdown'] } },
    hover: { contentFormat: ['markdown'] },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: [] } } },
    documentSymbol: { hierarchicalDocumentSymbolSupport: true },
    definition: { linkSupport: true },
  },
  workspace: { workspaceEdit: { documentChanges: true } },
};

/** What a test sets of a feature's surroundings. */
export interface ContextParts {
  readonly facts?: Partial<WorkspaceFacts>;
  readonly settings?: Partial<Settings>;
  readonly client?: ClientCapabilities;
  /** Other connector files of the workspace. */
  readonly workspace?: readonly Snapshot[];
}

/** The surroundings of a feature; without facts unless the test gives some. */
export function contextOf(parts: ContextParts = {}): FeatureContext {
  return {
    facts: { ...emptyFacts(), ...parts.facts },
    settings: { ...defaultSettings, ...parts.settings },
    client: readClientSupport(parts.client ?? ableClient),
    workspace: () => parts.workspace ?? [],
    isCancelled: () => false,
  };
}

/** The text after edits; overlapping edits are an error, as in an editor. */
export function applyEdits(snapshot: Snapshot, edits: readonly TextEdit[]): string {
  const places = edits.map(({ range, newText }) => ({ ...snapshot.positions.offsetsOf(range), newText }));
  places.sort((a, b) => b.start - a.start);
  places.forEach(({ end }, index) => {
    const later = places[index - 1];
    if (later && end > later.start) throw new Error(`edits overlap at ${later.start}`);
  });
  return places.reduce(
    (text, { start, end, newText }) => text.slice(0, start) + newText + text.slice(end),
    snapshot.text,
  );
}

/** A snippet as if its tab stops were left as they are. */
export function withoutTabStops(snippet: string): string {
  return snippet
    .replace(/\$\{\d+:((?:\\.|[^}\\])*)\}/g, '$1')
    .replace(/\$\{\d+\|([^,|]*)[^}]*\}/g, '$1')
    .replace(/(?<!\\)\$(?:\d+|\{\d+\})/g, '')
    .replace(/\\([\\$}])/g, '$1');
}
