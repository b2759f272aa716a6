/** What a file wants to be told before it runs, read off its plan: a task, values of variables, nothing that is missing. */
import type { Plan, PlanNote } from '../../runtime/plan/plan.ts';

/** What a person is asked for before a run. */
export interface PlanWishes {
  /** A phase has neither a prompt nor a task. */
  readonly needsTask: boolean;
  /** Variables without a value, in the order of the file. */
  readonly variables: readonly string[];
  /** What keeps the file from running whatever is answered. */
  readonly blockers: readonly PlanNote[];
}

/** Values given to a run: `--task` and `--var`. */
export interface RunInputs {
  readonly task?: string;
  readonly vars: Readonly<Record<string, string>>;
}

/** No values. */
export const NO_INPUTS: RunInputs = { vars: {} };

/** What the file behind a plan wants. */
export function wishesOf(plan: Plan): PlanWishes {
  const isWish = (note: PlanNote) => note.code === 'no-prompt' || (note.variables?.length ?? 0) > 0;
  return {
    needsTask: plan.notes.some(note => note.code === 'no-prompt'),
    variables: [...new Set(plan.notes.flatMap(note => note.variables ?? []))],
    blockers: plan.notes.filter(note => note.severity === 'blocker' && !isWish(note)),
  };
}

/** The arguments that hand values to the command line. One word each: a value may begin with a dash. */
export function inputArguments({ task, vars }: RunInputs): readonly string[] {
  return [
    ...(task === undefined ? [] : [`--task=${task}`]),
    ...Object.entries(vars).map(([name, value]) => `--var=${name}=${value}`),
  ];
}

/** Reads values that were remembered; anything else is none. */
export function readInputs(value: unknown): RunInputs {
  if (typeof value !== 'object' || value === null) return NO_INPUTS;
  const task = 'task' in value && typeof value.task === 'string' ? { task: value.task } : {};
  const vars = 'vars' in value && typeof value.vars === 'object' && value.vars !== null ? value.vars : {};
  const texts = Object.entries(vars).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { ...task, vars: Object.fromEntries(texts) };
}

/** The aliases of a plan whose model can be another for one run, with what they stand for. */
export function aliasesOf(
  plan: Plan,
): readonly { readonly alias: string; readonly labels: readonly string[] }[] {
  const routes = plan.phases.flatMap(phase => phase.workers.flatMap(worker => worker.routes));
  const aliases = [...new Set(routes.flatMap(({ alias }) => alias ?? []))];
  return aliases.map(alias => ({
    alias,
    labels: [...new Set(routes.filter(route => route.alias === alias).map(({ label }) => label))],
  }));
}
