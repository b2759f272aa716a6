import { adapterOf } from '../agents/registry.ts';
import type { PlanNote } from './plan.ts';
import {
  groupBy,
  nameWorkers,
  type PhasePair,
  type PlanContext,
  quoteAll,
  type WorkerPair,
} from './plan-context.ts';
import { isRunnable, programsOf } from './plan-routes.ts';
import type { ChainEntry } from './resolve-chain.ts';

/** Whether the models asked for exist, can be driven by this version and are installed here (spec §4). */
export function checkModels(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const workers = phases.flatMap(phase => phase.workers).filter(({ source }) => source.model !== undefined);
  return [
    ...unknownModels(workers),
    ...namelessModels(workers),
    ...missingPrograms(workers, context),
    ...shellWithoutEdit(workers),
    ...untestedVersions(workers),
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

/** CLIs that have no model of their own and were given none. */
function namelessModels(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const nameless = ({ chain }: WorkerPair) => chain.entries.filter(entry => !isRunnable(entry));
  const affected = workers.filter(pair => nameless(pair).length > 0);
  const keyOf = (pair: WorkerPair) =>
    `${pair.chain.entries.some(isRunnable)} ${[...new Set(nameless(pair).map(entry => entry.adapter))].join(', ')}`;
  return groupBy(affected, keyOf).map(([key, group]) => {
    const names = key.slice(key.indexOf(' ') + 1);
    const advice = `${names} needs the name of a model, as in "${names.split(',')[0]}/MODEL"`;
    if (key.startsWith('true')) {
      const message = `${advice}: left out of the chain of ${namePairs(group)}`;
      return { severity: 'warning', code: 'model-needed', message, ...placeOf(group) };
    }
    const message = `${advice}, and there is no other model for ${namePairs(group)}`;
    return { severity: 'blocker', code: 'model-needed', message, ...placeOf(group), exitCode: 3 };
  });
}

/** Programs of versions that their adapters were not tested with: what they print may not be understood. */
function untestedVersions(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const notes = new Map<string, PlanNote>();
  for (const pair of workers) {
    for (const route of pair.planned.routes) {
      const tested = adapterOf(route)?.testedVersion;
      const found = versionIn(route.version ?? '');
      if (tested === undefined || found === undefined || !isUntested(found, tested)) continue;
      const message = `${route.adapter} ${found} was not tested with this version of niia, which knows ${tested}: what it prints may not be understood`;
      notes.set(message, { severity: 'note', code: 'version-untested', message, ...placeOf([pair]) });
    }
  }
  return [...notes.values()];
}

function versionIn(text: string): string | undefined {
  return /\d+\.\d+\.\d+/.exec(text)?.[0];
}

/** Older, or of a later major version. */
function isUntested(found: string, tested: string): boolean {
  const [own, known] = [found, tested].map(version => version.split('.').map(Number));
  const [major = 0, minor = 0, patch = 0] = own ?? [];
  const [testedMajor = 0, testedMinor = 0, testedPatch = 0] = known ?? [];
  if (major !== testedMajor) return true;
  return minor < testedMinor || (minor === testedMinor && patch < testedPatch);
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
  const entries = pair.chain.entries.filter(isRunnable);
  const missing = entries.filter(entry => {
    const wanted = programsOf(entry, adapterOf(entry));
    const isFound = wanted.length === 0 || wanted.some(name => Object.hasOwn(facts.programs, name));
    return !isFound && !setsPath(entry.env) && !setsPath(pair.planned.env);
  });
  const programs = missing.map(entry => programsOf(entry, adapterOf(entry))[0] ?? '');
  return { programs: [...new Set(programs)], isAll: missing.length === entries.length };
}

/** With a PATH of its own, only the run can tell what a worker finds. */
function setsPath(env: Readonly<Record<string, string>>): boolean {
  return Object.keys(env).some(name => name.toUpperCase() === 'PATH');
}

function shellWithoutEdit(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const isShell = (entry: ChainEntry) => adapterOf(entry)?.isShellPrompt ?? false;
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
