/** All runs of a state directory: those that are being driven, and those that stand on disk. */
import { rm } from 'node:fs/promises';
import { remember } from '../cost/history.ts';
import type { RunView } from '../engine/projections.ts';
import { project } from '../engine/run-view-builder.ts';
import type { Plan } from '../plan/plan.ts';
import type { Params, Responses, RpcFailure, RunRow } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { deleteEnvFile, type Environment } from './env-file.ts';
import { failure, unknownRun } from './failure.ts';
import { type Relatives, settleWithRelatives, tellRelatives } from './family.ts';
import type { EventSource } from './follow.ts';
import { LiveRun, type RunHost } from './live-run.ts';
import { listRunIds, type RunDir, readIfThere, runDirOf } from './run-dir.ts';
import { rowOf } from './run-row.ts';
import { spendingOfPhases } from './run-spending.ts';
import { type Ancestry, makeRun } from './run-start.ts';
import { readRun, readSummary, removeSummary, writeSummary } from './stored-run.ts';

/** What a manager needs. */
export interface RunManagerOptions {
  readonly host: RunHost;
  readonly runsDir: string;
  /** Where it is remembered what phases have cost. */
  readonly historyFile: string;
  /** Called when a run's row may have changed. */
  readonly onChanged: (run: string) => void;
}

/** A run as a client sees it. */
export interface ShownRun {
  readonly dir: RunDir;
  readonly plan: Plan;
  readonly view: RunView;
}

/** Starts runs, takes up unfinished ones, finds both by id. */
export class RunManager {
  readonly #options: RunManagerOptions;
  readonly #live = new Map<string, LiveRun>();
  /** Last in line by run (`exclusive`). */
  readonly #queues = new Map<string, Promise<unknown>>();
  readonly #relatives: Relatives;
  #isClosed = false;

