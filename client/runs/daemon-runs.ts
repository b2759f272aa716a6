/** The runs of this window's files, as the daemon knows them: `Runs` over a connection that comes and goes. */
import type { Disposable, Event } from 'vscode';
import { Emitter } from 'vscode-jsonrpc/node';
import type { DaemonClient } from '../../runtime/daemon/client.ts';
import { rowOf } from '../../runtime/daemon/run-row.ts';
import type { Method, Params, Responses, RpcFailure, RunRow } from '../../runtime/protocol.ts';
import type { Result } from '../../runtime/result.ts';
import { DaemonLink, type DaemonPort } from './daemon-link.ts';
import { RunFollower } from './run-follower.ts';
import type { DaemonState, LoadedRun, Runs } from './runs.ts';
import { isSameFile } from './same-file.ts';

/** What the runs need of the window. */
export interface RunsOptions extends DaemonPort {
  readonly stateDir: string;
  /** Whether runs were ever made here. */
  hasRuns(): boolean;
  /** Whether a connector file, by its path on disk, belongs to this window. */
  isOfWindow(file: string): boolean;
  /** For what must not be lost in silence. */
  onFailure(what: string, error: unknown): void;
}

/** Changes of a run are told at most once in this time. */
const QUIET_MS = 100;
/** Runs that nobody here follows are listed at most once in this time: the list has all runs of the user. */
const LIST_QUIET_MS = 300;

/** States of a row that has not ended. */
const UNFINISHED: ReadonlySet<string> = new Set(['starting', 'running', 'waiting', 'parked', 'stopping']);

/** Whether a run goes on, by its row. */
export function isUnfinished(row: RunRow): boolean {
  return UNFINISHED.has(row.state);
}

/** `Runs` over the daemon. */
export class DaemonRuns implements Runs, Disposable {
  readonly #options: RunsOptions;
  readonly #link: DaemonLink;
  readonly #changed = new Emitter<string>();
  readonly onDidChange: Event<string> = this.#changed.event;
  readonly onDidChangeDaemon: Event<DaemonState>;
  readonly #followers = new Map<string, RunFollower>();
  /** Runs whose change is still to be told. */
  readonly #pending = new Set<string>();
  /** Every run of this user, newest first. */
  #rows: readonly RunRow[] = [];
  #isListed = false;
  #cancelTelling: (() => void) | undefined;
  #cancelListing: (() => void) | undefined;
  #listing: Promise<void> | undefined;
  #isListStale = false;

  constructor(options: RunsOptions) {
    this.#options = options;
    this.#link = new DaemonLink(options, () => this.list().some(isUnfinished));
    this.onDidChangeDaemon = this.#link.onDidChange;
    this.#link.onDidConnect(client => this.#onConnect(client));
  }

  get daemon(): DaemonState {
    return this.#link.state;
  }

