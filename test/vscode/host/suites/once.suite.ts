import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, newFile } from '../support/window.ts';

const text = `{
  "connector": "2.1",
  "name": "once",
  "task": "Say it once.",
  "models": { "primary": "shell", "writer": "shell" },
  "pipeline": { "phases": [{ "name": "only", "model": "writr", "workers": [{ "name": "a", "prompt": "true" }] }] }
}
`;

describe('what VS Code’s own JSON support and ours both know', () => {
  it('is a problem once', async () => {
    const { document } = await newFile('once.connector.json', text);
    const found = await eventually(
      'a problem',
      () => vscode.languages.getDiagnostics(document.uri),
      diagnostics => diagnostics.some(({ message }) => message.includes('writr')),
    );
    const messages = found.map(({ message }) => message);
    assert.deepEqual([...new Set(messages)], messages);
    assert.equal(messages.filter(message => message.includes('"writr"')).length, 1, messages.join('\n'));
  });

  it('is offered once, where a key and where a name is typed', async () => {
    const { document, positionOf } = await newFile('once.connector.json', text);
    for (const position of [positionOf('"name": "once"', 1), positionOf('writr', 2)]) {
      const { items } = await eventually(
        'completions',
        () =>
          vscode.commands.executeCommand<vscode.CompletionList>(
            'vscode.executeCompletionItemProvider',
            document.uri,
            position,
          ),
        list => list.items.length > 0,
      );
      const words = items
        .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text)
        .map(({ label }) => (typeof label === 'string' ? label : label.label).replaceAll('"', ''));
      assert.deepEqual([...new Set(words)], words);
    }
  });

  it('is described once under the pointer', async () => {
    const { document, positionOf } = await newFile('once.connector.json', text);
    const hovers = await eventually(
      'a hover',
      () =>
        vscode.commands.executeCommand<vscode.Hover[]>(
          'vscode.executeHoverProvider',
          document.uri,
          positionOf('"primary"', 2),
        ),
      list => list.length > 0,
    );
    const parts = hovers.flatMap(({ contents }) =>
      contents.map(part => (typeof part === 'string' ? part : part.value)),
    );
    assert.deepEqual([...new Set(parts)], parts);
  });

  it('is one outline', async () => {
    const { document } = await newFile('once.connector.json', text);
    const symbols = await eventually(
      'symbols',
      () =>
        vscode.commands.executeCommand<vscode.DocumentSymbol[]>(
          'vscode.executeDocumentSymbolProvider',
          document.uri,
        ),
      list => list.length > 0,
    );
    const names = symbols.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
  });

  it('leaves the formatting to VS Code', async () => {
    const { document } = await newFile('plain.connector.json', '{"connector":"2.1"}');
    const edits = await eventually(
      'edits',
      () =>
        vscode.commands.executeCommand<vscode.TextEdit[]>(
          'vscode.executeFormatDocumentProvider',
          document.uri,
          {
            tabSize: 2,
            insertSpaces: true,
          },
        ),
      list => list !== undefined && list.length > 0,
    );
    assert.ok(edits.length > 0);
  });
});
