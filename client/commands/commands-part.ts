/** Registers the commands that run, plan and act on runs, with the editor's boxes and documents. */
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { connectorFilesGlob, isConnectorFileName } from '../language/connector-files.ts';
import type { Parts } from '../parts.ts';
import { configuredTransport } from '../transport.ts';
import { actOnRun, type RunHost, runCommands } from './act-on-run.ts';
import { editorPrompter } from './editor-prompter.ts';
import { actOnFile, type FileHost, fileCommands } from './run-file.ts';
import { TextDocuments } from './text-documents.ts';

/** What the commands do in other parts of the window. */
export interface CommandEffects {
  /** A run was started here. */
  onStarted(run: string): void;
  /** Shows a run in the tree. */
  reveal(run: string): Promise<void>;
}

/** More connector files than this are not searched for: a list of them helps nobody. */
const MAX_CANDIDATES = 200;

/** Registers the commands. */
export function registerCommands(parts: Parts, effects: CommandEffects): vscode.Disposable {
  const plans = new TextDocuments('niia-plan');
  const logs = new TextDocuments('niia-log');
  const fileHost = createFileHost(parts, plans, effects);
  const runHost = createRunHost(parts, logs, effects);
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    plans,
    logs,
    ...fileCommands.map(id => registerCommand(id, argument => actOnFile(id, argument, fileHost))),
    registerCommand('niia.createFile', () => createFile(parts)),
    ...runCommands.map(id => registerCommand(id, argument => actOnRun(id, argument, runHost))),
  );
}

/** Writes a small file that runs everywhere into the workspace folder, and opens it; one that is there is opened. */
async function createFile({ cli }: Parts): Promise<void> {
  const [first] = vscode.workspace.workspaceFolders ?? [];
  const folder =
    (vscode.workspace.workspaceFolders?.length ?? 0) > 1
      ? await vscode.window.showWorkspaceFolderPick()
      : first;
  if (folder === undefined) {
    if (first === undefined) await vscode.commands.executeCommand('vscode.openFolder');
    return;
  }
  const file = vscode.Uri.joinPath(folder.uri, 'connector.json');
  if (!existsSync(file.fsPath)) {
    const written = await cli.run(['init', file.fsPath], { cwd: folder.uri.fsPath });
    const problem = written.ok ? (written.value.code === 0 ? '' : written.value.stderr) : written.failure;
    if (problem !== '') await editorPrompter.tell({ severity: 'error', message: problem });
  }
  if (existsSync(file.fsPath)) await vscode.window.showTextDocument(file);
}

function createFileHost(
  { context, cli, log }: Parts,
  plans: TextDocuments,
  { onStarted }: CommandEffects,
): FileHost {
  const memory = context.workspaceState;
  const keyOf = (path: string) => `niia.inputs ${path}`;
  return {
    ...editorPrompter,
    cli,
    isTrusted: () => vscode.workspace.isTrusted,
    transport: configuredTransport,
    candidates,
    pathOf,
    folderOf,
    save,
    remembered: path => memory.get(keyOf(path)),
    remember: (path, inputs) =>
      void memory.update(keyOf(path), inputs).then(undefined, error => log.error(String(error))),
    during: async (title, task) =>
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, task),
    showPlan: (path, text) =>
      // A name that ends in .json would make it a JSON document.
      plans.show(join(path, t('{0} (plan)', basename(path))), text, {
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
      }),
    showProblems: () => void vscode.commands.executeCommand('workbench.actions.view.problems'),
    onStarted,
  };
}

function createRunHost({ runs, cli, log }: Parts, logs: TextDocuments, { reveal }: CommandEffects): RunHost {
  return {
    ...editorPrompter,
    runs,
    cli,
    isTrusted: () => vscode.workspace.isTrusted,
    reveal,
    showOutput: () => log.show(),
    showLog: (title, text) => logs.show(join('/', `${title.replaceAll('/', '∕')}.log`), text, {}),
    now: () => Date.now(),
  };
}

/** The file in the active editor, or else all of the workspace. */
async function candidates(): Promise<readonly string[]> {
  const active = vscode.window.activeTextEditor?.document.uri;
  if (active !== undefined && isConnectorFileName(active.path)) return [active.toString()];
  const found = await vscode.workspace.findFiles(connectorFilesGlob, '**/node_modules/**', MAX_CANDIDATES);
  return found.map(uri => uri.toString()).sort();
}

function pathOf(text: string): string | undefined {
  const uri = vscode.Uri.parse(text);
  return uri.scheme === 'file' ? uri.fsPath : undefined;
}

/** The repository below the workspace folder that the file is in, else the workspace folder (design §2). */
function folderOf(path: string): string {
  const root = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path))?.uri.fsPath;
  if (root === undefined) return dirname(path);
  for (let folder = dirname(path); folder.length > root.length; folder = dirname(folder))
    if (existsSync(join(folder, '.git'))) return folder;
  return root;
}

async function save(text: string): Promise<boolean> {
  const uri = vscode.Uri.parse(text).toString();
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
  return document?.isDirty === true ? await document.save() : true;
}
