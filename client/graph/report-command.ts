/** `niia.report`: writes the report of a run as one HTML file and opens it in the browser. */
import { dirname } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { readGraphTarget } from './graph-target.ts';

/** Asks which run if the argument names none, and where to save. */
export async function writeReport(argument: unknown, parts: Parts): Promise<void> {
  const target = readGraphTarget(argument);
  const run = target?.kind === 'run' ? target.run : await pickRun(parts);
  if (run === undefined) return;
  const file = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.joinPath(startFolder(), `${run}.html`),
    filters: { HTML: ['html'] },
    title: t('Save the report of {0}', run),
  });
  if (file === undefined) return;
  const written = await parts.cli.run(['report', run, '--html', file.fsPath], { cwd: dirname(file.fsPath) });
  if (!written.ok || written.value.code !== 0) {
    const why = written.ok ? written.value.stderr.trim() : written.failure;
    void vscode.window.showErrorMessage(t('The report could not be written: {0}', why));
    return;
  }
  await openReport(file);
}

/** In the browser; a browser does not reach a file on another machine, the editor does. */
async function openReport(file: vscode.Uri): Promise<void> {
  if (vscode.env.remoteName === undefined) {
    await vscode.env.openExternal(file);
    return;
  }
  const open = t('Open');
  const chosen = await vscode.window.showInformationMessage(t('Wrote {0}', file.fsPath), open);
  if (chosen === open) await vscode.commands.executeCommand('vscode.open', file);
}

async function pickRun({ runs }: Parts): Promise<string | undefined> {
  const items = runs.list().map(row => ({ label: row.name, description: row.state, detail: row.run }));
  if (items.length === 0) {
    void vscode.window.showInformationMessage(t('There is no run yet.'));
    return undefined;
  }
  return (await vscode.window.showQuickPick(items, { placeHolder: t('Report of which run?') }))?.detail;
}

function startFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  return folder ?? vscode.Uri.file(process.cwd());
}
