/** The part of the extension that shows workers in terminals: commands, tabs, links. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { readRunItem } from '../arguments.ts';
import type { Parts } from '../parts.ts';
import type { RunItem } from '../runs/runs.ts';
import { DARK, LIGHT, type TerminalColors } from './answer-queries.ts';
import { realClock } from './clock.ts';
import { Frames } from './frames.ts';
import type { HostSessions } from './host-sessions.ts';
import { createLinkProvider } from './link-provider.ts';
import type { OpenTab } from './open-tabs.ts';
import { pickPhase, pickSpeed, pickWorker } from './pick.ts';
import { ReplayTerminal } from './replay-terminal.ts';
import { recordingFile, WorkerTabs } from './worker-tabs.ts';

/** Under this key the window remembers its tabs. */
const MEMORY_KEY = 'niia.terminals';

/**
 * Registers `niia.openTerminal`, `niia.openTerminals` and `niia.replay`, and keeps the tabs of workers up to date. The
 * first takes `{ preserveFocus: true }` as a second argument, from those who open terminals unasked.
 */
export function registerTerminals({ context, runs, log }: Parts): vscode.Disposable {
  const frames = new Frames(realClock);
  const sessions = new LazySessions();
  const tabs = new WorkerTabs({
    runs,
    frames,
    createTerminal: (options, { id, color }) =>
      vscode.window.createTerminal({
        ...options,
        iconPath: new vscode.ThemeIcon(id),
        color: new vscode.ThemeColor(color),
      }),
    sessions: () => sessions.get(),
    colors: themeColors,
    tell: message => void vscode.window.showWarningMessage(message),
    remembered: () => context.workspaceState.get(MEMORY_KEY),
    remember: open => void context.workspaceState.update(MEMORY_KEY, open),
  });
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand('niia.openTerminal', async (argument, options) => {
      const item = await itemWith('worker', argument, pickWorker, runs);
      if (item !== undefined) await openTerminal({ runs, tabs, frames }, item, isAside(options));
    }),
    registerCommand('niia.openTerminals', argument => openTerminals(runs, tabs, argument)),
    registerCommand('niia.replay', argument => replay(runs, frames, argument)),
    vscode.window.registerTerminalLinkProvider(createLinkProvider(terminal => tabs.workerOf(terminal))),
    vscode.window.onDidCloseTerminal(terminal => {
      log.debug('terminal closed:', terminal.name, 'reason', terminal.exitStatus?.reason);
      // What the window closes at its end is to be found again.
      if (terminal.exitStatus?.reason !== vscode.TerminalExitReason.User) return;
      const worker = tabs.onClosed(terminal);
      if (worker !== undefined) void offerToStop(runs, worker);
    }),
    runs.onDidChange(run => tabs.onRunChanged(run)),
    runs.onDidChangeDaemon(() => tabs.onDaemonChanged()),
    restoreOnce(runs, tabs),
    sessions,
  );
}

function themeColors(): TerminalColors {
  const { kind } = vscode.window.activeColorTheme;
  const isLight = kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
  return isLight ? LIGHT : DARK;
}

/** Loads what speaks with the PTY host once, when the first terminal needs it. */
class LazySessions implements vscode.Disposable {
  #sessions: Promise<HostSessions> | undefined;

  get(): Promise<HostSessions> {
    this.#sessions ??= import('./host-sessions.ts').then(({ HostSessions }) => new HostSessions());
    return this.#sessions;
  }

  dispose(): void {
    void this.#sessions?.then(sessions => sessions[Symbol.dispose]());
  }
}

function settings(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration('niia.terminals');
}

type Runs = Parts['runs'];

/** Opens the tabs of before as soon as there is a daemon to ask about them. */
function restoreOnce(runs: Runs, tabs: WorkerTabs): vscode.Disposable {
  let isDone = false;
  const restore = async () => {
    if (isDone || runs.daemon.kind !== 'connected') return;
    isDone = true;
    isDone = await tabs.restore();
  };
  void restore();
  return runs.onDidChangeDaemon(() => void restore());
}

