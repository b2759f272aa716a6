/** The VS Code extension: starts the language server and carries out the commands it offers. */
import * as vscode from 'vscode';
import { readReferencesTarget, readRuleSeverity } from './arguments.ts';
import { createRunHost } from './editor-run-host.ts';
import { LanguageServer } from './language-server.ts';
import { runCommands, runFile } from './run-file.ts';

/** Called by VS Code when the first JSON file is opened or one of our commands is called. */
export function activate({ extensionUri, subscriptions }: vscode.ExtensionContext): void {
  const built = (file: string) => vscode.Uri.joinPath(extensionUri, 'dist', file).fsPath;
  const log = vscode.window.createOutputChannel('connector.json', { log: true });
  const server = new LanguageServer(built('server.js'), log);
  const host = createRunHost(built('niia.js'));
  const { registerCommand } = vscode.commands;
  subscriptions.push(
    log,
    server,
    registerCommand('niia.restartServer', () => server.restart()),
    registerCommand('niia.showReferences', argument => showReferences(server, argument)),
    registerCommand('niia.setRuleSeverity', setRuleSeverity),
    ...runCommands.map(command => registerCommand(command, argument => runFile(command, argument, host))),
  );
}

async function showReferences(server: LanguageServer, argument: unknown): Promise<void> {
  const target = readReferencesTarget(argument);
  if (target) await server.showReferences(target.uri, target.position, target.locations);
}

/** Writes to the workspace's settings where there is a workspace: severities are a project's matter. */
async function setRuleSeverity(argument: unknown): Promise<void> {
  const wanted = readRuleSeverity(argument);
  if (wanted === undefined) return;
  const configuration = vscode.workspace.getConfiguration('niia');
  const isInWorkspace = vscode.workspace.workspaceFolders !== undefined;
  const written = configuration.inspect<Readonly<Record<string, string>>>('rules');
  const rules = isInWorkspace ? written?.workspaceValue : written?.globalValue;
  const target = isInWorkspace ? vscode.ConfigurationTarget.Workspace : vscode.ConfigurationTarget.Global;
  await configuration.update('rules', { ...rules, [wanted.code]: wanted.severity }, target);
}
