import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { connectorFile, eventually } from '../support/window.ts';

describe('a connector file in the editor', () => {
  it('keeps its language, so that formatters and other extensions go on serving it', async () => {
    const { document } = await connectorFile();
    assert.equal(document.languageId, 'json');
  });

  it('is served by the language server: an alias leads to its definition', async () => {
    const { document, positionOf } = await connectorFile();
    const found = await eventually(
      'a definition',
      () =>
        vscode.commands.executeCommand<vscode.LocationLink[] | vscode.Location[]>(
          'vscode.executeDefinitionProvider',
          document.uri,
          positionOf('"writer", "workers"', 3),
        ),
      places => places.length > 0,
    );
    const place = found[0];
    assert.ok(place !== undefined);
    const range = 'targetRange' in place ? (place.targetSelectionRange ?? place.targetRange) : place.range;
    assert.equal(document.lineAt(range.start.line).text.trim(), '"writer": "shell"');
  });
});
