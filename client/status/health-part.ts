/** Language status items: how the language server and the daemon are, with what can be done about it. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { connectorFiles, connectorFilesOnDisk } from '../language/connector-files.ts';
import type { LanguageServer } from '../language/language-server.ts';
import type { Parts } from '../parts.ts';
import type { DaemonState } from '../runs/runs.ts';

/** Shows the language server's state. */
export function showServerHealth(server: LanguageServer): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('niia.server', [...connectorFiles]);
  item.name = t('Connector language server');
  item.command = { title: t('Restart'), command: 'niia.restartServer' };
  const draw = () => {
    const isLost = server.state === 'lost';
    item.text = isLost ? t('Language server stopped') : t('Language server');
    item.detail = isLost ? t('It is started again after a pause.') : '';
    item.busy = server.state === 'starting';
    item.severity = isLost ? vscode.LanguageStatusSeverity.Error : vscode.LanguageStatusSeverity.Information;
  };
  draw();
  return vscode.Disposable.from(item, server.onDidChange(draw));
}

/** Shows the daemon's state. */
export function showDaemonHealth({ runs, log }: Parts): vscode.Disposable {
  const item = vscode.languages.createLanguageStatusItem('niia.daemon', [...connectorFilesOnDisk]);
  item.name = t('Connector runs');
  const draw = () => {
    const { text, detail, severity, isBusy, command } = daemonHealth(runs.daemon);
    item.text = text;
    item.detail = detail;
    item.severity = severity;
    item.busy = isBusy;
    item.command =
      command === 'niia.restartDaemon'
        ? { title: t('Restart'), command }
        : { title: t('Show Log'), command: 'niia.showLog' };
  };
  const logLoss = (state: DaemonState) => {
    if (state.kind === 'lost') log.warn([state.message, ...state.log].join('\n'));
    if (state.kind === 'other-version') log.warn(state.detail);
  };
  let hasTold = false;
  const tellOnce = (state: DaemonState) => {
    if (state.kind !== 'other-version' || hasTold) return;
    hasTold = true;
    void tellOtherVersion(state.message);
  };
  draw();
  return vscode.Disposable.from(
    item,
    runs.onDidChangeDaemon(draw),
    runs.onDidChangeDaemon(logLoss),
    runs.onDidChangeDaemon(tellOnce),
  );
}

async function tellOtherVersion(message: string): Promise<void> {
  const restart = t('Restart Daemon');
  if ((await vscode.window.showWarningMessage(message, restart)) === restart)
    await vscode.commands.executeCommand('niia.restartDaemon');
}

interface Health {
  readonly text: string;
  readonly detail: string;
  readonly severity: vscode.LanguageStatusSeverity;
  readonly isBusy: boolean;
  readonly command: 'niia.restartDaemon' | 'niia.showLog';
}

function daemonHealth(state: DaemonState): Health {
  const { Error: bad, Information: good } = vscode.LanguageStatusSeverity;
  switch (state.kind) {
    case 'connected':
      return {
        text: t('Daemon'),
        detail: t('version {0}, process {1}', state.version, state.pid),
        severity: good,
        isBusy: false,
        command: 'niia.showLog',
      };
    case 'off':
      return {
        text: t('Daemon'),
        detail: t('not needed'),
        severity: good,
        isBusy: false,
        command: 'niia.showLog',
      };
    case 'connecting':
      return { text: t('Daemon'), detail: '', severity: good, isBusy: true, command: 'niia.showLog' };
    case 'lost':
      return {
        text: t('Daemon lost'),
        detail: state.message,
        severity: bad,
        isBusy: false,
        command: 'niia.restartDaemon',
      };
    case 'other-version':
      return {
        text: t('Daemon of another version'),
        detail: state.message,
        severity: bad,
        isBusy: false,
        command: 'niia.restartDaemon',
      };
  }
}
