import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type CompletionItem,
  type CompletionList,
  type Diagnostic,
  DiagnosticSeverity,
  type Hover,
  type Location,
  type LocationLink,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { fullCapabilities, LspProcess, pulling } from '../../support/lsp-process.ts';
import { nodePrograms } from '../../support/node-versions.ts';
import { eventually } from '../../support/wait.ts';
import { edited, marked, serverArgv, uri, withPhase } from './built-server.ts';

for (const { path, version } of nodePrograms()) {
  describe(`the built language server on Node ${version}`, () => {
    test('says who it is and syncs incrementally', async () => {
      await using server = new LspProcess(serverArgv(path));
      const { serverInfo, capabilities } = await server.initialize();
      assert.equal(serverInfo?.name, 'connector-language-server');
      assert.match(serverInfo?.version ?? '', /^\d+\.\d+\.\d+$/);
      assert.deepEqual(capabilities.textDocumentSync, { openClose: true, change: 2 });
    });

    test('completes an alias, and the document is valid after that', async () => {
      await using server = new LspProcess(serverArgv(path));
      await server.initialize();
      const { text, at } = marked(withPhase('{ "prompt": "Go", "model": "sm|" }'));
      await server.open(uri, text);
      const found = itemsOf(await server.request('textDocument/completion', at));
      const item = found.find(({ label }) => label === 'smart');
      assert.ok(item?.textEdit && 'range' in item.textEdit, JSON.stringify(found.slice(0, 3)));
      const after = edited(text, [item.textEdit]);
      assert.equal(after, withPhase('{ "prompt": "Go", "model": "smart" }'));
    });

    test('ends with 0 after shutdown and exit', async () => {
      await using server = new LspProcess(serverArgv(path));
      await server.initialize();
      assert.equal(await server.shutDown(), 0);
    });
  });
}

