/** One unfinished run: its loop, what its performers work with, and its view for clients. */
import type { PriceTable } from '../cost/price-table.ts';
import type { EventData, RunEvent, RunEventOf } from '../engine/events.ts';
import { describeJournalFailure } from '../engine/journal-text.ts';
import { type LoopOptions, RunLoop } from '../engine/loop.ts';
import type { RunView } from '../engine/projections.ts';
import type { RequestResult } from '../engine/requests.ts';
import { RunViewBuilder } from '../engine/run-view-builder.ts';
import type { RunState } from '../engine/state.ts';
import type { GitGuard } from '../git/git-guard.ts';
import type { Plan } from '../plan/plan.ts';
import type { RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { systemClock } from '../runner/session-host.ts';
import {
  type Environment,
  ownEnvironment,
  readEnvFile,
  withoutOwnVariables,
  writeEnvFile,
} from './env-file.ts';
import { failure } from './failure.ts';
import type { EventSource } from './follow.ts';
import type { Log } from './log.ts';
import { createPerformer } from './performer/performer.ts';
import type { PtyLink } from './pty-link.ts';
import type { RunDir } from './run-dir.ts';
import { openRunRepository } from './run-repository.ts';
import type { RunServices } from './run-services.ts';
import { createSecrets } from './secrets.ts';
import { readPlan } from './stored-run.ts';

/** What every run gets from its daemon. */
export interface RunHost {
  readonly pty: PtyLink;
  readonly binDir: string;
  readonly home?: string;
  readonly linkedDirectories: readonly string[];
  readonly prices: PriceTable;
  readonly log: Log;
}

/** Which run, and where it stands. */
export interface RunPlace {
  readonly run: string;
  readonly dir: RunDir;
}

/** Holds what performers work with: a loop is made before it is known, and a retry changes it. */
class ServicesBox {
  #services: RunServices | undefined;

  get(): RunServices {
    if (this.#services === undefined) throw new Error('a command was performed before the run was open');
    return this.#services;
  }

  set(services: RunServices): void {
    this.#services = services;
  }
}

/** A run that is being driven. */
export class LiveRun {
  readonly run: string;
  readonly dir: RunDir;
  readonly plan: Plan;
  readonly source: EventSource;
  readonly #loop: RunLoop;
  readonly #box: ServicesBox;
  #builder: RunViewBuilder | undefined;

  private constructor(place: RunPlace, plan: Plan, loop: RunLoop, box: ServicesBox) {
    this.run = place.run;
    this.dir = place.dir;
    this.plan = plan;
    this.#loop = loop;
    this.#box = box;
    this.source = sourceOf(loop);
  }

  /** Begins a new run whose folder, plan and environment are written. Performs nothing before `begin`. */
  static async create(
    host: RunHost,
    place: RunPlace,
    plan: Plan,
    env: Environment,
    started: Omit<EventData<'run-started'>, 'run'>,
  ): Promise<Result<LiveRun, RpcFailure>> {
    // Before the journal: a run whose repository cannot be used does not begin.
    const git = await openRunRepository(plan, place.dir, env);
    if (!git.ok) return err(failure('repository', sentence(git.failure), 2));
    const box = new ServicesBox();
    const loop = await RunLoop.create(loopOptions(host, place, plan, box), started);
    if (!loop.ok) return err(failure('journal', sentence(describeJournalFailure(loop.failure))));
    box.set(servicesOf(host, place, plan, env, loop.value, git));
    return ok(new LiveRun(place, plan, loop.value, box));
  }

  /** Takes a run up from disk. `env`: a new environment, of the client that asks; absent = the kept one. */
  static async open(
    host: RunHost,
    place: RunPlace,
    why: string,
    env?: Environment,
  ): Promise<Result<LiveRun, RpcFailure>> {
    const plan = await readPlan(place.dir);
    if (!plan.ok) return err(failure('broken-run', sentence(plan.failure)));
    const box = new ServicesBox();
    const loop = await RunLoop.open(loopOptions(host, place, plan.value, box), why);
    if (!loop.ok) return err(failure('broken-run', sentence(describeJournalFailure(loop.failure))));
    if (loop.value.events.length === 0) {
      await loop.value.close();
      return err(failure('broken-run', `${place.dir.journal} is empty.`));
    }
    if (env !== undefined) await writeEnvFile(place.dir.env, env);
    // A run whose kept environment was lost gets the daemon's: better than none.
    const known = (await readEnvFile(place.dir.env)) ?? ownEnvironment();
    // A repository that is gone does not keep the run from ending: its workers fail and say so.
    const git = await openRunRepository(plan.value, place.dir, known);
    if (!git.ok) host.log.error(`run ${place.run}: ${git.failure}`);
    box.set(servicesOf(host, place, plan.value, known, loop.value, git));
    return ok(new LiveRun(place, plan.value, loop.value, box));
  }

  /** Begins to perform. */
  begin(): void {
    this.#loop.start();
  }

  get state(): RunState {
    return this.#loop.state;
  }

  get services(): RunServices {
    return this.#box.get();
  }

  /** What people see of it. */
  view(): RunView {
    if (this.#builder === undefined) {
      const builder = new RunViewBuilder(this.plan);
      this.#loop.follow(1, { onEvent: event => builder.apply(event) });
      this.#builder = builder;
    }
    return this.#builder.view;
  }

  /** Carries out what somebody asks for. */
  async request(make: (state: RunState) => RequestResult): Promise<Result<void, RpcFailure>> {
    const done = await this.#loop.request(make);
    return done.ok ? done : err(failure(done.failure.code, sentence(done.failure.message), 2));
  }

  /** Gives the workers that start from here on another environment (`niia retry`, `niia resume`). */
  async useEnvironment(env: Environment): Promise<void> {
    await writeEnvFile(this.dir.env, env);
    this.#box.set({
      ...this.#box.get(),
      env: withoutOwnVariables(env),
      secrets: createSecrets(env),
      sessions: new Map(),
    });
  }

  /** Calls back with every event that is on disk, from now on. */
  onEvent(listener: (event: RunEvent) => void): () => void {
    return this.#loop.follow(this.#loop.events.length + 1, { onEvent: listener });
  }

  /** Settles when the run has ended and nothing of it goes on. */
  async ended(): Promise<void> {
    await this.#loop.whenEnded();
  }

  /** Lets go of the run; its processes stay. */
  close(): Promise<void> {
    return this.#loop.close();
  }
}