/** What the commands act on. */
interface Terminals {
  readonly runs: Runs;
  readonly tabs: WorkerTabs;
  readonly frames: Frames;
}

async function openTerminal(
  { runs, tabs, frames }: Terminals,
  { run, worker = '', session }: RunItem,
  isAside: boolean,
): Promise<void> {
  const loaded = await loadOrTell(runs, run);
  if (loaded === undefined) return;
  const known = loaded.view.phases.flatMap(phase => phase.workers).find(({ key }) => key === worker);
  if (known === undefined) void vscode.window.showWarningMessage(t('The run has no worker "{0}".', worker));
  else if (session === undefined || session === known.session)
    tabs.open(run, worker, { how: isAside ? 'aside' : 'focus' });
  else openReplay(frames, { name: worker, file: recordingFile(loaded.dir, session), speed: 'instant' });
}

/** Whether a second argument says that the user did not ask for the terminal: then the focus stays where it is. */
function isAside(options: unknown): boolean {
  return (
    typeof options === 'object' &&
    options !== null &&
    'preserveFocus' in options &&
    options.preserveFocus === true
  );
}

async function openTerminals(runs: Runs, tabs: WorkerTabs, argument: unknown): Promise<void> {
  const { run, phase } = (await itemWith('phase', argument, pickPhase, runs)) ?? {};
  if (run === undefined || phase === undefined) return;
  if ((await loadOrTell(runs, run)) !== undefined) tabs.openPhase(run, phase);
}

async function replay(runs: Runs, frames: Frames, argument: unknown): Promise<void> {
  const item = await itemWith('worker', argument, pickWorker, runs);
  if (item?.worker === undefined) return;
  const loaded = await loadOrTell(runs, item.run);
  const worker = loaded?.view.phases.flatMap(phase => phase.workers).find(({ key }) => key === item.worker);
  const session = item.session ?? worker?.session;
  if (loaded === undefined || worker === undefined) return;
  if (session === undefined)
    return void vscode.window.showInformationMessage(t('{0} has not had a terminal yet.', worker.key));
  const speed = await pickSpeed();
  if (speed === undefined) return;
  openReplay(frames, { name: worker.key, file: recordingFile(loaded.dir, session), speed });
}

/** What a command is called with; asks the user where it does not say enough. */
async function itemWith(
  part: 'worker' | 'phase',
  argument: unknown,
  pick: typeof pickWorker,
  runs: Runs,
): Promise<RunItem | undefined> {
  const item = readRunItem(argument);
  return item?.[part] === undefined ? await pick(runs, item?.run) : item;
}

function openReplay(
  frames: Frames,
  options: Omit<ConstructorParameters<typeof ReplayTerminal>[0], 'frames'>,
): void {
  const pty = new ReplayTerminal({ ...options, frames });
  const iconPath = new vscode.ThemeIcon('history');
  vscode.window.createTerminal({ name: pty.name, pty, iconPath, isTransient: true }).show();
}

async function loadOrTell(runs: Runs, run: string) {
  const loaded = await runs.load(run);
  if (loaded.ok) return loaded.value;
  void vscode.window.showWarningMessage(loaded.failure.message);
  return undefined;
}

/** The tab is closed, the worker is not: does the user want that? */
async function offerToStop(runs: Runs, { run, worker }: OpenTab): Promise<void> {
  if (!settings().get('askToStop', true)) return;
  const stop = t('Stop {0}', worker);
  const never = t("Don't Ask Again");
  const answer = await vscode.window.showInformationMessage(
    t('{0} goes on without its terminal.', worker),
    stop,
    t('Keep Running'),
    never,
  );
  if (answer === never) await settings().update('askToStop', false, vscode.ConfigurationTarget.Global);
  if (answer !== stop) return;
  const stopped = await runs.request('run/stop', { run, worker, how: 'polite' });
  if (!stopped.ok) void vscode.window.showWarningMessage(stopped.failure.message);
}
