/** Moving around in connector files and seeing more of them: the group of features that find and show names. */
import {
  type Connection,
  LSPErrorCodes,
  ResponseError,
  type ServerCapabilities,
} from 'vscode-languageserver';
import { ok, type Result } from '../runtime/result.ts';
import type { FeatureGroup, Handlers } from './feature.ts';
import { incomingCalls, outgoingCalls, prepareCallHierarchy } from './features/call-hierarchy.ts';
import { codeLenses, resolveCodeLens } from './features/code-lens.ts';
import { definition } from './features/definition.ts';
import { documentLinks } from './features/document-links.ts';
import { foldingRanges } from './features/folding.ts';
import { formatting } from './features/formatting.ts';
import { highlights } from './features/highlights.ts';
import { inlayHints } from './features/inlay-hints.ts';
import { keyOrder, keyOrderCommand } from './features/key-order.ts';
import { linkedEditing } from './features/linked-editing.ts';
import { references } from './features/references.ts';
import { prepareRename, rename } from './features/rename.ts';
import { willRenameFiles } from './features/rename-files.ts';
import { selectionRanges } from './features/selection-ranges.ts';
import { semanticTokens, semanticTokensLegend } from './features/semantic-tokens.ts';
import { symbols } from './features/symbols.ts';
import { workspaceSymbols } from './features/workspace-symbols.ts';

/** Definition, references, rename, symbols and the like. */
export const navigationFeatures: FeatureGroup = {
  capabilities: (_client, settings) => ({
    ...ours,
    ...(settings.schemaFeatures ? insteadOfJsonSupport : {}),
  }),
  register(connection, handlers) {
    registerNames(connection, handlers);
    registerRename(connection, handlers);
    registerViews(connection, handlers);
    registerHierarchy(connection, handlers);
    registerLayout(connection, handlers);
  },
};

/** Paths of files that a connector file can name, and folders that hold them. */
const renamedFiles = [{ pattern: { glob: '**/*' } }];

const ours: ServerCapabilities = {
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  linkedEditingRangeProvider: true,
  workspaceSymbolProvider: true,
  codeLensProvider: { resolveProvider: true },
  inlayHintProvider: true,
  semanticTokensProvider: { legend: semanticTokensLegend, full: true, range: true },
  callHierarchyProvider: true,
  documentLinkProvider: {},
  executeCommandProvider: { commands: [keyOrderCommand] },
  workspace: {
    workspaceFolders: { supported: true, changeNotifications: true },
    fileOperations: { willRename: { filters: renamedFiles } },
  },
};

/** What VS Code's JSON support does for every JSON file, and other editors have from nobody else. */
const insteadOfJsonSupport: ServerCapabilities = {
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  selectionRangeProvider: true,
  documentFormattingProvider: true,
  documentRangeFormattingProvider: true,
};

/** People wait for an answer to these: what has to be looked up may take a moment. */
const patient = { waitMs: 1000 };

function registerNames(connection: Connection, handlers: Handlers): void {
  connection.onDefinition(handlers.document('definition', definition, [], patient));
  connection.onReferences(handlers.document('references', references, [], patient));
  connection.onDocumentHighlight(handlers.document('highlights', highlights, []));
  connection.languages.onLinkedEditingRange(handlers.document('linked editing', linkedEditing, null));
}

function registerRename(connection: Connection, handlers: Handlers): void {
  const nothing = ok(null);
  const prepare = handlers.document('prepare rename', prepareRename, nothing, patient);
  connection.onPrepareRename(async (params, token) => valueOrError(await prepare(params, token)));
  const change = handlers.document('rename', rename, nothing, patient);
  connection.onRenameRequest(async (params, token) => valueOrError(await change(params, token)));
  connection.workspace.onWillRenameFiles(handlers.workspace('rename files', willRenameFiles, null, patient));
}

function registerViews(connection: Connection, handlers: Handlers): void {
  connection.onWorkspaceSymbol(handlers.workspace('workspace symbols', workspaceSymbols, [], patient));
  connection.onCodeLens(handlers.document('code lens', codeLenses, []));
  connection.onCodeLensResolve((lens, token) =>
    // A lens that cannot be resolved goes back as it came.
    handlers.workspace('resolve code lens', resolveCodeLens, lens)(lens, token),
  );
  connection.languages.inlayHint.on(handlers.document('inlay hints', inlayHints, []));
  const tokens = handlers.document('semantic tokens', semanticTokens, { data: [] });
  connection.languages.semanticTokens.on(tokens);
  connection.languages.semanticTokens.onRange(tokens);
  connection.onDocumentLinks(handlers.document('document links', documentLinks, []));
  connection.onDocumentSymbol(handlers.document('symbols', symbols, []));
}

function registerHierarchy(connection: Connection, handlers: Handlers): void {
  const { callHierarchy } = connection.languages;
  callHierarchy.onPrepare(handlers.document('call hierarchy', prepareCallHierarchy, null, patient));
  callHierarchy.onOutgoingCalls(handlers.workspace('outgoing calls', outgoingCalls, [], patient));
  callHierarchy.onIncomingCalls(handlers.workspace('incoming calls', incomingCalls, [], patient));
}

function registerLayout(connection: Connection, handlers: Handlers): void {
  connection.onFoldingRanges(handlers.document('folding', foldingRanges, []));
  connection.onSelectionRanges(handlers.document('selection ranges', selectionRanges, []));
  const format = handlers.document('formatting', formatting, []);
  connection.onDocumentFormatting(format);
  connection.onDocumentRangeFormatting(format);
  const order = handlers.workspace('key order', keyOrder, undefined);
  connection.onExecuteCommand(async ({ command, arguments: [argument] = [] }, token) => {
    if (command !== keyOrderCommand) return;
    const edit = await order(argument, token);
    if (edit) await connection.workspace.applyEdit(edit);
  });
}

/** Failures that people should read go out as errors of the protocol: editors show their text. */
function valueOrError<T>(result: Result<T, string>): T | ResponseError<void> {
  return result.ok ? result.value : new ResponseError(LSPErrorCodes.RequestFailed, result.failure);
}
