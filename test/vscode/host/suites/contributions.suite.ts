import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { connectorFile } from '../support/window.ts';

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}

describe('the extension', () => {
  it('has every command that its manifest offers', async () => {
    await connectorFile();
    const extension = vscode.extensions.getExtension<void>('niia.niia');
    assert.ok(extension !== undefined);
    await extension.activate();
    const manifest: Manifest = extension.packageJSON;
    const registered = new Set(await vscode.commands.getCommands(true));
    assert.deepEqual(
      manifest.contributes.commands.map(({ command }) => command).filter(command => !registered.has(command)),
      [],
    );
  });

  it('offers connector files as tasks', async () => {
    await connectorFile();
    const tasks = await vscode.tasks.fetchTasks({ type: 'connector' });
    assert.ok(tasks.length > 0);
    assert.ok(tasks.every(({ definition }) => definition.type === 'connector'));
  });
});
