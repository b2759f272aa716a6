/** The part of the extension that needs no machine: language features and the commands the server offers. */
import { config } from '@vscode/l10n';
import * as vscode from 'vscode';
import { readReferencesTarget, readRuleSeverity } from '../arguments.ts';
import { LanguageServer, type MakeClient } from './language-server.ts';

/** What the language part made, for the rest of the extension. */
export interface LanguagePart {
  readonly log: vscode.LogOutputChannel;
  readonly server: LanguageServer;
}

/** Starts the language part; all of it ends with the extension. To be called first: it loads the translations. */
export function registerLanguagePart(context: vscode.ExtensionContext, makeClient: MakeClient): LanguagePart {
  if (vscode.l10n.bundle !== undefined) config({ contents: vscode.l10n.bundle });
  const log = vscode.window.createOutputChannel('connector.json', { log: true });
  const server = new LanguageServer(makeClient, log);
  const { registerCommand } = vscode.commands;
  context.subscriptions.push(
    log,
    server,
    registerCommand('niia.restartServer', () => server.restart()),
    registerCommand('niia.showReferences', argument => showReferences(server, argument)),
    registerCommand('niia.setRuleSeverity', setRuleSeverity),
  );
  return { log, server };
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
