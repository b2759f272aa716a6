/**
 * Opens a terminal for every worker of the runs that were started in this window, as they come up. A run of many workers
 * opens none by itself: nobody looks at thirty tabs, and which eight of them should it be?
 */
import type { Disposable } from 'vscode';
import type { LoadedRun, Runs } from '../runs/runs.ts';

/** What opening needs of the window. */
export interface OpenerPort {
  readonly runs: Pick<Runs, 'loaded' | 'onDidChange'>;
  /** Most workers a run may have for its terminals to open by themselves; 0 = they never do. */
  limit(): number;
  open(run: string, worker: string): void;
  /** Tells how terminals of a run of so many workers are opened. */
  hint(run: string, workers: number): void;
  /** What the window remembers over a reload. */
  remembered(): unknown;
  remember(watched: readonly WatchedRun[]): void;
}

/** A run whose terminals open by themselves, and the workers whose terminals have: one that was closed stays closed. */
export interface WatchedRun {
  readonly run: string;
  readonly opened: readonly string[];
}

/** Runs that are remembered. Those that ended while no window looked are never asked for again. */
const MAX_RUNS = 20;

/** Watches the runs that were started here. */
export class OpensTerminals implements Disposable {
  readonly #port: OpenerPort;
  readonly #listening: Disposable;
  /** Keys of the workers that have been opened, by run; oldest run first. */
  readonly #watched: Map<string, ReadonlySet<string>>;
  #hasHinted = false;

  constructor(port: OpenerPort) {
    this.#port = port;
    const remembered = readWatchedRuns(port.remembered());
    this.#watched = new Map(remembered.map(({ run, opened }) => [run, new Set(opened)]));
    this.#listening = port.runs.onDidChange(run => this.#look(run));
  }

  /** From here on, the workers of this run open. */
  watch(run: string): void {
    this.#watched.set(run, new Set());
    this.#remember();
    this.#look(run);
  }

  dispose(): void {
    this.#listening.dispose();
  }

  #look(run: string): void {
    const opened = this.#watched.get(run);
    const loaded = this.#port.runs.loaded(run);
    if (opened === undefined || loaded === undefined) return;
    const workers = workersWithTerminals(loaded).filter(key => !opened.has(key));
    if (loaded.view.state === 'ended') this.#watched.delete(run);
    else if (workers.length === 0) return;
    else this.#watched.set(run, new Set([...opened, ...workers]));
    this.#remember();
    this.#openAll(loaded, workers);
  }

  #openAll({ plan, view: { run } }: LoadedRun, workers: readonly string[]): void {
    const limit = this.#port.limit();
    const count = plan.phases.reduce((sum, phase) => sum + phase.workers.length, 0);
    if (count <= limit) for (const worker of workers) this.#port.open(run, worker);
    else if (limit > 0 && !this.#hasHinted) {
      this.#hasHinted = true;
      this.#port.hint(run, count);
    }
  }

  #remember(): void {
    const runs = [...this.#watched].slice(-MAX_RUNS);
    this.#port.remember(runs.map(([run, opened]) => ({ run, opened: [...opened] })));
  }
}

function workersWithTerminals({ view }: LoadedRun): readonly string[] {
  const workers = view.phases.flatMap(phase => phase.workers);
  return workers.filter(({ session }) => session !== undefined).map(({ key }) => key);
}

/** Reads what was stored, by this or another version; what does not fit is left out. */
function readWatchedRuns(stored: unknown): readonly WatchedRun[] {
  return Array.isArray(stored) ? stored.flatMap(readWatchedRun) : [];
}

function readWatchedRun(value: unknown): readonly WatchedRun[] {
  if (typeof value !== 'object' || value === null || !('run' in value) || !('opened' in value)) return [];
  const { run, opened } = value;
  if (typeof run !== 'string' || !Array.isArray(opened)) return [];
  return [{ run, opened: opened.filter(key => typeof key === 'string') }];
}
