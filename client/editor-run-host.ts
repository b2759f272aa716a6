/** What running a file needs, carried out by the editor. */
import { dirname } from 'node:path';
import * as vscode from 'vscode';
import type { RunHost, TerminalTask } from './run-file.ts';

/**
 * The host that runs files in this window.
 *
 * @param program path of the built command line
 */
export function createRunHost(program: string): RunHost {
  return {
    isTrusted: () => vscode.workspace.isTrusted,
    activeFile: () => vscode.window.activeTextEditor?.document.uri.toString(),
    pathOf: text => {
      const uri = vscode.Uri.parse(text);
      return uri.scheme === 'file' ? uri.fsPath : undefined;
    },
    save,
    openTerminal: task => openTerminal(program, task),
    refuse: reason => void vscode.window.showWarningMessage(reason),
  };
}

async function save(text: string): Promise<boolean> {
  const uri = vscode.Uri.parse(text).toString();
  const document = vscode.workspace.textDocuments.find(open => open.uri.toString() === uri);
  return document?.isDirty === true ? await document.save() : true;
}

async function openTerminal(program: string, { name, uri, argv }: TerminalTask): Promise<void> {
  const file = vscode.Uri.parse(uri);
  const node = vscode.workspace.getConfiguration('niia').get('node', 'node');
  // The repository that a run works in is that of the folder it starts in.
  const execution = new vscode.ProcessExecution(node, [program, ...argv], { cwd: dirname(file.fsPath) });
  const scope = vscode.workspace.getWorkspaceFolder(file) ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task({ type: 'niia', argv }, scope, name, 'niia', execution, []);
  task.presentationOptions = { panel: vscode.TaskPanelKind.Dedicated, clear: true, showReuseMessage: false };
  await vscode.tasks.executeTask(task);
}