describe('the built language server over stdio', () => {
  test('ends when its client is gone', async () => {
    await using server = new LspProcess(serverArgv());
    await server.initialize();
    server.hangUp();
    await server.ended();
  });

  test('jumps from a use of an alias to its definition', async () => {
    await using server = new LspProcess(serverArgv());
    await server.initialize();
    const { text, at } = marked(withPhase('{ "prompt": "Go", "model": "sma|rt" }'));
    await server.open(uri, text);
    const target = await server.request<Location | readonly (Location | LocationLink)[]>(
      'textDocument/definition',
      at,
    );
    assert.deepEqual(
      [target].flat().map(each => ('targetUri' in each ? each.targetSelectionRange : each.range).start.line),
      [2],
    );
  });

  test('explains a model on hover', async () => {
    await using server = new LspProcess(serverArgv());
    await server.initialize();
    const { text, at } = marked(withPhase('{ "prompt": "Go", "model": "fa|st" }'));
    await server.open(uri, text);
    const hover = await server.request<Hover | null>('textDocument/hover', at);
    assert.match(JSON.stringify(hover?.contents), /haiku/);
  });

  test('renames an alias everywhere', async () => {
    await using server = new LspProcess(serverArgv());
    await server.initialize();
    const { text, at } = marked(withPhase('{ "prompt": "Go", "model": "sm|art" }'));
    await server.open(uri, text);
    const edit = await server.request<WorkspaceEdit>('textDocument/rename', { ...at, newName: 'clever' });
    const edits = (edit.documentChanges ?? []).flatMap(change => ('edits' in change ? change.edits : []));
    const after = edited(
      text,
      edits.filter(each => 'newText' in each),
    );
    assert.equal(after, text.replaceAll('"smart"', '"clever"'));
  });

  test('sends diagnostics to a client that does not ask, and again after a change', async () => {
    await using server = new LspProcess(serverArgv());
    await server.initialize();
    const text = withPhase('{ "prompt": "Go", "model": "smort" }');
    await server.open(uri, text);
    assert.deepEqual(codes(await server.diagnosticsOf(uri)), ['unknown-alias']);
    const start = marked(text.replace('smort', '|smort')).position;
    const end = { line: start.line, character: start.character + 'smort'.length };
    await server.change(uri, [{ range: { start, end }, text: 'smart' }]);
    assert.deepEqual(codes(await server.diagnosticsOf(uri)), []);
  });

  test('sends nothing to a client that asks for diagnostics', async () => {
    await using server = new LspProcess(serverArgv());
    await server.initialize({ capabilities: pulling() });
    await server.open(uri, withPhase('{ "prompt": "Go", "model": "smort" }'));
    const report = await server.request<{ readonly items: readonly Diagnostic[] }>(
      'textDocument/diagnostic',
      { textDocument: { uri } },
    );
    assert.deepEqual(codes(report.items), ['unknown-alias']);
    // Goodbye is answered last: whatever was to be sent has been sent by then.
    await server.shutDown();
    assert.equal(server.publishedCount, 0);
  });

  test('honours the severities of the configuration, and has the client ask again once it is known', async () => {
    await using server = new LspProcess(serverArgv());
    const rules = { 'unknown-alias': 'hint' };
    const base = pulling();
    const workspace = { ...base.workspace, diagnostics: { refreshSupport: true } };
    const capabilities = { ...base, workspace };
    await server.initialize({ capabilities, configuration: { rules } });
    await eventually(() => server.asked.includes('workspace/diagnostic/refresh'), {
      what: 'the request to ask again',
      seen: () => server.asked,
    });
    await server.open(uri, withPhase('{ "prompt": "Go", "model": "smort" }'));
    const report = await server.request<{ readonly items: readonly Diagnostic[] }>(
      'textDocument/diagnostic',
      { textDocument: { uri } },
    );
    const found = report.items.find(({ code }) => code === 'unknown-alias');
    assert.equal(found?.severity, DiagnosticSeverity.Hint);
  });

  test('says nothing about other JSON files', async () => {
    await using server = new LspProcess(serverArgv());
    const { capabilities } = await server.initialize({ capabilities: pulling() });
    const other = 'file:///niia-no-such-folder/package.json';
    await server.open(other, '{ "name": "x", "models": { "a": "b" }, "model": "a" }');
    const textDocument = { uri: other };
    const report = await server.request<{ readonly items: readonly unknown[] }>('textDocument/diagnostic', {
      textDocument,
    });
    assert.deepEqual(report.items, []);
    const position = { line: 0, character: 40 };
    assert.deepEqual(
      itemsOf(await server.request('textDocument/completion', { textDocument, position })),
      [],
    );
    assert.equal(await server.request('textDocument/hover', { textDocument, position }), null);
    assert.ok(capabilities.hoverProvider);
  });

  test('counts in UTF-8 with a client that wants to', async () => {
    await using server = new LspProcess(serverArgv());
    const general = { positionEncodings: ['utf-8', 'utf-16'] };
    const capabilities = pulling({ ...fullCapabilities, general });
    const initialized = await server.initialize({ capabilities });
    assert.equal(initialized.capabilities.positionEncoding, 'utf-8');
    // Before the alias stand 4 + 2 bytes for 😀ü, which are 2 + 1 units of UTF-16.
    await server.open(uri, '{ "connector": "2.0", "name": "😀ü", "models": { "m": "opus" } }');
    const bytesTo = (text: string) => Buffer.byteLength(text);
    const start = { line: 0, character: bytesTo('{ "connector": "2.0", "name": "😀ü", "models": { "m": "') };
    const end = { line: 0, character: start.character + bytesTo('opus') };
    await server.change(uri, [{ range: { start, end }, text: 'opsu' }]);
    const report = await server.request<{ readonly items: readonly Diagnostic[] }>(
      'textDocument/diagnostic',
      { textDocument: { uri } },
    );
    const found = report.items.find(({ code }) => code === 'unknown-alias');
    const quoted = {
      start: { line: 0, character: start.character - 1 },
      end: { line: 0, character: end.character + 1 },
    };
    assert.ok(
      JSON.stringify(found?.range) === JSON.stringify({ start, end }) ||
        JSON.stringify(found?.range) === JSON.stringify(quoted),
      JSON.stringify({ found, start, end }),
    );
  });
});

function itemsOf(result: CompletionList | readonly CompletionItem[] | null): readonly CompletionItem[] {
  if (result === null) return [];
  return 'items' in result ? result.items : result;
}

/** Codes of errors and warnings: what is less depends on the machine too. */
function codes(diagnostics: readonly Diagnostic[]): readonly unknown[] {
  return diagnostics
    .filter(({ severity }) => (severity ?? 1) <= DiagnosticSeverity.Warning)
    .map(({ code }) => code);
}
