import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ExtensionApi } from '../../../../client/extension.ts';
import type { ShownRow } from '../../../../client/views/tree-row.ts';
import { connectorFile, eventually } from '../support/window.ts';

/** Rows as an indented text, as far as they stand still. */
function rendered(rows: readonly ShownRow[], indent = ''): string {
  return rows
    .map(({ label, description, children }) => {
      const [state = ''] = description.split(' · ');
      return `${indent}${label} ${state}\n${rendered(children, `${indent}  `)}`;
    })
    .join('');
}

async function lensTitles(uri: vscode.Uri): Promise<readonly string[]> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    uri,
    100,
  );
  return lenses.flatMap(({ command }) => (command === undefined ? [] : [command.title]));
}

async function activated(): Promise<ExtensionApi> {
  const extension = vscode.extensions.getExtension<ExtensionApi>('niia.niia');
  assert.ok(extension !== undefined);
  return await extension.activate();
}

describe('a run in the editor', () => {
  it('is offered over the file and over every phase', async () => {
    const { document } = await connectorFile();
    const titles = await eventually(
      'the lenses of the language server',
      () => lensTitles(document.uri),
      lenses => lenses.includes('▶ Run'),
    );
    assert.deepEqual(
      titles.filter(title => /Run|Plan/.test(title)),
      ['▶ Run', 'Plan', '▶ Run phase', 'Run from here', '▶ Run phase', 'Run from here'],
    );
  });

  it('stands in the tree with its phases, workers and turns, and over the file, when it has ended', async () => {
    const { document } = await connectorFile();
    const { runRows } = await activated();
    await vscode.commands.executeCommand('niia.run', { uri: document.uri.toString() });
    const rows = await eventually(
      'the end of the run',
      runRows,
      ([run]) => run?.description.startsWith('succeeded') === true && run.children.length > 0,
    );
    assert.equal(
      rendered(rows),
      `suite succeeded
  greet succeeded
    a succeeded
      Turn 1 succeeded
  part succeeded
    b succeeded
      Turn 1 succeeded
`,
    );
    const titles = await eventually(
      'the lenses of the run',
      () => lensTitles(document.uri),
      lenses => lenses.some(title => title.startsWith('✓')),
    );
    assert.equal(titles.filter(title => /^✓ .* · \d workers?$/.test(title)).length, 3, titles.join('\n'));
  });
});
