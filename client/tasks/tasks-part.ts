/** Tasks of type `connector`: connector files and their phases as steps of builds. */
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { Cli } from '../cli.ts';
import { connectorFilesGlob } from '../language/connector-files.ts';
import type { Parts } from '../parts.ts';
import { readPlaces } from '../problems/connector-places.ts';
import { type ConnectorTask, readTask, taskArguments, taskName } from './task-arguments.ts';

const TYPE = 'connector';
/** Files that are offered without a tasks.json. */
const MAX_FILES = 50;

/** Registers the provider. Tasks are not offered, and not resolved, without trust. */
export function registerTasks({ cli }: Parts): vscode.Disposable {
  return vscode.tasks.registerTaskProvider(TYPE, {
    provideTasks: token => (vscode.workspace.isTrusted ? offeredTasks(cli, token) : []),
    resolveTask(task) {
      const wanted = vscode.workspace.isTrusted ? readTask(task.definition) : undefined;
      // The editor wants its own definition and scope back.
      return wanted && makeTask(cli, wanted, task.definition, task.scope ?? vscode.TaskScope.Workspace);
    },
  });
}

/** A task for every connector file of the workspace, and for each of its phases. */
async function offeredTasks(cli: Cli, token: vscode.CancellationToken): Promise<vscode.Task[]> {
  const uris = await vscode.workspace.findFiles(connectorFilesGlob, '**/node_modules/**', MAX_FILES, token);
  const tasks = await Promise.all(uris.map(uri => tasksOf(cli, uri)));
  return tasks.flat();
}

async function tasksOf(cli: Cli, uri: vscode.Uri): Promise<readonly vscode.Task[]> {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (folder === undefined || uri.scheme !== 'file') return [];
  const file = vscode.workspace.asRelativePath(uri, false);
  const definitions = [
    { type: TYPE, file },
    { type: TYPE, file, command: 'validate' },
    ...(await phasesOf(uri)).map(phase => ({ type: TYPE, file, phase })),
  ];
  return definitions.flatMap(definition => {
    const wanted = readTask(definition);
    return wanted === undefined ? [] : makeTask(cli, wanted, definition, folder);
  });
}

/** Names of the phases; a file with one has no need of a task for it. */
async function phasesOf(uri: vscode.Uri): Promise<readonly string[]> {
  try {
    const { phases } = readPlaces(await readFile(uri.fsPath, 'utf8'));
    return phases.length > 1 ? phases : [];
  } catch {
    return [];
  }
}

function makeTask(
  cli: Cli,
  wanted: ConnectorTask,
  definition: vscode.TaskDefinition,
  scope: vscode.WorkspaceFolder | vscode.TaskScope.Global | vscode.TaskScope.Workspace,
): vscode.Task {
  const { command, args, env } = cli.program();
  const isElectron = env.ELECTRON_RUN_AS_NODE !== undefined;
  const execution = new vscode.ProcessExecution(command, [...args, ...taskArguments(wanted)], {
    ...(typeof scope === 'object' && { cwd: scope.uri.fsPath }),
    // Line after line, which problem matchers can read, instead of a picture that is drawn again and again.
    env: { TERM: 'dumb', ...(isElectron && { ELECTRON_RUN_AS_NODE: '1' }) },
  });
  const task = new vscode.Task(definition, scope, taskName(wanted), TYPE, execution, '$niia');
  task.presentationOptions = { clear: true, showReuseMessage: false };
  return task;
}
