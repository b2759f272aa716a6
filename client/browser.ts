/**
 * The VS Code extension in a browser, where there is no machine behind the window (vscode.dev): language features
 * work, and everything about runs says why it does not.
 */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { createBrowserClient } from './language/browser-client.ts';
import { registerLanguagePart } from './language/language-part.ts';

/** Called by VS Code when the first JSON file is opened or one of our commands is called. */
export function activate(context: vscode.ExtensionContext): void {
  const module = vscode.Uri.joinPath(context.extensionUri, 'dist', 'server-browser.js');
  registerLanguagePart(context, async wishes => createBrowserClient(module, wishes));
  for (const command of commandsAboutRuns(context.extension.packageJSON))
    context.subscriptions.push(vscode.commands.registerCommand(command, refuse));
}

function refuse(): void {
  void vscode.window.showWarningMessage(
    t(
      'A run starts programs, and there is no machine behind this window. Open the folder in VS Code on your computer, over SSH, in a container or in a codespace.',
    ),
  );
}

/** What package.json offers, but for the commands of the language part. */
function commandsAboutRuns(manifest: Manifest): readonly string[] {
  const all = manifest.contributes.commands.map(({ command }) => command);
  return all.filter(command => command !== 'niia.restartServer');
}

interface Manifest {
  readonly contributes: { readonly commands: readonly { readonly command: string }[] };
}
