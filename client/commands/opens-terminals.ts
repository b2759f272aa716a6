/** Opens a terminal for every worker of the runs that were started in this window, as they come up, up to a limit. */
import type { Disposable } from 'vscode';
import type { Runs } from '../runs/runs.ts';

/** What opening needs of the window. */
export interface TerminalPort {
  /** Terminals that open by themselves per run; 0 = none. */
  limit(): number;
  open(run: string, worker: string): unknown;
}

/** Watches the runs that were started here. */
export class OpensTerminals implements Disposable {
  readonly #runs: Runs;
  readonly #port: TerminalPort;
  readonly #listening: Disposable;
  /** Workers that have been opened, by run. */
  readonly #opened = new Map<string, Set<string>>();

  constructor(runs: Runs, port: TerminalPort) {
    this.#runs = runs;
    this.#port = port;
    this.#listening = runs.onDidChange(run => this.#look(run));
  }

  /** From here on, the workers of this run open. */
  watch(run: string): void {
    this.#opened.set(run, new Set());
    this.#look(run);
  }

  dispose(): void {
    this.#listening.dispose();
  }

  #look(run: string): void {
    const opened = this.#opened.get(run);
    const view = this.#runs.loaded(run)?.view;
    if (opened === undefined || view === undefined) return;
    for (const { key, session } of view.phases.flatMap(phase => phase.workers)) {
      if (session === undefined || opened.has(key) || opened.size >= this.#port.limit()) continue;
      opened.add(key);
      this.#port.open(run, key);
    }
    if (view.state === 'ended') this.#opened.delete(run);
  }
}
