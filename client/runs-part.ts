/** Registers what shows runs in general: tree, lenses, status, and the commands that go with them. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { registerCommands } from './commands/commands-part.ts';
import { type DaemonHost, refreshRuns, restartDaemon } from './commands/daemon-commands.ts';
import { editorPrompter } from './commands/editor-prompter.ts';
import type { LanguageServer } from './language/language-server.ts';
import type { Parts } from './parts.ts';
import type { DaemonRuns } from './runs/daemon-runs.ts';
import { showDaemonHealth, showServerHealth } from './status/health-part.ts';
import { registerStatus } from './status/status-part.ts';
import { registerTasks } from './tasks/tasks-part.ts';
import { OpensTerminals } from './terminals/opens-terminals.ts';
import { RunsView } from './views/runs-view.ts';
import { StateLensProvider } from './views/state-lens-provider.ts';
import { type ShownRow, shownRows } from './views/tree-row.ts';

/** What this part gets besides what all get. */
export interface RunsPart extends Parts {
  readonly runs: DaemonRuns;
  readonly server: LanguageServer;
}

/** Under this key the window remembers the runs whose terminals open by themselves. */
const WATCHED_KEY = 'niia.terminals.watched';

/** The part, for who looks into it from outside. */
export interface ShownRuns extends vscode.Disposable {
  /** The rows of the view of runs. */
  rows(): readonly ShownRow[];
}

/** Registers the part. */
export function registerRuns(parts: RunsPart): ShownRuns {
  const { runs, cli, log, server } = parts;
  const view = new RunsView({
    runs,
    wake: () => void runs.wake(),
    onFailure: (what, error) => log.error(what, error),
  });
  const lenses = new StateLensProvider(runs);
  const terminals = opensTerminals(parts);
  const daemonHost: DaemonHost = {
    ...editorPrompter,
    cli,
    refresh: () => runs.refresh(),
    unfinishedRuns: () => runs.unfinishedOfUser,
  };
  const setContext = () =>
    void vscode.commands.executeCommand('setContext', 'niia.hasRuns', runs.list().length > 0);
  const all = vscode.Disposable.from(
    view,
    lenses,
    terminals,
    registerCommands(parts, {
      reveal: run => view.reveal(run, true),
      onStarted: run => {
        terminals.watch(run);
        // Who runs a file goes on writing it.
        void runs.refresh().then(() => view.reveal(run, false));
      },
    }),
    registerStatus(parts),
    registerTasks(parts),
    showServerHealth(server),
    showDaemonHealth(parts),
    // A server that was restarted has new lenses; the editor asks again only when somebody says so.
    server.onDidChange(state => state === 'running' && lenses.refresh()),
    runs.onDidChange(setContext),
    vscode.commands.registerCommand('niia.refreshRuns', () => refreshRuns(daemonHost)),
    vscode.commands.registerCommand('niia.restartDaemon', () => restartDaemon(daemonHost)),
  );
  return { rows: () => shownRows(view.getChildren()), dispose: () => all.dispose() };
}

function opensTerminals({ runs, context }: Parts): OpensTerminals {
  const memory = context.workspaceState;
  return new OpensTerminals({
    runs,
    limit: () => vscode.workspace.getConfiguration('niia').get('terminals.openLimit', 8),
    open: (run, worker) => {
      const isUnasked = { preserveFocus: true };
      void vscode.commands.executeCommand('niia.openTerminal', { run, worker }, isUnasked);
    },
    hint: (run, workers) => void tellOfTerminals(run, workers),
    remembered: () => memory.get(WATCHED_KEY),
    remember: watched => void memory.update(WATCHED_KEY, watched),
  });
}

async function tellOfTerminals(run: string, workers: number): Promise<void> {
  const show = t('Show Runs');
  const message = t(
    'The run has {0} workers: their terminals open when you ask for them, in the view of runs or over a phase.',
    workers,
  );
  if ((await vscode.window.showInformationMessage(message, show)) === show)
    await vscode.commands.executeCommand('niia.showRun', { run });
}
