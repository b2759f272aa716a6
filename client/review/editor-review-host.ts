/** What the review commands need of the window, by the editor. */
import { basename } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { type WorktreeHost, type WorktreeWay, worktreeWays } from './open-worktree.ts';
import { sideUri } from './review-content.ts';
import type { Choice, Side, SideBySide, VisibleCommand } from './review-host.ts';

/** Under this key the way that a worktree was opened last is remembered, in all windows. */
const LAST_WAY = 'niia.lastWorktreeWay';

/** The window as a host of the review commands. */
export function createReviewHost({ context, runs }: Parts): WorktreeHost {
  return {
    runs,
    isTrusted: () => vscode.workspace.isTrusted,
    confirm: async ({ message, detail, actions, isDangerous = false }) => {
      const ask = isDangerous ? vscode.window.showWarningMessage : vscode.window.showInformationMessage;
      return await ask(message, { modal: true, detail }, ...actions);
    },
    tell: async (level, message, actions = []) =>
      await (level === 'info'
        ? vscode.window.showInformationMessage(message, ...actions)
        : vscode.window.showWarningMessage(message, ...actions)),
    choose,
    chooseTwo,
    ask: async ({ title, prompt, value, check }) =>
      await vscode.window.showInputBox({ title, prompt, value, validateInput: check, ignoreFocusOut: true }),
    show,
    execute: async (command, argument) => {
      await vscode.commands.executeCommand(command, argument);
    },
    runVisibly,
    configuredWay: () => readWay(vscode.workspace.getConfiguration('niia').get('openWorktree')),
    lastWay: () => readWay(context.globalState.get(LAST_WAY)),
    remember: async way => await context.globalState.update(LAST_WAY, way),
    openFolder,
  };
}

function readWay(value: unknown): WorktreeWay | undefined {
  return worktreeWays.find(way => way === value);
}

async function openFolder(dir: string, way: WorktreeWay): Promise<void> {
  const uri = vscode.Uri.file(dir);
  if (way === 'newWindow')
    await vscode.commands.executeCommand('vscode.openFolder', uri, { forceNewWindow: true });
  else if (way === 'reveal') await vscode.commands.executeCommand('revealFileInOS', uri);
  else {
    const count = vscode.workspace.workspaceFolders?.length ?? 0;
    vscode.workspace.updateWorkspaceFolders(count, 0, { uri, name: basename(dir) });
  }
}

async function show({ title, run, files }: SideBySide): Promise<void> {
  const uriOf = (side: Side | undefined) => side && sideUri(run, side);
  const resources = files.map(file => [vscode.Uri.file(file.label), uriOf(file.old), uriOf(file.new)]);
  await vscode.commands.executeCommand('vscode.changes', title, resources);
}

/** An entry of a list with what it stands for. */
interface Item<T> extends vscode.QuickPickItem {
  readonly choice: Choice<T>;
}

function itemOf<T>(choice: Choice<T>): Item<T> {
  const { label, description, detail, peek } = choice;
  const look = { iconPath: new vscode.ThemeIcon('diff-multiple'), tooltip: t('Show Changes') };
  return {
    label,
    choice,
    ...(description !== undefined && { description }),
    ...(detail !== undefined && { detail }),
    ...(peek !== undefined && { buttons: [look] }),
  };
}

/** A list that stays open while somebody looks at an entry. */
function choose<T>(title: string, choices: readonly Choice<T>[]): Promise<T | undefined> {
  const list = vscode.window.createQuickPick<Item<T>>();
  list.title = title;
  list.items = choices.map(itemOf);
  list.ignoreFocusOut = choices.some(({ peek }) => peek !== undefined);
  list.matchOnDescription = true;
  return new Promise(resolve => {
    list.onDidTriggerItemButton(({ item }) => item.choice.peek?.());
    list.onDidAccept(() => {
      resolve(list.selectedItems[0]?.choice.value);
      list.hide();
    });
    list.onDidHide(() => {
      resolve(undefined);
      list.dispose();
    });
    list.show();
  });
}

async function chooseTwo<T>(
  title: string,
  choices: readonly Choice<T>[],
): Promise<readonly [T, T] | undefined> {
  const items = choices.map(choice => ({ label: choice.label, choice }));
  const [first, second, third] =
    (await vscode.window.showQuickPick(items, { title, canPickMany: true, ignoreFocusOut: true })) ?? [];
  const isPair = first !== undefined && second !== undefined && third === undefined;
  return isPair ? [first.choice.value, second.choice.value] : undefined;
}

async function runVisibly({ name, argv, cwd }: VisibleCommand): Promise<void> {
  const [program, ...args] = argv;
  const execution = new vscode.ProcessExecution(program, args, { cwd });
  const task = new vscode.Task({ type: 'niia' }, vscode.TaskScope.Workspace, name, 'niia', execution, []);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, showReuseMessage: false };
  await vscode.tasks.executeTask(task);
}
