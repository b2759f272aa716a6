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
}

/** Reads all runs anew; starts a daemon where none runs. */
export async function refreshRuns(host: DaemonHost): Promise<void> {
  const refreshed = await host.refresh();
  if (!refreshed.ok) await host.tell({ severity: 'error', message: refreshed.failure.message });
}

/** Ends the daemon, also one of another version, and starts ours. Runs that are under way go on with it. */
export async function restartDaemon(host: DaemonHost): Promise<void> {
  const button = t('Restart');
  const message = t('Restart the daemon? Workers go on; the runs go on with the new daemon.');
  if ((await host.tell({ severity: 'warning', message, isModal: true }, button)) !== button) return;
  const stopped = await host.cli.run(['daemon', 'stop'], { cwd: homedir() });
  const problem = stopped.ok ? (stopped.value.code === 0 ? '' : stopped.value.stderr) : stopped.failure;
  if (problem !== '') await host.tell({ severity: 'error', message: problem });
  else await refreshRuns(host);
}
