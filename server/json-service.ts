/** The plain JSON side of connector files: VS Code's own JSON library over our schema. Loaded only where it is served. */
import { getLanguageService, type JSONDocument, type LanguageService } from 'vscode-json-languageservice';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { JsonNode } from '../runtime/analysis/json-node.ts';
import schema from '../schemas/connector.editor.schema.json' with { type: 'json' };
import type { Snapshot } from './snapshot.ts';

/** The library, set up for connector files. */
export const jsonService: LanguageService = createService();

/**
 * The document around an offset, as the library reads it: of long lists only the item at the offset, the others as `{}`.
 * All offsets and lines stay. What the library says about one place does not depend on the items beside it, and it reads
 * and matches the whole document for every request.
 */
export function documentAround(snapshot: Snapshot, offset: number): FocusedDocument {
  const { uri, languageId, version, text } = snapshot;
  const others = itemsBeside(snapshot.analysis.document.root, offset);
  if (others.length === 0) return withTree(snapshot.document);
  let focused = '';
  let end = 0;
  for (const { range } of others) {
    const item = text.slice(range.start, range.end);
    focused += `${text.slice(end, range.start)}{}${item.slice(2).replace(/[^\r\n]/g, ' ')}`;
    end = range.end;
  }
  return withTree(TextDocument.create(uri, languageId, version, focused + text.slice(end)));
}

/** A document and what the library has read in it. */
export interface FocusedDocument {
  readonly document: TextDocument;
  readonly tree: JSONDocument;
}

function withTree(document: TextDocument): FocusedDocument {
  return { document, tree: jsonService.parseJSONDocument(document) };
}

/** Shorter lists cost nothing. */
const longList = 8;

/** Objects in long lists around the offset that do not hold it, in file order. */
function itemsBeside(root: JsonNode | undefined, offset: number): readonly JsonNode[] {
  const beside: JsonNode[] = [];
  for (let node = root; node?.kind === 'object' || node?.kind === 'array'; ) {
    const holder: JsonNode | undefined = node.entries.find(entry => holds(entry, offset));
    if (node.kind === 'array' && node.entries.length > longList) {
      beside.push(...node.entries.filter(entry => entry !== holder && entry.kind === 'object'));
    }
    node = holder;
  }
  return beside.sort((a, b) => a.range.start - b.range.start);
}

function holds({ keyRange, range }: JsonNode, offset: number): boolean {
  return (keyRange ?? range).start <= offset && offset <= range.end;
}

function createService(): LanguageService {
  const text = JSON.stringify(schema);
  const service = getLanguageService({
    // Whatever a file's `$schema` says, a connector file has this one; nothing is fetched.
    schemaRequestService: () => Promise.resolve(text),
    clientCapabilities: {
      textDocument: { completion: { completionItem: { documentationFormat: ['markdown'] } } },
    },
  });
  // Types and values are judged by our own rules: the library only completes and describes.
  service.configure({
    validate: false,
    allowComments: true,
    schemas: [{ uri: 'connector:schema', fileMatch: ['*'] }],
  });
  return service;
}