  get ptyHost(): Runs['ptyHost'] {
    const socketPath = this.#link.client?.daemon.ptyHost;
    return socketPath === undefined ? undefined : { socketPath, stateDir: this.#options.stateDir };
  }

  list(): readonly RunRow[] {
    return this.#rows.filter(row => this.#options.isOfWindow(row.file));
  }

  /** How many runs of this user are under way, those of other windows included; undefined while not connected. */
  get unfinishedOfUser(): number | undefined {
    return this.daemon.kind === 'connected' && this.#isListed
      ? this.#rows.filter(isUnfinished).length
      : undefined;
  }

  newest(file: string): RunRow | undefined {
    return this.#rows.find(row => isSameFile(row.file, file) && row.parent === undefined);
  }

  loaded(run: string): LoadedRun | undefined {
    return this.#followers.get(run)?.loaded;
  }

  async load(run: string): Promise<Result<LoadedRun, RpcFailure>> {
    const asked = await this.#link.ask();
    return asked.ok ? await this.#followerOf(run).refresh(asked.value) : asked;
  }

  async request<M extends Method>(method: M, params: Params<M>): Promise<Result<Responses[M], RpcFailure>> {
    const asked = await this.#link.ask();
    return asked.ok ? await asked.value.request(method, params) : asked;
  }

  /** Connects if a daemon runs; starts none. */
  async find(): Promise<void> {
    await this.#link.find();
  }

  /** Like `find`, but starts a daemon where there are runs that somebody wants to see. */
  async wake(): Promise<void> {
    if (this.#options.hasRuns()) await this.#link.ask();
    else await this.#link.find();
  }

  /** Starts a daemon where none runs, and reads everything anew. */
  async refresh(): Promise<Result<void, RpcFailure>> {
    const asked = await this.#link.ask();
    if (!asked.ok) return asked;
    await this.#list();
    return { ok: true, value: undefined };
  }

  /** The window's files changed: other runs may belong to it. */
  onFilesChanged(): void {
    this.#tellAll(this.#rows.map(row => row.run));
    this.#followUnfinished();
  }

  dispose(): void {
    for (const follower of this.#followers.values()) follower.dispose();
    this.#cancelTelling?.();
    this.#cancelListing?.();
    this.#link.dispose();
    this.#changed.dispose();
  }

  #onConnect(client: DaemonClient): void {
    client.onRunChanged(run => this.#onRunChanged(run));
    void this.#list();
  }

  #onRunChanged(run: string): void {
    // The row of a run that is followed comes from its own events.
    if (this.#followers.get(run)?.isFollowing === true) return;
    this.#cancelListing ??= this.#options.later(LIST_QUIET_MS, () => {
      this.#cancelListing = undefined;
      void this.#list();
    });
  }

  /** Reads all rows, once for any number of wishes. */
  async #list(): Promise<void> {
    this.#isListStale = true;
    this.#listing ??= this.#listUntilFresh().finally(() => {
      this.#listing = undefined;
    });
    await this.#listing;
  }

  async #listUntilFresh(): Promise<void> {
    while (this.#isListStale) {
      this.#isListStale = false;
      const listed = await this.#link.client?.request('run/list', { all: true });
      if (listed?.ok) this.#takeRows(listed.value.runs);
      else if (listed) this.#options.onFailure('The list of runs could not be read', listed.failure.message);
    }
  }

  #takeRows(rows: readonly RunRow[]): void {
    const before = new Map(this.#rows.map(row => [row.run, row]));
    this.#isListed = true;
    this.#rows = rows.toSorted((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
    const differs = (row: RunRow) => JSON.stringify(before.get(row.run)) !== JSON.stringify(row);
    const now = new Set(rows.map(row => row.run));
    const gone = [...before.keys()].filter(run => !now.has(run));
    for (const run of gone) this.#forget(run);
    this.#tellAll([...gone, ...rows.filter(differs).map(row => row.run)]);
    this.#followUnfinished();
  }

  #forget(run: string): void {
    this.#followers.get(run)?.dispose();
    this.#followers.delete(run);
  }

  #followUnfinished(): void {
    const client = this.#link.client;
    if (client === undefined) return;
    for (const row of this.list()) {
      const follower = this.#followers.get(row.run);
      const isOutdated = follower?.loaded !== undefined && !follower.isFollowing && isBehind(follower, row);
      const isNew = isUnfinished(row) && follower?.isFollowing !== true;
      if (isNew || isOutdated) void this.#refresh(row.run, client);
    }
  }

  async #refresh(run: string, client: DaemonClient): Promise<void> {
    const refreshed = await this.#followerOf(run).refresh(client);
    if (!refreshed.ok && refreshed.failure.code !== 'daemon-lost')
      this.#options.onFailure(`The run ${run} could not be read`, refreshed.failure.message);
  }

  #followerOf(run: string): RunFollower {
    const known = this.#followers.get(run);
    if (known !== undefined) return known;
    const follower = new RunFollower(run, {
      onChange: changed => this.#tellAll([changed]),
      onFailure: this.#options.onFailure,
    });
    this.#followers.set(run, follower);
    return follower;
  }

  #tellAll(runs: readonly string[]): void {
    for (const run of runs) this.#pending.add(run);
    if (this.#pending.size > 0) this.#cancelTelling ??= this.#options.later(QUIET_MS, () => this.#tell());
  }

  #tell(): void {
    this.#cancelTelling = undefined;
    const runs = [...this.#pending];
    this.#pending.clear();
    for (const run of runs) this.#renewRow(run);
    for (const run of runs) this.#changed.fire(run);
  }

  /** The row of a run whose view is here is made from that. */
  #renewRow(run: string): void {
    const follower = this.#followers.get(run);
    const loaded = follower?.loaded;
    if (loaded === undefined || loaded.view.run === '') return;
    const row = rowOf(loaded.view);
    const isKnown = this.#rows.some(other => other.run === run);
    this.#rows = isKnown ? this.#rows.map(other => (other.run === run ? row : other)) : [row, ...this.#rows];
  }
}

/** An ended run that was read before its row changed: it was retried, and ended again, between two lists. */
function isBehind(follower: RunFollower, row: RunRow): boolean {
  const view = follower.loaded?.view;
  return view !== undefined && ((view.outcome ?? view.state) !== row.state || view.endedAt !== row.endedAt);
}
