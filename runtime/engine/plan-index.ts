/**
 * Where things stand in a plan: phases and workers by name, and which phases build on which. Computed once a plan; the
 * engine looks names of events up in it.
 */
import type { Plan, PlannedPhase, PlannedWorker } from '../plan/plan.ts';

/** A worker's place in the plan. */
export interface WorkerPlace {
  readonly phase: number;
  readonly worker: number;
  readonly planned: PlannedWorker;
}

/** Lookups of one plan. */
export interface PlanIndex {
  readonly plan: Plan;
  /** Index of a phase by its name. */
  readonly phases: ReadonlyMap<string, number>;
  /** Place of a worker by its key (`<phase>/<id>`). */
  readonly workers: ReadonlyMap<string, WorkerPlace>;
  /** By index of a phase: the phases of this plan it waits for. Phases taken from an earlier run are not in it. */
  readonly needs: readonly (readonly number[])[];
  /** All workers of the plan. */
  readonly workerCount: number;
}

const indexes = new WeakMap<Plan, PlanIndex>();

/** The lookups of a plan; computed at the first call. */
export function indexOf(plan: Plan): PlanIndex {
  const known = indexes.get(plan);
  if (known !== undefined) return known;
  const index = buildIndex(plan);
  indexes.set(plan, index);
  return index;
}

/** Indexes of all phases that build on one of these, directly or not (the phases given are in it only if they do). */
export function dependentsOf(index: PlanIndex, phases: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  // Phases only need earlier ones (spec §5 `needs`), so one pass in order finds all.
  for (const [phase, needs] of index.needs.entries()) {
    if (needs.some(need => phases.has(need) || found.has(need))) found.add(phase);
  }
  return found;
}

function buildIndex(plan: Plan): PlanIndex {
  const phases = new Map(plan.phases.map((phase, i) => [phase.name, i]));
  const workers = new Map<string, WorkerPlace>();
  for (const [phase, { workers: planned }] of plan.phases.entries()) {
    for (const [worker, one] of planned.entries()) workers.set(one.key, { phase, worker, planned: one });
  }
  return {
    plan,
    phases,
    workers,
    needs: plan.phases.map(phase => knownNeeds(phase, phases)),
    workerCount: workers.size,
  };
}

/** A need that the plan does not hold was met by an earlier run (`--phase`, `--from`). */
function knownNeeds(phase: PlannedPhase, phases: ReadonlyMap<string, number>): readonly number[] {
  return phase.needs.flatMap(name => phases.get(name) ?? []);
}
