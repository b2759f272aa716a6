/** Keeps one run up to date: what the daemon shows of it first, then its events as they come. */
import type { DaemonClient } from '../../runtime/daemon/client.ts';
import type { RunView } from '../../runtime/engine/projections.ts';
import { RunViewBuilder } from '../../runtime/engine/run-view-builder.ts';
import type { Responses, RpcFailure } from '../../runtime/protocol.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { LoadedRun } from './runs.ts';

/** Who wants to know of a run. */
export interface RunWatcher {
  /** Called after every event. */
  onChange(run: string): void;
  /** Called when events could not be understood; following has ended. */
  onFailure(what: string, error: unknown): void;
}

/** A run that is followed until it has ended. */
export class RunFollower {
  readonly #run: string;
  readonly #watcher: RunWatcher;
  readonly #left = new AbortController();
  #shown: Responses['run/show'] | undefined;
  #builder: RunViewBuilder | undefined;
  /** Number of the last event in the builder, and the view it had after that. */
  #seq = 0;
  #view: RunView | undefined;
  #isFollowing = false;

  constructor(run: string, watcher: RunWatcher) {
    this.#run = run;
    this.#watcher = watcher;
  }

  /** The run as far as it is known; undefined before the first answer. */
  get loaded(): LoadedRun | undefined {
    if (this.#shown === undefined) return undefined;
    const { plan, dir, view } = this.#shown;
    // Until the events from the first have caught up, the daemon's own view is ahead.
    if (this.#builder === undefined || this.#seq < view.seq) return { plan, dir, view };
    this.#view ??= this.#builder.view;
    return { plan, dir, view: this.#view };
  }

  /** Whether events are under way: then nobody has to ask for the run again. */
  get isFollowing(): boolean {
    return this.#isFollowing;
  }

  /** Asks for the run, and follows it if it has not ended. Failures leave what was known. */
  async refresh(client: DaemonClient): Promise<Result<LoadedRun, RpcFailure>> {
    const shown = await client.request('run/show', { run: this.#run });
    if (!shown.ok) return shown;
    this.#shown = shown.value;
    if (shown.value.view.state !== 'ended' && !this.#isFollowing) void this.#follow(client);
    this.#watcher.onChange(this.#run);
    const loaded = this.loaded;
    return loaded === undefined ? err(notLoaded(this.#run)) : ok(loaded);
  }

  /** Stops following. */
  dispose(): void {
    this.#left.abort();
  }

  async #follow(client: DaemonClient): Promise<void> {
    if (this.#shown === undefined) return;
    this.#isFollowing = true;
    try {
      const builder = this.#builder ?? new RunViewBuilder(this.#shown.plan);
      this.#builder = builder;
      const events = await client.follow(this.#run, this.#seq + 1, this.#left.signal);
      if (!events.ok) return;
      for await (const event of events.value) {
        builder.apply(event);
        this.#seq = event.seq;
        this.#view = undefined;
        this.#watcher.onChange(this.#run);
      }
    } catch (error) {
      // The daemon's view is still right; the next following starts with the first event.
      this.#builder = undefined;
      this.#seq = 0;
      this.#watcher.onFailure(`The events of ${this.#run} could not be understood`, error);
    } finally {
      this.#isFollowing = false;
    }
  }
}

function notLoaded(run: string): RpcFailure {
  return { code: 'not-loaded', message: `Nothing is known of the run "${run}".`, exitCode: 1 };
}
