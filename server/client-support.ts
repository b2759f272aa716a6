/** What the client can do, as far as answers depend on it. */
import type { ClientCapabilities } from 'vscode-languageserver';
import { MarkupKind } from 'vscode-languageserver';
import { chooseEncoding, type PositionEncoding } from './positions.ts';

/** Capabilities of the client in the words of our features. */
export interface ClientSupport {
  readonly encoding: PositionEncoding;
  /** Completions may hold `$1` tab stops. */
  readonly snippets: boolean;
  /** Markdown in hovers and completion documentation; else plain text. */
  readonly markdown: boolean;
  /** The client asks for diagnostics; else they are sent. Never both. */
  readonly pullsDiagnostics: boolean;
  /** What diagnostics may carry besides their message. */
  readonly diagnosticParts: { readonly related: boolean; readonly tags: boolean; readonly link: boolean };
  readonly codeActionLiterals: boolean;
  /** Symbols with children; else a flat list. */
  readonly hierarchicalSymbols: boolean;
  /** `LocationLink`s, which carry the range of the whole target. */
  readonly definitionLinks: boolean;
  /** `documentChanges` (with versions) in workspace edits. */
  readonly versionedEdits: boolean;
  /** Renamed files in workspace edits. */
  readonly renamesFiles: boolean;
  /** Can be asked for its configuration. */
  readonly configuration: boolean;
  /** Says when its configuration has changed, once that is registered. */
  readonly configurationChanges: boolean;
  readonly watchedFiles: boolean;
  readonly workspaceFolders: boolean;
  /** What can be refreshed after the facts about the workspace have changed. */
  readonly refresh: {
    readonly diagnostics: boolean;
    readonly inlayHints: boolean;
    readonly codeLens: boolean;
    readonly semanticTokens: boolean;
  };
}

/** Reads the client's capabilities; what it does not say it cannot do. */
export function readClientSupport({ textDocument, workspace, general }: ClientCapabilities): ClientSupport {
  const item = textDocument?.completion?.completionItem;
  const formats = [...(textDocument?.hover?.contentFormat ?? []), ...(item?.documentationFormat ?? [])];
  return {
    encoding: chooseEncoding(general?.positionEncodings),
    snippets: item?.snippetSupport ?? false,
    markdown: formats.includes(MarkupKind.Markdown),
    pullsDiagnostics: textDocument?.diagnostic !== undefined,
    diagnosticParts: readDiagnosticParts(textDocument),
    codeActionLiterals: textDocument?.codeAction?.codeActionLiteralSupport !== undefined,
    hierarchicalSymbols: textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport ?? false,
    definitionLinks: textDocument?.definition?.linkSupport ?? false,
    versionedEdits: workspace?.workspaceEdit?.documentChanges ?? false,
    renamesFiles:
      (workspace?.workspaceEdit?.documentChanges &&
        workspace.workspaceEdit.resourceOperations?.includes('rename')) ??
      false,
    configuration: workspace?.configuration ?? false,
    configurationChanges: workspace?.didChangeConfiguration?.dynamicRegistration ?? false,
    watchedFiles: workspace?.didChangeWatchedFiles?.dynamicRegistration ?? false,
    workspaceFolders: workspace?.workspaceFolders ?? false,
    refresh: {
      diagnostics: workspace?.diagnostics?.refreshSupport ?? false,
      inlayHints: workspace?.inlayHint?.refreshSupport ?? false,
      codeLens: workspace?.codeLens?.refreshSupport ?? false,
      semanticTokens: workspace?.semanticTokens?.refreshSupport ?? false,
    },
  };
}

/** A client says these for pushed or for pulled diagnostics, or for both. */
function readDiagnosticParts(
  textDocument: ClientCapabilities['textDocument'],
): ClientSupport['diagnosticParts'] {
  const both = [textDocument?.publishDiagnostics, textDocument?.diagnostic];
  return {
    related: both.some(one => one?.relatedInformation),
    tags: both.some(one => one?.tagSupport),
    link: both.some(one => one?.codeDescriptionSupport),
  };
}