function loopOptions(host: RunHost, place: RunPlace, plan: Plan, box: ServicesBox): LoopOptions {
  return {
    run: place.run,
    plan,
    journalFile: place.dir.journal,
    performer: createPerformer(() => box.get()),
    now: () => new Date(),
    log: message => host.log.error(message),
  };
}

function firstEvent(loop: RunLoop): RunEventOf<'run-started'> {
  const first = loop.events[0];
  if (first?.kind !== 'run-started') throw new Error('a journal begins with the start of its run');
  return first;
}

function servicesOf(
  host: RunHost,
  place: RunPlace,
  plan: Plan,
  env: Environment,
  loop: RunLoop,
  git: Result<GitGuard | undefined, string>,
): RunServices {
  const { pty, binDir, home, linkedDirectories, prices, log } = host;
  return {
    ...place,
    plan,
    started: firstEvent(loop),
    events: () => loop.events,
    env,
    secrets: createSecrets(env),
    git,
    runner: { host: pty, clock: systemClock },
    pty,
    binDir,
    sessions: new Map(),
    liveTurns: new Map(),
    ...(home === undefined ? {} : { home }),
    linkedDirectories,
    prices,
    log,
  };
}

function sourceOf(loop: RunLoop): EventSource {
  return {
    get lastSeq() {
      return loop.events.length;
    },
    read: async (fromSeq, limit) => loop.events.slice(fromSeq - 1, fromSeq - 1 + limit),
    onAppend: listener => loop.follow(loop.events.length + 1, { onEvent: listener }),
  };
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
