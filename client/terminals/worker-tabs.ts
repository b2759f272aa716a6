/** The tabs of workers in this window: opened on command, found again after a reload. */
import { join } from 'node:path';
import type { ExtensionTerminalOptions, Terminal } from 'vscode';
import type { WorkerView } from '../../runtime/engine/projections.ts';
import type { RpcFailure } from '../../runtime/protocol.ts';
import type { Result } from '../../runtime/result.ts';
import type { Runs } from '../runs/runs.ts';
import type { TerminalColors } from './answer-queries.ts';
import type { SessionScreen } from './attachment.ts';
import type { Frames } from './frames.ts';
import type { HostSessions } from './host-sessions.ts';
import { type OpenTab, readOpenTabs } from './open-tabs.ts';
import { hasEnded, type TerminalIcon, terminalIcon, terminalName } from './worker-names.ts';
import { WorkerTerminal } from './worker-terminal.ts';

/** What the tabs need of the window. */
export interface TabPorts {
  readonly runs: Pick<Runs, 'loaded' | 'load' | 'ptyHost' | 'request'>;
  readonly frames: Frames;
  createTerminal(options: ExtensionTerminalOptions, icon: TerminalIcon): Terminal;
  /** What speaks with the PTY host; loaded when it is first needed. */
  sessions(): Promise<Pick<HostSessions, 'attach' | 'resize'>>;
  /** Colours of the window's terminals at present. */
  colors(): TerminalColors;
  /** Tells the user something. */
  tell(message: string): void;
  /** What the window remembers over a reload. */
  remembered(): unknown;
  remember(tabs: readonly OpenTab[]): void;
}

/** How a tab opens. */
export interface OpenOptions {
  /** Open beside the tabs of this number. */
  readonly group?: number;
  /**
   * `focus`: type at once. `aside`: the editor keeps the focus, and the first tab of a run shows that there is something
   * to see; the next ones must not hide what is looked at. `background`: nothing moves.
   */
  readonly how: 'focus' | 'aside' | 'background';
}

interface Tab extends OpenTab {
  readonly terminal: Terminal;
  readonly pty: WorkerTerminal;
}

/** Tabs side by side; more are too narrow to read. */
const SPLITS = 4;

/** All tabs of workers of this window. */
export class WorkerTabs {
  readonly #ports: TabPorts;
  #tabs: readonly Tab[] = [];
  #groups = 0;
  /** Until then, what was remembered is not written over. */
  #isRestored = false;

  constructor(ports: TabPorts) {
    this.#ports = ports;
  }

  /** The worker a terminal shows; undefined if it is none of ours. */
  workerOf(terminal: Terminal): WorkerView | undefined {
    const tab = this.#tabs.find(each => each.terminal === terminal);
    return tab && this.#worker(tab.run, tab.worker);
  }

  /** Shows a worker of a loaded run in its tab, which opens if there is none. */
  open(run: string, worker: string, options: OpenOptions): void {
    const isFirst = !this.#tabs.some(tab => tab.run === run);
    const tab = this.#find(run, worker) ?? this.#create(run, worker, options.group);
    if (options.how === 'focus') tab.terminal.show();
    else if (options.how === 'aside' && isFirst) tab.terminal.show(true);
  }

  /** Shows all workers of a phase side by side. Tabs they have already move there. */
  openPhase(run: string, phase: string): void {
    const { view } = this.#ports.runs.loaded(run) ?? {};
    const keys = view?.phases.find(({ name }) => name === phase)?.workers.map(({ key }) => key) ?? [];
    for (const key of keys) this.#dispose(this.#find(run, key));
    let group = 0;
    for (const [index, key] of keys.entries()) {
      if (index % SPLITS === 0) group = this.#newGroup();
      this.open(run, key, { group, how: 'background' });
    }
    this.#find(run, keys[0] ?? '')?.terminal.show();
  }

