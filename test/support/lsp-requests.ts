/** One request of every kind that a client sends about a document: for tests that ask for everything. */
import type { Position, Range, ServerCapabilities } from 'vscode-languageserver';

/** Where in a document to ask. */
export interface RequestPlace {
  readonly uri: string;
  readonly position: Position;
  readonly range: Range;
}

/** A request by its method. */
export interface AnyRequest {
  readonly method: string;
  /** What a server says in its capabilities if it answers. */
  readonly capability: keyof ServerCapabilities;
  readonly params: Readonly<Record<string, unknown>>;
}

/** All requests about a place that a server offers to answer, except diagnostics. None needs the answer to another. */
export function everyRequest(offered: ServerCapabilities, place: RequestPlace): readonly AnyRequest[] {
  return allRequests(place).filter(({ capability }) => Boolean(offered[capability]));
}

function allRequests({ uri, position, range }: RequestPlace): readonly AnyRequest[] {
  const textDocument = { uri };
  const options = { tabSize: 2, insertSpaces: true };
  const context = { diagnostics: [], triggerKind: 2 };
  const at = { textDocument, position };
  const about = (
    capability: keyof ServerCapabilities,
    method: string,
    params: AnyRequest['params'],
  ): AnyRequest => ({ capability, method: `textDocument/${method}`, params });
  return [
    about('completionProvider', 'completion', { ...at, context: { triggerKind: 1 } }),
    about('hoverProvider', 'hover', at),
    about('codeActionProvider', 'codeAction', { textDocument, range, context }),
    about('definitionProvider', 'definition', at),
    about('referencesProvider', 'references', { ...at, context: { includeDeclaration: true } }),
    about('documentHighlightProvider', 'documentHighlight', at),
    about('renameProvider', 'prepareRename', at),
    about('renameProvider', 'rename', { ...at, newName: 'renamed' }),
    about('linkedEditingRangeProvider', 'linkedEditingRange', at),
    about('documentSymbolProvider', 'documentSymbol', { textDocument }),
    about('codeLensProvider', 'codeLens', { textDocument }),
    about('inlayHintProvider', 'inlayHint', { textDocument, range }),
    about('semanticTokensProvider', 'semanticTokens/full', { textDocument }),
    about('callHierarchyProvider', 'prepareCallHierarchy', at),
    about('documentLinkProvider', 'documentLink', { textDocument }),
    about('foldingRangeProvider', 'foldingRange', { textDocument }),
    about('selectionRangeProvider', 'selectionRange', { textDocument, positions: [position] }),
    about('colorProvider', 'documentColor', { textDocument }),
    about('documentFormattingProvider', 'formatting', { textDocument, options }),
    about('documentRangeFormattingProvider', 'rangeFormatting', { textDocument, range, options }),
    { capability: 'workspaceSymbolProvider', method: 'workspace/symbol', params: { query: '' } },
  ];
}
