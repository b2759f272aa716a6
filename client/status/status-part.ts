/** Shows the runs of the window in the status bar, and tells a person when one is needed. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { isUnfinished } from '../runs/daemon-runs.ts';
import { NoticeBook } from './notice-book.ts';
import { isCurrent, type Notice } from './notices.ts';
import { statusText } from './status-text.ts';

/** Registers the status bar item and the notifications. */
export function registerStatus({ context, runs, log }: Parts): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('niia.runs', vscode.StatusBarAlignment.Left, 10);
  item.name = t('Connector runs');
  item.command = 'niia.runs.focus';
  const book = new NoticeBook(context.workspaceState);
  const onChange = (run: string) => {
    draw(item, runs);
    const view = runs.loaded(run)?.view;
    // Who looks at another window's runs is not asked about them here.
    if (view === undefined || !runs.list().some(row => row.run === run)) return;
    for (const notice of book.news(view)) {
      log.info(notice.message);
      if (areNoticesWanted()) void tell(notice, runs);
    }
  };
  return vscode.Disposable.from(
    item,
    runs.onDidChange(onChange),
    runs.onDidChangeDaemon(() => draw(item, runs)),
  );
}

function draw(item: vscode.StatusBarItem, runs: Parts['runs']): void {
  const status = statusText(runs.list().filter(isUnfinished), run => runs.loaded(run));
  if (status === undefined) {
    item.hide();
    return;
  }
  item.text = status.text;
  item.tooltip = new vscode.MarkdownString(status.tooltip);
  item.accessibilityInformation = { label: status.spoken };
  item.backgroundColor = status.needsPerson
    ? new vscode.ThemeColor('statusBarItem.warningBackground')
    : undefined;
  item.show();
}

function areNoticesWanted(): boolean {
  return vscode.workspace.getConfiguration('niia').get('notifications', true);
}

async function tell(notice: Notice, runs: Parts['runs']): Promise<void> {
  const { severity, message, actions } = notice;
  const titles = actions.map(({ title }) => title);
  const pressed =
    severity === 'error'
      ? await vscode.window.showErrorMessage(message, ...titles)
      : await vscode.window.showWarningMessage(message, ...titles);
  const action = actions.find(({ title }) => title === pressed);
  if (action === undefined) return;
  if (action.isRemedy && (await isSettled(notice, action.argument.run, runs)))
    void vscode.window.showInformationMessage(t('That has been settled in the meantime: nothing was done.'));
  else await vscode.commands.executeCommand(action.command, action.argument);
}

/** A run that cannot be read is left to the command: it says why. */
async function isSettled(notice: Notice, run: string, runs: Parts['runs']): Promise<boolean> {
  const loaded = await runs.load(run);
  return loaded.ok && !isCurrent(notice, loaded.value.view);
}
