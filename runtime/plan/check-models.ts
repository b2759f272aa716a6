import { adapterFor } from '../agents/registry.ts';
import type { PlanNote } from './plan.ts';
import {
  groupBy,
  nameWorkers,
  type PhasePair,
  type PlanContext,
  quoteAll,
  type WorkerPair,
} from './plan-context.ts';
import { programsOf } from './plan-routes.ts';
import type { ChainEntry } from './resolve-chain.ts';

/** Whether the models asked for exist, can be driven by this version and are installed here (spec §4). */
export function checkModels(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const workers = phases.flatMap(phase => phase.workers).filter(({ source }) => source.model !== undefined);
  return [
    ...unknownModels(workers),
    ...undrivenModels(workers),
    ...missingPrograms(workers, context),
    ...shellWithoutEdit(workers),
  ];
}

function unknownModels(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const using = workers.filter(({ chain }) => chain.unknown.length > 0);
  return groupBy(using, ({ chain }) => quoteAll(chain.unknown)).map(([models, group]) => ({
    severity: 'blocker',
    code: 'unknown-model',
    message: `${models} is neither an alias of the file nor a model of a known CLI (${namePairs(group)})`,
    ...placeOf(group),
    exitCode: 2,
  }));
}

/** CLIs whose names are known but that this version has no adapter for. */
function undrivenModels(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const isDriven = (entry: ChainEntry) => adapterFor(entry.adapter) !== undefined;
  const undriven = ({ chain }: WorkerPair) => chain.entries.filter(entry => !isDriven(entry));
  const affected = workers.filter(pair => undriven(pair).length > 0);
  const keyOf = (pair: WorkerPair) =>
    `${pair.chain.entries.some(isDriven)} ${quoteAll([...new Set(undriven(pair).map(entry => entry.adapter))])}`;
  return groupBy(affected, keyOf).map(([key, group]) => {
    const names = key.slice(key.indexOf(' ') + 1);
    if (key.startsWith('true')) {
      const message = `this version does not drive ${names} yet: left out of the chain of ${namePairs(group)}`;
      return { severity: 'warning', code: 'undriven-model', message, ...placeOf(group) };
    }
    const message = `this version does not drive ${names} yet, and there is no other model for ${namePairs(group)}: use "claude", "shell" or a route with "command"`;
    return { severity: 'blocker', code: 'undriven-model', message, ...placeOf(group), exitCode: 3 };
  });
}

/**
 * Programs that are not on PATH. A worker with none at all blocks the run: the environment of a run is that of the
 * client that plans it, so looking again later would find nothing either.
 */
function missingPrograms(workers: readonly WorkerPair[], context: PlanContext): readonly PlanNote[] {
  const here = workers.filter(({ source }) => source.machine === undefined);
  const affected = here
    .map(pair => ({ pair, missing: missingOf(pair, context) }))
    .filter(({ missing }) => missing.programs.length > 0);
  const keyOf = ({ missing }: (typeof affected)[number]) => `${missing.isAll} ${quoteAll(missing.programs)}`;
  return groupBy(affected, keyOf).map(([key, group]) => {
    const names = key.slice(key.indexOf(' ') + 1);
    const pairs = group.map(({ pair }) => pair);
    if (key.startsWith('true')) {
      const message = `no model is available for ${namePairs(pairs)}: ${names} not found on PATH; install it, or choose another with --model`;
      return { severity: 'blocker', code: 'no-model-available', message, ...placeOf(pairs), exitCode: 3 };
    }
    const message = `${names} not found on PATH: the next of the chain serves ${namePairs(pairs)}`;
    return { severity: 'warning', code: 'program-missing', message, ...placeOf(pairs) };
  });
}

function missingOf(
  pair: WorkerPair,
  { facts }: PlanContext,
): { readonly programs: readonly string[]; readonly isAll: boolean } {
  const entries = pair.chain.entries.filter(entry => adapterFor(entry.adapter) !== undefined);
  const missing = entries.filter(entry => {
    const wanted = programsOf(entry, adapterFor(entry.adapter));
    const isFound = wanted.length === 0 || wanted.some(name => Object.hasOwn(facts.programs, name));
    return !isFound && !setsPath(entry.env) && !setsPath(pair.planned.env);
  });
  const programs = missing.map(entry => programsOf(entry, adapterFor(entry.adapter))[0] ?? '');
  return { programs: [...new Set(programs)], isAll: missing.length === entries.length };
}

/** With a PATH of its own, only the run can tell what a worker finds. */
function setsPath(env: Readonly<Record<string, string>>): boolean {
  return Object.keys(env).some(name => name.toUpperCase() === 'PATH');
}

function shellWithoutEdit(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const isShell = (entry: ChainEntry) => adapterFor(entry.adapter)?.isShellPrompt ?? false;
  const mayNot = workers.filter(
    ({ planned, chain }) =>
      (planned.permission === 'ask' || planned.permission === 'read-only') &&
      planned.sandbox === false &&
      chain.entries.some(isShell),
  );
  return groupBy(mayNot, ({ planned }) => planned.permission).map(([permission, group]) => ({
    severity: 'blocker',
    code: 'shell-needs-edit',
    message: `a shell script cannot be held to the permission "${permission}": set "permission": "edit" for ${namePairs(group)}, or give it a worktree of its own`,
    ...placeOf(group),
    exitCode: 2,
  }));
}

function namePairs(pairs: readonly WorkerPair[]): string {
  return nameWorkers(pairs.map(pair => pair.planned));
}

function placeOf([first]: readonly WorkerPair[]): Pick<PlanNote, 'path'> {
  const path = first?.source.model?.path ?? first?.source.path;
  return path === undefined ? {} : { path };
}
