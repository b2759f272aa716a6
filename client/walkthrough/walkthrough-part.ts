/** The commands of the walkthrough: each makes the demo project if it is not there yet, and does one thing with it. */
import { join } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { makeDemoProject } from './demo-project.ts';

/** Registers `niia.openDemo`, `niia.showDemoGraph` and `niia.runDemo`. */
export function registerWalkthrough({ context }: Parts): vscode.Disposable {
  const { registerCommand } = vscode.commands;
  const onDemo = (act: (uri: vscode.Uri) => Thenable<unknown>) => async () => {
    const uri = await openDemo(context);
    if (uri !== undefined) await act(uri);
  };
  return vscode.Disposable.from(
    registerCommand(
      'niia.openDemo',
      onDemo(async () => {}),
    ),
    registerCommand(
      'niia.showDemoGraph',
      onDemo(uri => vscode.commands.executeCommand('niia.showGraph', { uri: uri.toString() })),
    ),
    registerCommand(
      'niia.runDemo',
      onDemo(uri => vscode.commands.executeCommand('niia.run', { uri: uri.toString() })),
    ),
  );
}

/** Shows the demo's connector file: runs of an open file are this window's. */
async function openDemo(context: vscode.ExtensionContext): Promise<vscode.Uri | undefined> {
  if (!vscode.workspace.isTrusted) {
    void vscode.window.showWarningMessage(t('The demo starts programs. Trust this workspace to try it.'));
    return undefined;
  }
  const examples = vscode.Uri.joinPath(context.extensionUri, 'examples').fsPath;
  const made = await makeDemoProject(examples, join(context.globalStorageUri.fsPath, 'demo', 'titles'));
  if (!made.ok) {
    void vscode.window.showErrorMessage(t('The demo project could not be made: {0}', made.failure));
    return undefined;
  }
  const uri = vscode.Uri.file(made.value);
  await vscode.window.showTextDocument(uri, { viewColumn: vscode.ViewColumn.One, preview: false });
  return uri;
}
