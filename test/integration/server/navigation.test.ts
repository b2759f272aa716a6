import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type {
  ApplyWorkspaceEditParams,
  CallHierarchyItem,
  CodeAction,
  CodeLens,
  Location,
  SemanticTokens,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { LSPErrorCodes } from 'vscode-languageserver';
import { testUri } from '../../support/cursor.ts';
import { LspPair } from '../../support/lsp-pair.ts';

const textDocument = { uri: testUri };
const text = `{ "connector": "2.0", "task": "t",
"models": { "primary": "claude",
  "a": "codex" },
"pipeline": { "phases": [{ "name": "x", "model": "a" }, { "needs": ["x"] }] } }`;
/** On the `x` of `needs`, on the alias `a` of the first phase. */
const onPhase = { line: 3, character: 69 };
const onAlias = { line: 3, character: 50 };

async function opened(options?: Parameters<typeof LspPair.start>[0]): Promise<LspPair> {
  const pair = await LspPair.start(options);
  await pair.open(text);
  return pair;
}

describe('navigation over the protocol', () => {
  it('jumps, finds references and renames', async () => {
    using pair = await opened();
    const at = { textDocument, position: onPhase };
    const [found] = await pair.request<Location[]>('textDocument/definition', at);
    assert.deepEqual(found?.range.start, { line: 3, character: 36 });
    const references = await pair.request<Location[]>('textDocument/references', {
      ...at,
      context: { includeDeclaration: true },
    });
    assert.equal(references.length, 2);
    const edit = await pair.request<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'y' });
    assert.equal(edit.changes?.[testUri]?.length, 2);
  });

  it('says in an error why a name must stay, and nothing where there is none', async () => {
    using pair = await opened();
    const prepare = (position: object) =>
      pair.request('textDocument/prepareRename', { textDocument, position });
    await assert.rejects(prepare({ line: 1, character: 15 }), {
      code: LSPErrorCodes.RequestFailed,
      message: /"primary" has a meaning of its own/,
    });
    assert.equal(await prepare({ line: 0, character: 5 }), null);
  });

  it('resolves the lens of an alias with its places', async () => {
    using pair = await opened();
    const lenses = await pair.request<CodeLens[]>('textDocument/codeLens', { textDocument });
    const open = lenses.filter(({ command }) => command === undefined);
    const resolved = await Promise.all(open.map(lens => pair.request<CodeLens>('codeLens/resolve', lens)));
    assert.deepEqual(
      resolved.map(({ command }) => command?.title),
      ['0 references · default of 1 worker', '1 reference'],
    );
  });

  it('colours a document and a part of it', async () => {
    using pair = await opened();
    const full = await pair.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument });
    const range = { start: { line: 3, character: 0 }, end: { line: 4, character: 0 } };
    const part = await pair.request<SemanticTokens>('textDocument/semanticTokens/range', {
      textDocument,
      range,
    });
    assert.deepEqual([full.data.length / 5, part.data.length / 5], [7, 3]);
  });

  it('walks the call hierarchy with items that went over the wire', async () => {
    using pair = await opened();
    const caller = 'file:///project/caller.connector.json';
    const name = testUri.slice(testUri.lastIndexOf('/') + 1);
    await pair.open(`{ "pipeline": { "phases": [{ "connector": "${name}" }] } }`, caller);
    const [item] = await pair.request<CallHierarchyItem[]>('textDocument/prepareCallHierarchy', {
      textDocument,
      position: { line: 0, character: 0 },
    });
    const calls = await pair.request<{ from: CallHierarchyItem }[]>('callHierarchy/incomingCalls', { item });
    assert.deepEqual(
      calls.map(({ from }) => from.uri),
      [caller],
    );
  });

  it('offers refactorings beside quick fixes', async () => {
    using pair = await opened();
    const actions = await pair.request<CodeAction[]>('textDocument/codeAction', {
      textDocument,
      range: { start: onAlias, end: onAlias },
      context: { diagnostics: [], only: ['refactor'] },
    });
    assert.deepEqual(
      actions.map(({ title }) => title),
      ['Inline the alias "a" (1 place)'],
    );
  });

  it('has the edits of a command applied by the client', async () => {
    using pair = await LspPair.start();
    await pair.open('{ "name": "n", "connector": "2.0" }');
    const applied = new Promise<ApplyWorkspaceEditParams>(resolve => {
      pair.client.onRequest('workspace/applyEdit', (params: ApplyWorkspaceEditParams) => {
        resolve(params);
        return { applied: true };
      });
    });
    await pair.request('workspace/executeCommand', {
      command: 'niia.orderKeys',
      arguments: [{ uri: testUri }],
    });
    const { edit } = await applied;
    assert.equal(edit.changes?.[testUri]?.[0]?.newText, '{ "connector": "2.0", "name": "n" }');
  });

  it('keeps paths right when the editor renames a file', async () => {
    using pair = await LspPair.start();
    const uri = 'file:///project/b.connector.json';
    await pair.open('{ "connector": "2.0", "agent": { "flow": "F.md" } }', uri);
    const edit = await pair.request<WorkspaceEdit>('workspace/willRenameFiles', {
      files: [{ oldUri: 'file:///project/F.md', newUri: 'file:///project/docs/F.md' }],
    });
    assert.deepEqual(
      edit.changes?.[uri]?.map(({ newText }) => newText),
      ['"docs/F.md"'],
    );
  });

  it('leaves to VS Code what its JSON support does', async () => {
    using other = await LspPair.start();
    using code = await LspPair.start({ initializationOptions: { schemaFeatures: false } });
    const both = [other, code].map(({ initialized: { capabilities } }) => [
      capabilities.documentSymbolProvider ?? false,
      capabilities.foldingRangeProvider ?? false,
      capabilities.selectionRangeProvider ?? false,
      capabilities.documentFormattingProvider ?? false,
      capabilities.definitionProvider ?? false,
    ]);
    assert.deepEqual(both, [
      [true, true, true, true, true],
      [false, false, false, false, true],
    ]);
  });
});
