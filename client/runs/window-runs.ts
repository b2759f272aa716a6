/** Makes the window's `Runs`: finds the daemon, starts it through the packaged command line, knows the window's files. */
import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, sep } from 'node:path';
import * as vscode from 'vscode';
import { findPlaces } from '../../runtime/config/places.ts';
import { readClaim } from '../../runtime/daemon/claim.ts';
import { connectDaemon } from '../../runtime/daemon/client.ts';
import { lastLines } from '../../runtime/daemon/log.ts';
import type { RpcFailure } from '../../runtime/protocol.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { Cli } from '../cli.ts';
import { DaemonRuns } from './daemon-runs.ts';
import { isSameFile } from './same-file.ts';

const LOG_LINES = 15;

/** Makes the store and keeps it in touch with the window; connects if a daemon runs already. */
export function createWindowRuns(
  cli: Cli,
  log: vscode.LogOutputChannel,
  subscriptions: vscode.Disposable[],
): DaemonRuns {
  const { stateDir, runsDir } = findPlaces(process.env);
  const logFile = join(stateDir, 'daemon.log');
  const runs = new DaemonRuns({
    stateDir,
    connect: () => connectDaemon({ stateDir, logFile, client: 'editor' }),
    start: () => startDaemon(cli),
    hasRuns: () => isFilled(runsDir),
    hasClaim: () => readClaim(stateDir) !== undefined,
    lastLogLines: () => lastLines(logFile, LOG_LINES).split('\n').filter(Boolean),
    isTrusted: () => vscode.workspace.isTrusted,
    later: (pauseMs, call) => {
      const timer = setTimeout(call, pauseMs);
      return () => clearTimeout(timer);
    },
    isOfWindow: file => isInFolders(file) || isOpen(file),
    onFailure: (what, error) => log.error(what, error),
  });
  runs.onDidChangeDaemon(state => log.debug('daemon:', state.kind));
  subscriptions.push(runs, watchWindow(runs, stateDir));
  void runs.find();
  return runs;
}

/** The command line starts it: with the user's configuration, and the Node that is best for it. */
async function startDaemon(cli: Cli): Promise<Result<void, RpcFailure>> {
  const started = await cli.run(['daemon', 'start'], { cwd: homedir() });
  const message = started.ok ? started.value.stderr.trim() : started.failure;
  const isUp = started.ok && started.value.code === 0;
  return isUp ? ok(undefined) : err({ code: 'daemon-start', message, exitCode: 1 });
}

function watchWindow(runs: DaemonRuns, stateDir: string): vscode.Disposable {
  const claim = new vscode.RelativePattern(vscode.Uri.file(stateDir), 'daemon.json');
  const watcher = vscode.workspace.createFileSystemWatcher(claim);
  const find = () => void runs.find();
  return vscode.Disposable.from(
    watcher,
    watcher.onDidCreate(find),
    watcher.onDidChange(find),
    watcher.onDidDelete(find),
    vscode.workspace.onDidGrantWorkspaceTrust(find),
    vscode.workspace.onDidChangeWorkspaceFolders(() => runs.onFilesChanged()),
    vscode.workspace.onDidOpenTextDocument(document => {
      if (document.languageId.startsWith('json') && !isInFolders(document.uri.fsPath)) runs.onFilesChanged();
    }),
  );
}

function isFilled(folder: string): boolean {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false;
  }
}

function isInFolders(file: string): boolean {
  return (vscode.workspace.workspaceFolders ?? []).some(({ uri }) => {
    const path = relative(uri.fsPath, file);
    return path !== '' && path !== '..' && !path.startsWith(`..${sep}`) && !isOtherDrive(path);
  });
}

/** On Windows, `relative` between drives is absolute. */
function isOtherDrive(path: string): boolean {
  return /^[a-z]:/i.test(path);
}

function isOpen(file: string): boolean {
  return vscode.workspace.textDocuments.some(
    ({ uri }) => uri.scheme === 'file' && isSameFile(uri.fsPath, file),
  );
}