  /** A run has changed. */
  onRunChanged(run: string): void {
    for (const tab of this.#tabs) if (tab.run === run) tab.pty.update();
  }

  /** The daemon came or went. */
  onDaemonChanged(): void {
    for (const { pty } of this.#tabs) pty.update();
  }

  /** The user closed a terminal. Returns the worker if it was one and it goes on without a viewer. */
  onClosed(terminal: Terminal): OpenTab | undefined {
    const tab = this.#tabs.find(each => each.terminal === terminal);
    if (tab === undefined) return undefined;
    this.#forget(tab);
    const worker = this.#worker(tab.run, tab.worker);
    return worker !== undefined && !hasEnded(worker) ? tab : undefined;
  }

  /**
   * Opens the tabs that were open before the window was loaded anew, of workers that have not ended. False if the daemon
   * was lost meanwhile: nothing is opened or forgotten, and it is to be tried again.
   */
  async restore(): Promise<boolean> {
    const tabs = readOpenTabs(this.#ports.remembered());
    const runs = [...new Set(tabs.map(({ run }) => run))];
    const loaded = await Promise.all(runs.map(run => this.#ports.runs.load(run)));
    if (loaded.some(isLost)) return false;
    const groups = new Map<number, number>();
    for (const { run, worker, group } of tabs) {
      const known = this.#worker(run, worker);
      if (known === undefined || hasEnded(known)) continue;
      if (group !== undefined && !groups.has(group)) groups.set(group, this.#newGroup());
      const here = group === undefined ? undefined : groups.get(group);
      this.open(run, worker, { how: 'background', ...(here !== undefined && { group: here }) });
    }
    this.#isRestored = true;
    this.#remember();
    return true;
  }

  #create(run: string, worker: string, group: number | undefined): Tab {
    const { view, plan } = this.#ports.runs.loaded(run) ?? {};
    const known = view && workersOf(view.phases).find(({ key }) => key === worker);
    const planned = plan && workersOf(plan.phases).find(({ key }) => key === worker);
    const pty = new WorkerTerminal(worker, this.#terminalPorts(run, worker));
    // A new tab stands right beside its parent.
    const parent = this.#tabs.findLast(tab => group !== undefined && tab.group === group);
    const terminal = this.#ports.createTerminal(
      {
        name: known === undefined ? worker : terminalName(known),
        pty,
        isTransient: true,
        ...(parent && { location: { parentTerminal: parent.terminal } }),
      },
      terminalIcon(planned?.routes[0]?.adapter),
    );
    const tab: Tab = { run, worker, terminal, pty, ...(group !== undefined && { group }) };
    this.#tabs = [...this.#tabs, tab];
    this.#remember();
    return tab;
  }

  #terminalPorts(run: string, worker: string): ConstructorParameters<typeof WorkerTerminal>[1] {
    const { runs, frames, sessions, colors, tell } = this.#ports;
    return {
      frames,
      sessions,
      colors,
      tell,
      worker: () => this.#worker(run, worker),
      shownName: () => this.#find(run, worker)?.terminal.name,
      host: () => runs.ptyHost,
      screen: async session => await screenOf(runs, session),
      recording: session => {
        const dir = runs.loaded(run)?.dir;
        return dir === undefined ? undefined : recordingFile(dir, session);
      },
    };
  }

  #worker(run: string, worker: string): WorkerView | undefined {
    return workersOf(this.#ports.runs.loaded(run)?.view.phases ?? []).find(({ key }) => key === worker);
  }

  #find(run: string, worker: string): Tab | undefined {
    return this.#tabs.find(tab => tab.run === run && tab.worker === worker);
  }

  #newGroup(): number {
    this.#groups += 1;
    return this.#groups;
  }

  #dispose(tab: Tab | undefined): void {
    if (tab === undefined) return;
    this.#forget(tab);
    tab.terminal.dispose();
  }

  #forget(tab: Tab): void {
    this.#tabs = this.#tabs.filter(each => each !== tab);
    this.#remember();
  }

  #remember(): void {
    if (!this.#isRestored) return;
    this.#ports.remember(
      this.#tabs.map(({ run, worker, group }) => ({ run, worker, ...(group !== undefined && { group }) })),
    );
  }
}

/** Where a session of a run is recorded. `dir` is the run's directory. */
export function recordingFile(dir: string, session: string): string {
  return join(dir, 'sessions', `${session}.cast`);
}

/** Whether a run could not be asked for, which says nothing about the run. */
function isLost(loaded: Result<unknown, RpcFailure>): boolean {
  return !loaded.ok && (loaded.failure.code === 'daemon-lost' || loaded.failure.code === 'no-daemon');
}

async function screenOf(runs: Pick<Runs, 'request'>, session: string): Promise<SessionScreen | undefined> {
  const screen = await runs.request('session/screen', { session });
  return screen.ok ? screen.value : undefined;
}

function workersOf<W>(phases: readonly { readonly workers: readonly W[] }[]): readonly W[] {
  return phases.flatMap(({ workers }) => workers);
}
