/** Requests about runs. */
import {
  requestAnswer,
  requestApproval,
  requestPick,
  requestResume,
  requestRetry,
  requestStop,
} from '../../engine/requests.ts';
import type { Params, Responses, RpcFailure } from '../../protocol.ts';
import { err, ok, type Result } from '../../result.ts';
import type { CallContext, Handlers } from '../call.ts';
import { cleanRuns } from '../clean-runs.ts';
import { discardRun } from '../discard-run.ts';
import { failure } from '../failure.ts';
import { follow } from '../follow.ts';
import type { LiveRun } from '../live-run.ts';
import type { Log } from '../log.ts';
import { listRunChanges, readRunBlob } from '../run-changes.ts';
import { type RunManager, shownResponse } from '../run-manager.ts';
import { diffRun, mergeRun } from '../run-results.ts';
import { createUserBranch } from '../user-branch.ts';

type RunMethod = Extract<keyof Handlers, `run/${string}`>;
type Done = Result<Record<string, never>, RpcFailure>;

/** Who asks, as journals name it. */
const BY = 'user';

/** Answers `run/*`. */
export function runHandlers(runs: RunManager, log: Log): Pick<Handlers, RunMethod> {
  const follows = new FollowTable(runs, log);
  return {
    'run/start': async params => {
      const live = await runs.start(params);
      return live.ok ? ok({ run: live.value.run, dir: live.value.dir.root }) : live;
    },
    'run/list': async ({ all }) => ok({ runs: await runs.list(all) }),
    'run/show': async ({ run }) => {
      const shown = await runs.show(run);
      return shown.ok ? ok(shownResponse(shown.value)) : shown;
    },
    'run/follow': (params, context) => follows.start(params, context),
    'run/unfollow': async ({ run }, context) => {
      follows.end(run, context);
      return ok({});
    },
    'run/stop': params => stop(runs, params),
    'run/retry': params => runs.exclusive(params.run, () => retry(runs, params)),
    'run/resume': params => runs.exclusive(params.run, () => resume(runs, params)),
    'run/approve': ({ run, gate }) =>
      onLive(runs, run, live => live.request(state => requestApproval(state, { phase: gate, by: BY }))),
    'run/pick': ({ run, phase, worker }) =>
      onLive(runs, run, live => live.request(state => requestPick(state, { phase, worker, by: BY }))),
    'run/answer': ({ run, worker, text }) =>
      onLive(runs, run, live =>
        live.request(state =>
          requestAnswer(state, { worker, text: live.services.secrets.redact(text), by: BY }),
        ),
      ),
    'run/diff': params => diffRun(runs, params),
    'run/changes': params => listRunChanges(runs, params),
    'run/blob': params => readRunBlob(runs, params),
    'run/merge': params => mergeRun(runs, params),
    'run/branch': params => createUserBranch(runs, params),
    'run/discard': params => runs.exclusive(params.run, () => discardRun(runs, params)),
    'run/clean': params => cleanRuns(runs, params),
  };
}

/** Subscriptions by connection and run. */
class FollowTable {
  readonly #runs: RunManager;
  readonly #log: Log;
  readonly #ends = new WeakMap<CallContext['connection'], Map<string, () => void>>();

  constructor(runs: RunManager, log: Log) {
    this.#runs = runs;
    this.#log = log;
  }

  async start(
    { run, fromSeq }: Params<'run/follow'>,
    context: CallContext,
  ): Promise<Result<Responses['run/follow'], RpcFailure>> {
    const source = await this.#runs.source(run);
    if (!source.ok) return source;
    this.end(run, context);
    const { connection } = context;
    const { lastSeq } = source.value;
    const table = this.#ends.get(connection) ?? new Map<string, () => void>();
    this.#ends.set(connection, table);
    // After the answer is out: it says which number is the last for now.
    const begin = setImmediate(() => {
      const end = follow(connection, run, source.value, fromSeq, error =>
        this.#log.info(`following ${run} ended: ${error instanceof Error ? error.message : String(error)}`),
      );
      table.set(run, end);
    });
    table.set(run, () => clearImmediate(begin));
    context.onClose(() => table.get(run)?.());
    return ok({ lastSeq });
  }

  end(run: string, { connection }: CallContext): void {
    const table = this.#ends.get(connection);
    table?.get(run)?.();
    table?.delete(run);
  }
}

async function onLive(
  runs: RunManager,
  run: string,
  act: (live: LiveRun) => Promise<Result<void, RpcFailure>>,
): Promise<Done> {
  const live = await liveRun(runs, run);
  if (!live.ok) return live;
  const done = await act(live.value);
  return done.ok ? ok({}) : done;
}

async function liveRun(runs: RunManager, run: string): Promise<Result<LiveRun, RpcFailure>> {
  const live = runs.find(run);
  if (live !== undefined) return ok(live);
  const shown = await runs.show(run);
  if (!shown.ok) return shown;
  return err(failure('run-ended', `Run "${run}" has ended. \`niia show ${run}\` says how.`, 2));
}

/** Stops a run or one of its workers, and the runs that they started. */
async function stop(runs: RunManager, { run, worker, how }: Params<'run/stop'>): Promise<Done> {
  const request = { how, by: BY, ...(worker === undefined ? {} : { worker }) };
  const children = runs.childrenOf(run, worker);
  const done = await onLive(runs, run, live => live.request(state => requestStop(state, request)));
  if (done.ok) await Promise.all(children.map(child => stop(runs, { run: child.run, how })));
  return done;
}

async function retry(
  runs: RunManager,
  { run, targets, routeOverride, env }: Params<'run/retry'>,
): Promise<Result<Responses['run/retry'], RpcFailure>> {
  const live = await runs.reopen(run, env);
  if (!live.ok) return live;
  let workers: readonly string[] = [];
  const done = await live.value.request(state => {
    const events = requestRetry(state, {
      targets,
      by: BY,
      ...(routeOverride === undefined ? {} : { routeOverride }),
    });
    if (events.ok)
      workers = events.value.flatMap(event => (event.kind === 'retry-requested' ? event.workers : []));
    return events;
  });
  await runs.settle(live.value);
  return done.ok ? ok({ workers }) : done;
}

async function resume(runs: RunManager, { run, env }: Params<'run/resume'>): Promise<Done> {
  if (runs.find(run)?.state.progress.kind === 'running')
    return err(failure('run-going-on', `Run "${run}" has not ended: it goes on by itself.`, 2));
  const live = await runs.reopen(run, env);
  if (!live.ok) return live;
  const done = await live.value.request(state => requestResume(state, { by: BY }));
  await runs.settle(live.value);
  return done.ok ? ok({}) : done;
}
