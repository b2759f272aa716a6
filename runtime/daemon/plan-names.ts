/** Names of phases and workers as they stand in branches and file names: safe, and different from each other. */
import { distinctNames, workerBranch } from '../git/run-branches.ts';
import { safeName } from '../git/safe-name.ts';
import type { Plan } from '../plan/plan.ts';

/** Safe names of one worker and its phase. */
export interface SafeNames {
  readonly phase: string;
  readonly worker: string;
}

const tables = new WeakMap<Plan, ReadonlyMap<string, SafeNames>>();

/** Safe names of a worker, by its key. The same plan always gives the same names. A key the plan lacks is a bug. */
export function safeNamesOf(plan: Plan, key: string): SafeNames {
  const table = tables.get(plan) ?? buildTable(plan);
  tables.set(plan, table);
  const names = table.get(key);
  if (names === undefined) throw new Error(`the plan has no worker "${key}"`);
  return names;
}

/** The worker's branch (design §3). */
export function branchOf(plan: Plan, run: string, key: string): string {
  const { phase, worker } = safeNamesOf(plan, key);
  return workerBranch(run, phase, worker);
}

/** File of a worker's answer, relative to the run directory, with `/`. */
export function answerFileOf(plan: Plan, key: string): string {
  const { phase, worker } = safeNamesOf(plan, key);
  return `answers/${phase}/${worker}.md`;
}

function buildTable(plan: Plan): ReadonlyMap<string, SafeNames> {
  const phases = distinctNames(plan.phases.map(({ name }) => safeName(name)));
  return new Map(
    plan.phases.flatMap(({ workers }, i) => {
      const names = distinctNames(workers.map(({ id }) => safeName(id)));
      return workers.map(({ key }, j): [string, SafeNames] => [
        key,
        { phase: phases[i] ?? '', worker: names[j] ?? '' },
      ]);
    }),
  );
}
