import { builtInPlaceholders } from '../analysis/placeholders.ts';
import type { PlanNote } from './plan.ts';
import {
  groupBy,
  nameWorkers,
  type PhasePair,
  type PlanContext,
  quoteAll,
  type WorkerPair,
} from './plan-context.ts';
import { unknownPlaceholders, variablesBehind } from './template.ts';

/** What an argv may hold besides the placeholders of spec §5.2: filled in per turn. */
const TURN_PLACEHOLDERS: readonly string[] = ['prompt', 'model', 'prompt_file'];

/** Names of the variables that a value reads from the user's environment (spec §3 `env`): `${env:NAME}`. */
export function envReferences(value: string): readonly string[] {
  return [...value.matchAll(/\$\{env:([^{}]+)\}/g)].map(match => match[1] ?? '');
}

/** Whether all that argv and environment of the workers refer to exists. Looks at names only, never at values. */
export function checkEnvironment(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const workers = phases.flatMap(phase => phase.workers);
  return [
    ...missingVariables(workers, context),
    ...unresolvedArguments(workers),
    ...unresolvedValues(workers),
  ];
}

function missingVariables(workers: readonly WorkerPair[], { facts }: PlanContext): readonly PlanNote[] {
  const fold = (name: string) => (facts.platform === 'win32' ? name.toUpperCase() : name);
  const present = new Set(facts.envNames.map(fold));
  const found = workers.flatMap(pair =>
    [...new Set(valuesOfEnv(pair).flatMap(envReferences))]
      .filter(name => !present.has(fold(name)))
      .map(name => ({ pair, name })),
  );
  return groupBy(found, ({ name }) => name).map(([name, group]) => ({
    severity: 'blocker',
    code: 'missing-variable',
    message: `\${env:${name}} is wanted by ${nameWorkers(group.map(({ pair }) => pair.planned))}, but ${name} is not set in your environment: set it and try again`,
    ...pathOf(group.map(({ pair }) => pair)),
    exitCode: 2,
  }));
}

function unresolvedArguments(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const found = workers.flatMap(pair => {
    const args = pair.chain.entries.flatMap(entry => [...entry.args, ...(entry.command ?? [])]);
    const names = args.flatMap(arg =>
      unknownPlaceholders(arg, pair.values, { alsoKnown: [...TURN_PLACEHOLDERS, ...builtInPlaceholders] }),
    );
    return names.length === 0 ? [] : [{ pair, names: [...new Set(names)] }];
  });
  return groupBy(found, ({ names }) => quoteAll(names)).map(([names, group]) => ({
    severity: 'blocker',
    code: 'argument-placeholder',
    variables: variablesBehind(group[0]?.names ?? []),
    message: `${names} in the arguments of ${nameWorkers(group.map(({ pair }) => pair.planned))} has no value: give one with --var name=value, or write "{{" for a brace`,
    ...pathOf(group.map(({ pair }) => pair)),
    exitCode: 2,
  }));
}

function unresolvedValues(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const found = workers.flatMap(pair => {
    const names = valuesOfEnv(pair).flatMap(value => unknownPlaceholders(value, pair.values));
    return names.length === 0 ? [] : [{ pair, names: [...new Set(names)] }];
  });
  return groupBy(found, ({ names }) => quoteAll(names)).map(([names, group]) => ({
    severity: 'warning',
    code: 'unknown-placeholder',
    variables: variablesBehind(group[0]?.names ?? []),
    message: `${names} in the environment of ${nameWorkers(group.map(({ pair }) => pair.planned))} has no value and stays as it is: give one with --var name=value`,
    ...pathOf(group.map(({ pair }) => pair)),
  }));
}

function valuesOfEnv({ planned, chain }: WorkerPair): readonly string[] {
  return [planned.env, ...chain.entries.map(entry => entry.env)].flatMap(env => Object.values(env));
}

function pathOf([first]: readonly WorkerPair[]): Pick<PlanNote, 'path'> {
  return first === undefined ? {} : { path: first.source.path };
}
