/** The commands about the daemon: read everything anew, and restart it. */
import { homedir } from 'node:os';
import { t } from '@vscode/l10n';
import type { RpcFailure } from '../../runtime/protocol.ts';
import type { Result } from '../../runtime/result.ts';
import type { Cli } from '../cli.ts';
import type { Prompter } from './prompter.ts';

/** What these commands need of the window. */
export interface DaemonHost extends Prompter {
  readonly cli: Cli;
  /** Starts a daemon where none runs, and reads all runs. */
  refresh(): Promise<Result<void, RpcFailure>>;
  /** How many runs of this user are under way; undefined where that is not known. */
  unfinishedRuns(): number | undefined;
}

/** Reads all runs anew; starts a daemon where none runs. */
export async function refreshRuns(host: DaemonHost): Promise<void> {
  const refreshed = await host.refresh();
  if (!refreshed.ok) await host.tell({ severity: 'error', message: refreshed.failure.message });
}

/**
 * Ends the daemon, also one of another version, and starts ours. Runs that are under way go on with it; who has some, or
 * may have some that this window cannot see, is asked first.
 */
export async function restartDaemon(host: DaemonHost): Promise<void> {
  if (!(await mayRestart(host))) return;
  const stopped = await host.cli.run(['daemon', 'stop'], { cwd: homedir() });
  const problem = stopped.ok ? (stopped.value.code === 0 ? '' : stopped.value.stderr) : stopped.failure;
  if (problem !== '') await host.tell({ severity: 'error', message: problem });
  else await refreshRuns(host);
}

async function mayRestart(host: DaemonHost): Promise<boolean> {
  const count = host.unfinishedRuns();
  if (count === 0) return true;
  const what =
    count === undefined
      ? t('Restart the daemon? It may have runs that this window does not see.')
      : count === 1
        ? t('Restart the daemon? 1 run is under way.')
        : t('Restart the daemon? {0} runs are under way.', count);
  const message = `${what} ${t('Workers go on meanwhile, and the new daemon takes their runs up.')}`;
  const button = t('Restart');
  return (await host.tell({ severity: 'warning', message, isModal: true }, button)) === button;
}