  constructor(options: RunManagerOptions) {
    this.#options = options;
    this.#relatives = {
      parentOf: ({ services: { started } }) =>
        started.parent === undefined ? undefined : this.#live.get(started.parent.run),
      childrenOf: run => this.childrenOf(run),
      log: options.host.log,
    };
  }

  /** Unfinished runs. */
  get live(): readonly LiveRun[] {
    return [...this.#live.values()];
  }

  /** An unfinished run by its id. */
  find(run: string): LiveRun | undefined {
    return this.#live.get(run);
  }

  /** Folder of a run, whether it exists or not. */
  dirOf(run: string): RunDir {
    return runDirOf(this.#options.runsDir, run);
  }

  /** Starts a run. */
  async start(params: Params<'run/start'>): Promise<Result<LiveRun, RpcFailure>> {
    const ancestry = this.#ancestryOf(params);
    if (!ancestry.ok) return ancestry;
    const { host, runsDir } = this.#options;
    const live = await makeRun(host, runsDir, params, ancestry.value);
    if (live.ok) this.#drive(live.value);
    return live;
  }

  /** Takes up every run that a daemon before this one left unfinished. */
  async takeUpAll(): Promise<void> {
    for (const run of await listRunIds(this.#options.runsDir)) {
      const dir = this.dirOf(run);
      if ((await readSummary(dir)) !== undefined) continue;
      if (!(await hasBegun(dir))) await this.#removeUnstarted(dir);
      else await this.#takeUp(run);
    }
  }

  /**
   * Opens an ended run again for somebody who wants to go on with it, with that client's environment. To be called, with
   * what is asked of the run and `settle`, within `exclusive`.
   */
  async reopen(run: string, env: Environment): Promise<Result<LiveRun, RpcFailure>> {
    const live = this.#live.get(run);
    if (live !== undefined) {
      await live.useEnvironment(env);
      return ok(live);
    }
    if ((await readIfThere(this.dirOf(run).journal)) === undefined) return err(unknownRun(run));
    return this.#open(run, 'somebody goes on with it', env);
  }

  /** One at a time for a run: its end must not come between a retry's opening and its request. */
  exclusive<T>(run: string, work: () => Promise<T>): Promise<T> {
    const before = this.#queues.get(run) ?? Promise.resolve();
    const result = before.then(work);
    const settled = result.catch(() => {});
    this.#queues.set(run, settled);
    void settled.then(() => {
      if (this.#queues.get(run) === settled) this.#queues.delete(run);
    });
    return result;
  }

  /** Begins to perform a reopened run, or lets it go again if there is nothing to do. */
  settle(live: LiveRun): Promise<void> {
    if (this.#live.has(live.run)) return Promise.resolve();
    if (live.state.progress.kind === 'ended') return this.#letGo(live);
    this.#drive(live);
    return removeSummary(live.dir);
  }

  /** Everything about a run. */
  async show(run: string): Promise<Result<ShownRun, RpcFailure>> {
    const live = this.#live.get(run);
    if (live !== undefined) return ok({ dir: live.dir, plan: live.plan, view: live.view() });
    const dir = this.dirOf(run);
    if ((await readIfThere(dir.journal)) === undefined) return err(unknownRun(run));
    const stored = await readRun(dir);
    if (!stored.ok) return err(failure('broken-run', stored.failure));
    const { plan, events } = stored.value;
    return ok({ dir, plan, view: project(plan, events) });
  }

  /** Events of a run, also of an ended one. */
  async source(run: string): Promise<Result<EventSource, RpcFailure>> {
    const live = this.#live.get(run);
    if (live !== undefined) return ok(live.source);
    const dir = this.dirOf(run);
    if ((await readIfThere(dir.journal)) === undefined) return err(unknownRun(run));
    const stored = await readRun(dir);
    if (!stored.ok) return err(failure('broken-run', stored.failure));
    const { events } = stored.value;
    return ok({
      lastSeq: events.length,
      read: async (fromSeq, limit) => events.slice(fromSeq - 1, fromSeq - 1 + limit),
      onAppend: () => () => {},
    });
  }

  /** Rows of runs, newest first: unfinished ones, or all. */
  async list(isAll: boolean): Promise<readonly RunRow[]> {
    const live = this.live.map(run => rowOf(run.view()));
    const ended = isAll ? await this.#endedRows() : [];
    return [...live, ...ended].sort((a, b) => b.startedAt.localeCompare(a.startedAt));
  }

  /** Lets go of every run; their processes stay, and the next daemon goes on with them. */
  async close(): Promise<readonly string[]> {
    this.#isClosed = true;
    const runs = [...this.#live.keys()];
    await Promise.all(this.live.map(live => live.close()));
    this.#live.clear();
    return runs;
  }

  /** Forgets an ended run and removes its folder. */
  async remove(run: string): Promise<void> {
    await rm(this.dirOf(run).root, { recursive: true, force: true });
    this.#options.onChanged(run);
  }

  #drive(live: LiveRun): void {
    this.#live.set(live.run, live);
    let isTold = false;
    live.onEvent(event => {
      this.#related(tellRelatives(live, event, this.#relatives));
      // One word for all events of one tick.
      if (isTold) return;
      isTold = true;
      setImmediate(() => {
        isTold = false;
        this.#options.onChanged(live.run);
      });
    });
    live.begin();
    this.#related(settleWithRelatives(live, this.#relatives));
    this.#awaitEnd(live);
    this.#options.onChanged(live.run);
  }

  #related(telling: Promise<void>): void {
    telling.catch(error => this.#options.host.log.error('a run could not be told of a related one', error));
  }

  #awaitEnd(live: LiveRun): void {
    const end = live.ended().then(() => this.exclusive(live.run, () => this.#end(live)));
    end.catch(error => this.#options.host.log.error(`run ${live.run} could not be closed`, error));
  }

  async #end(live: LiveRun): Promise<void> {
    if (this.#isClosed) return;
    // A retry came in between: the run goes on, and ends again.
    if (live.state.progress.kind !== 'ended') return this.#awaitEnd(live);
    await settleWithRelatives(live, this.#relatives);
    await this.#letGo(live);
    this.#live.delete(live.run);
    this.#options.onChanged(live.run);
  }

  async #letGo(live: LiveRun): Promise<void> {
    const view = live.view();
    const row = rowOf(view);
    await live.close();
    await this.#remember(view);
    await deleteEnvFile(live.dir.env);
    await writeSummary(live.dir, row);
  }

  /** Estimates are a comfort: a run ends without. */
  async #remember(view: RunView): Promise<void> {
    try {
      await remember(this.#options.historyFile, spendingOfPhases(view));
    } catch (error) {
      this.#options.host.log.error(`what run ${view.run} cost could not be remembered`, error);
    }
  }

  async #takeUp(run: string): Promise<void> {
    const opened = await this.#open(run, 'the daemon was restarted');
    if (!opened.ok) this.#options.host.log.error(`run ${run} cannot be taken up: ${opened.failure.message}`);
    else await this.settle(opened.value);
  }

  #open(run: string, why: string, env?: Environment): Promise<Result<LiveRun, RpcFailure>> {
    return LiveRun.open(this.#options.host, { run, dir: this.dirOf(run) }, why, env);
  }

  /** A daemon died between making the folder and the first event: nobody knows of this run. */
  async #removeUnstarted(dir: RunDir): Promise<void> {
    await rm(dir.root, { recursive: true, force: true });
  }

  async #endedRows(): Promise<readonly RunRow[]> {
    const rows: RunRow[] = [];
    for (const run of await listRunIds(this.#options.runsDir)) {
      if (this.#live.has(run)) continue;
      const row = (await readSummary(this.dirOf(run))) ?? (await this.#brokenRow(run));
      if (row !== undefined) rows.push(row);
    }
    return rows;
  }

  /** A run whose journal cannot be taken up is listed, so that somebody sees it. */
  async #brokenRow(run: string): Promise<RunRow | undefined> {
    const shown = await this.show(run);
    if (shown.ok) return rowOf(shown.value.view);
    const row = {
      run,
      name: run,
      file: '',
      state: 'broken',
      startedAt: '',
      phasesDone: 0,
      phases: 0,
      workers: 0,
    };
    return shown.failure.code === 'broken-run' ? row : undefined;
  }

  /** Depth and limits of a run that a worker starts (spec §6 recursive, §8). */
  #ancestryOf({ plan, parent, env }: Params<'run/start'>): Result<Ancestry, RpcFailure> {
    const named = parent ?? parentFrom(env);
    const above = named === undefined ? undefined : this.#live.get(named.run);
    if (named === undefined || above === undefined) return ok({ depth: 0 });
    if (above.state.limit !== undefined) {
      const message = `"${above.run}" is limited, and starts nothing more: ${above.state.limit.message}.`;
      return err(failure('limited', message, 4));
    }
    const root = this.#rootOf(above);
    const { maxDepth, maxTotalAgents } = root.plan.limits;
    const depth = above.services.started.depth + 1;
    if (depth > maxDepth) {
      const message = `This run would be ${depth} levels below "${root.run}", which allows ${maxDepth} (limits.max_depth).`;
      return err(failure('max-depth', message, 4));
    }
    const agentsLeft = maxTotalAgents - this.#agentsBelow(root);
    if (agentsLeft < 1) {
      const message = `"${root.run}" and the runs below it may start ${maxTotalAgents} workers (limits.max_total_agents), and have.`;
      return err(failure('max-total-agents', message, 4));
    }
    return ok({ depth, parent: named, agentsLeft: Math.min(agentsLeft, plan.limits.maxTotalAgents) });
  }

  #rootOf(live: LiveRun): LiveRun {
    const above = this.#relatives.parentOf(live);
    return above === undefined ? live : this.#rootOf(above);
  }

  /** Workers that were started, or are planned, by a run and all runs below it, also those that have ended. */
  #agentsBelow(live: LiveRun): number {
    const own = Math.max(live.state.agents, live.state.index.workerCount);
    const unfinished = this.childrenOf(live.run);
    const ended = [...live.state.children].filter(([run]) => !unfinished.some(child => child.run === run));
    const below = ended.reduce((sum, [, { agents }]) => sum + agents, own);
    return unfinished.reduce((sum, child) => sum + this.#agentsBelow(child), below);
  }

  /** Unfinished runs that a run's workers (or one of them) started. */
  childrenOf(run: string, worker?: string): readonly LiveRun[] {
    return this.live.filter(({ services: { started } }) => {
      const { parent } = started;
      return parent?.run === run && (worker === undefined || parent.worker === worker);
    });
  }
}

/** A run has begun when its first event is whole: before that nobody was told of it. */
async function hasBegun(dir: RunDir): Promise<boolean> {
  return (await readIfThere(dir.journal))?.includes('\n') === true;
}

function parentFrom(env: Environment): { readonly run: string; readonly worker: string } | undefined {
  const { NIIA_RUN: run, NIIA_WORKER: worker } = env;
  return run === undefined || worker === undefined ? undefined : { run, worker };
}

/** What `run/show` answers. */
export function shownResponse({ plan, view, dir }: ShownRun): Responses['run/show'] {
  return { plan, view, dir: dir.root };
}
