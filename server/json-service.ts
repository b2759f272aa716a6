/** The plain JSON side of connector files: VS Code's own JSON library over our schema. Loaded only where it is served. */
import { getLanguageService, type JSONDocument, type LanguageService } from 'vscode-json-languageservice';
import { type Position, TextDocument } from 'vscode-languageserver-textdocument';
import type { JsonNode, Range } from '../runtime/analysis/json-node.ts';
import schema from '../schemas/connector.editor.schema.json' with { type: 'json' };
import type { Snapshot } from './snapshot.ts';

/** The library, set up for connector files. */
export const jsonService: LanguageService = createJsonService(JSON.parse(JSON.stringify(schema, closed)));

/** What is left of a document after that much has been cut away is no file that somebody writes. */
const maxFocused = 100_000;

/** Texts beside the place are left out from this length on; shorter ones may decide what stands beside them. */
const longText = 200;

/**
 * The document around an offset, as the library reads it: what stands beside the way from the root to the offset is left
 * empty, and of lists there is only the item at the offset, with one for all before and one for all behind. What the
 * library says about a place does not depend on more, and it reads and matches its whole document for every request.
 * Undefined where there is too much left for it: it recurses over long objects, too.
 */
export function documentAround(snapshot: Snapshot, offset: number): FocusedDocument | undefined {
  const { uri, languageId, version, text } = snapshot;
  const cuts = cutsBeside(snapshot.analysis.document.root, offset);
  let focused = '';
  let end = 0;
  let place = offset;
  for (const { range, filler } of cuts) {
    focused += text.slice(end, range.start) + filler;
    end = range.end;
    if (end <= offset) place -= shorterBy(range, filler);
  }
  focused += text.slice(end);
  if (focused.length > maxFocused) return undefined;
  const document = TextDocument.create(uri, languageId, version, focused);
  const tree = jsonService.parseJSONDocument(document);
  const wholeOffset = (position: Position) => wholeOffsetOf(document.offsetAt(position), cuts);
  return { document, tree, position: document.positionAt(place), wholeOffset };
}

/** A document, what the library has read in it, and the place asked about. */
export interface FocusedDocument {
  readonly document: TextDocument;
  readonly tree: JSONDocument;
  /** The offset, in this document. */
  readonly position: Position;
  /** The offset in the real document of a place in this one. */
  wholeOffset(position: Position): number;
}

function wholeOffsetOf(offset: number, cuts: readonly Cut[]): number {
  let whole = offset;
  for (const { range, filler } of cuts) {
    if (whole <= range.start) break;
    whole += shorterBy(range, filler);
  }
  return whole;
}

function shorterBy({ start, end }: Range, filler: string): number {
  return end - start - filler.length;
}

/** What is not read, and what stands for it. */
interface Cut {
  readonly range: Range;
  readonly filler: '{}' | '[]' | '""';
}

/** All that does not hold the offset, in the objects and lists around it; in file order. */
function cutsBeside(root: JsonNode | undefined, offset: number): readonly Cut[] {
  const cuts: Cut[] = [];
  for (let node = root; node?.kind === 'object' || node?.kind === 'array'; ) {
    const { entries } = node;
    const index = entries.findIndex(entry => holds(entry, offset));
    if (node.kind === 'object')
      cuts.push(...entries.flatMap((entry, at) => (at === index ? [] : emptied(entry))));
    else {
      const place = index < 0 ? firstAfter(entries, offset) : index;
      cuts.push(...runOf(entries.slice(0, place)), ...runOf(entries.slice(index < 0 ? place : place + 1)));
    }
    node = entries[index];
  }
  return cuts.sort((a, b) => a.range.start - b.range.start);
}

function firstAfter(entries: readonly JsonNode[], offset: number): number {
  const after = entries.findIndex(({ range }) => range.start > offset);
  return after < 0 ? entries.length : after;
}

/** From the first to the last item. */
function runOf(items: readonly JsonNode[]): readonly Cut[] {
  const [first, last] = [items[0], items.at(-1)];
  return first && last ? [{ range: { start: first.range.start, end: last.range.end }, filler: '{}' }] : [];
}

/** An object, a list or a long text without what is in it; which of them it is can decide what stands beside it. */
function emptied({ kind, range }: JsonNode): readonly Cut[] {
  if (kind === 'object') return [{ range, filler: '{}' }];
  if (kind === 'array') return [{ range, filler: '[]' }];
  return kind === 'string' && range.end - range.start > longText ? [{ range, filler: '""' }] : [];
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
