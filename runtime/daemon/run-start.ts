/** The beginning of a run: what must hold before anything is made, then its folder, plan and environment. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { fold } from '../engine/apply.ts';
import type { EventData } from '../engine/events.ts';
import { runId } from '../engine/run-id.ts';
import type { Plan } from '../plan/plan.ts';
import type { Params, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { inheritAnswers } from './answers.ts';
import { withoutOwnVariables, writeEnvFile } from './env-file.ts';
import { failure, unknownRun } from './failure.ts';
import { LiveRun, type RunHost } from './live-run.ts';
import { createRunDir, isErrno, runDirOf, writeWhole } from './run-dir.ts';
import { readRun, type StoredRun } from './stored-run.ts';

/** Where a new run stands among others. */
export interface Ancestry {
  readonly depth: number;
  readonly parent?: { readonly run: string; readonly worker: string };
  /** Workers that the root's `limits.max_total_agents` still allows. */
  readonly agentsLeft?: number;
}

type Started = Omit<EventData<'run-started'>, 'run'>;

/** Makes a run; nothing of it is performed yet. On failure nothing is left behind. */
export async function makeRun(
  host: RunHost,
  runsDir: string,
  params: Params<'run/start'>,
  ancestry: Ancestry,
): Promise<Result<LiveRun, RpcFailure>> {
  const blocker = params.plan.notes.find(({ severity }) => severity === 'blocker');
  if (blocker !== undefined) return err(failure(blocker.code, blocker.message, blocker.exitCode ?? 2));
  const plan = limited(params.plan, ancestry.agentsLeft);
  const source = await readSource(runsDir, params);
  if (!source.ok) return source;
  const run = runId(plan.name, new Date(), Math.random());
  const place = { run, dir: runDirOf(runsDir, run) };
  try {
    await createRunDir(place.dir);
    const text = JSON.stringify(plan);
    await writeWhole(place.dir.plan, text);
    await writeEnvFile(place.dir.env, params.env);
    if (source.value !== undefined) await inherit(source.value, runsDir, place.dir, params);
    const live = await LiveRun.create(host, place, plan, withoutOwnVariables(params.env), {
      name: plan.name,
      file: plan.file,
      planHash: createHash('sha256').update(text).digest('hex'),
      depth: ancestry.depth,
      ...baseOf(plan, source.value),
      ...(params.from === undefined
        ? {}
        : { from: { run: params.from.run, phases: [...params.from.phases] } }),
      ...(ancestry.parent === undefined ? {} : { parent: ancestry.parent }),
    } satisfies Started);
    if (!live.ok) await rm(place.dir.root, { recursive: true, force: true });
    return live;
  } catch (error) {
    await rm(place.dir.root, { recursive: true, force: true }).catch(() => {});
    return err(cannotWrite(runsDir, error));
  }
}

function limited(plan: Plan, agentsLeft: number | undefined): Plan {
  if (agentsLeft === undefined || agentsLeft >= plan.limits.maxTotalAgents) return plan;
  return { ...plan, limits: { ...plan.limits, maxTotalAgents: agentsLeft } };
}

/** The run that `--phase` or `--from` builds on. */
async function readSource(
  runsDir: string,
  { from, plan }: Params<'run/start'>,
): Promise<Result<StoredRun | undefined, RpcFailure>> {
  if (from === undefined) return ok(undefined);
  const dir = runDirOf(runsDir, from.run);
  const source = await readRun(dir).catch(error =>
    isErrno(error, 'ENOENT') ? undefined : Promise.reject(error),
  );
  if (source === undefined || !source.ok) return err(unknownRun(from.run));
  const isElsewhere = source.value.plan.repository?.commonDir !== plan.repository?.commonDir;
  if (isElsewhere)
    return err(failure('other-repository', `Run "${from.run}" worked in another repository.`, 2));
  const state = fold(source.value.plan, source.value.events);
  for (const phase of from.phases) {
    const index = state.index.phases.get(phase);
    const isInherited = source.value.started.from?.phases.includes(phase) === true;
    const progress = index === undefined ? undefined : state.phases.at(index).progress;
    if (isInherited || (progress?.kind === 'ended' && progress.outcome !== 'skipped')) continue;
    return err(failure('phase-missing', `Run "${from.run}" has not done phase "${phase}". Run it first.`, 2));
  }
  return source;
}

async function inherit(
  source: StoredRun,
  runsDir: string,
  to: ReturnType<typeof runDirOf>,
  { from, plan }: Params<'run/start'>,
): Promise<void> {
  if (from === undefined) return;
  const state = fold(source.plan, source.events);
  const dir = runDirOf(runsDir, from.run);
  await inheritAnswers({ dir, plan: source.plan, state }, to, from.phases, plan.scratchpad);
}

function baseOf(plan: Plan, source: StoredRun | undefined): { readonly base?: string } {
  const merged = source?.events.findLast(event => event.kind === 'merged');
  const base = merged?.kind === 'merged' ? merged.head : (source?.started.base ?? plan.repository?.head);
  return base === undefined ? {} : { base };
}

function cannotWrite(runsDir: string, error: unknown): RpcFailure {
  const message = error instanceof Error ? error.message : String(error);
  return failure('state-directory', `The run cannot be kept in "${runsDir}": ${message}.`);
}
