/** The plain JSON side of connector files: VS Code's own JSON library over our schema. Loaded only where it is served. */
import { getLanguageService, type JSONDocument, type LanguageService } from 'vscode-json-languageservice';
import { type Position, TextDocument } from 'vscode-languageserver-textdocument';
import type { JsonNode, Range } from '../runtime/analysis/json-node.ts';
import schema from '../schemas/connector.editor.schema.json' with { type: 'json' };
import type { Snapshot } from './snapshot.ts';

/** The library, set up for connector files. */
export const jsonService: LanguageService = createJsonService(JSON.parse(JSON.stringify(schema, closed)));

/**
 * The document around an offset, as the library reads it: of long lists only the item at the offset, all that are beside
 * it as one `{}`. What the library says about a place does not depend on them, and it reads and matches its whole
 * document for every request.
 */
export function documentAround(snapshot: Snapshot, offset: number): FocusedDocument {
  const { uri, languageId, version, text } = snapshot;
  const cuts = cutsBeside(snapshot.analysis.document.root, offset);
  let focused = '';
  let end = 0;
  for (const cut of cuts) {
    focused += `${text.slice(end, cut.start)}${filler}`;
    end = cut.end;
  }
  const document =
    cuts.length === 0
      ? snapshot.document
      : TextDocument.create(uri, languageId, version, focused + text.slice(end));
  const before = cuts.filter(cut => cut.end <= offset);
  const shorter = before.reduce((sum, cut) => sum + cut.end - cut.start - filler.length, 0);
  const tree = cuts.length === 0 ? snapshot.once(wholeTree) : jsonService.parseJSONDocument(document);
  return { document, tree, position: document.positionAt(offset - shorter), shorter };
}

/** A document that is read as it is; for `snapshot.once`. */
function wholeTree({ document }: Snapshot): JSONDocument {
  return jsonService.parseJSONDocument(document);
}

/** What stands for the items beside. */
const filler = '{}';

/** A document, what the library has read in it, and the place asked about. */
export interface FocusedDocument {
  readonly document: TextDocument;
  readonly tree: JSONDocument;
  /** The offset, in this document. */
  readonly position: Position;
  /** By how much offsets around the place are smaller here than in the real document. */
  readonly shorter: number;
}

/** Shorter lists cost nothing. */
const longList = 8;

/** Runs of items that do not hold the offset, in the long lists around it; in file order. */
function cutsBeside(root: JsonNode | undefined, offset: number): readonly Range[] {
  const cuts: Range[] = [];
  for (let node = root; node?.kind === 'object' || node?.kind === 'array'; ) {
    const { entries } = node;
    const index = entries.findIndex(entry => holds(entry, offset));
    if (node.kind === 'array' && entries.length > longList) {
      const place = index < 0 ? firstAfter(entries, offset) : index;
      cuts.push(...runOf(entries.slice(0, place)), ...runOf(entries.slice(index < 0 ? place : place + 1)));
    }
    node = entries[index];
  }
  return cuts.sort((a, b) => a.start - b.start);
}

function firstAfter(entries: readonly JsonNode[], offset: number): number {
  const after = entries.findIndex(({ range }) => range.start > offset);
  return after < 0 ? entries.length : after;
}

/** From the first to the last item. */
function runOf(items: readonly JsonNode[]): readonly Range[] {
  const [first, last] = [items[0], items.at(-1)];
  return first && last ? [{ start: first.range.start, end: last.range.end }] : [];
}

function holds({ keyRange, range }: JsonNode, offset: number): boolean {
  return (keyRange ?? range).start <= offset && offset <= range.end;
}

/**
 * The schema leaves texts open that our server completes, for editors whose own JSON support then asks for suggestions.
 * Here both answer as one: a key comes with its quotes, so that the document stays valid.
 */
function closed(key: string, value: unknown): unknown {
  const isOpen = key === 'defaultSnippets' && JSON.stringify(value) === '[{}]';
  return isOpen ? [{ label: '""', body: '$1' }] : value;
}

/** The library with a schema for every file. Its diagnostics are asked for only where another reader gives them too. */
export function createJsonService(schemaOfAll: unknown): LanguageService {
  const text = JSON.stringify(schemaOfAll);
  const service = getLanguageService({
    // Whatever a file's `$schema` says, a connector file has this one; nothing is fetched.
    schemaRequestService: () => Promise.resolve(text),
    clientCapabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } },
    },
  });
  service.configure({
    allowComments: true,
    schemas: [{ uri: 'connector:schema', fileMatch: ['*'] }],
  });
  return service;
}
