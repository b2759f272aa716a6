/** The VS Code extension on a desktop or a remote machine: the language server, and everything about runs. */
import { config } from '@vscode/l10n';
import * as vscode from 'vscode';
import { readReferencesTarget, readRuleSeverity } from './arguments.ts';
import { createCli } from './cli.ts';
import { createRunHost } from './editor-run-host.ts';
import { LanguageServer } from './language-server.ts';
import type { Parts } from './parts.ts';
import { runCommands, runFile } from './run-file.ts';
import { createWindowRuns } from './runs/window-runs.ts';

/** Called by VS Code when the first JSON file is opened, one of our commands is called or one of our views is shown. */
export function activate(context: vscode.ExtensionContext): void {
  if (vscode.l10n.bundle !== undefined) config({ contents: vscode.l10n.bundle });
  const { extensionUri, subscriptions } = context;
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
  const cli = createCli({
    script: built('niia.js'),
    node: () => vscode.workspace.getConfiguration('niia').get('node', ''),
    isTrusted: () => vscode.workspace.isTrusted,
    env: process.env,
  });
  const runs = createWindowRuns(cli, log, subscriptions);
  subscriptions.push(...registerParts({ context, log, runs, cli }));
}

/** The parts of the extension that show runs and act on them: one line each. */
function registerParts(_parts: Parts): readonly vscode.Disposable[] {
  return [];
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
