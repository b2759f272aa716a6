import { unreachable } from '../result.ts';
import type { Phase, Route, Worker, Workflow } from '../spec/workflow.ts';
import type { PlanFacts, PlanOptions } from './facts.ts';
import type { PlanNote, PlannedPhase, PlannedWorker } from './plan.ts';
import type { Chain } from './resolve-chain.ts';
import type { KnownValues } from './template.ts';

/** Everything the parts of the planner read. */
export interface PlanContext {
  readonly workflow: Workflow;
  /** The file's aliases with those of the command line in their place. */
  readonly models: Readonly<Record<string, Route>>;
  readonly task: string | undefined;
  readonly facts: PlanFacts;
  readonly options: PlanOptions;
}

/** A worker as the file has it, beside what was planned for it: what the notes are made from. */
export interface WorkerPair {
  readonly source: Worker;
  readonly planned: PlannedWorker;
  readonly chain: Chain;
  readonly values: KnownValues;
}

/** A phase as the file has it, beside what was planned for it. */
export interface PhasePair {
  readonly source: Phase;
  readonly planned: PlannedPhase;
  readonly workers: readonly WorkerPair[];
}

/** Looks at the plan and says what is the matter with it. */
export type PlanCheck = (phases: readonly PhasePair[], context: PlanContext) => readonly PlanNote[];

/** What the placeholders of one worker stand for, as far as it is known before the run (spec §5.2). */
export function valuesOf(context: PlanContext, phase: Phase, worker: Worker): KnownValues {
  return {
    ...context.options.vars,
    ...(context.task === undefined ? {} : { task: context.task }),
    name: context.workflow.name,
    phase: phase.name,
    worker: worker.id,
  };
}

/** Names workers for a message: `research/1`, `research/2 and 30 more`, or `all 32 workers of "research"`. */
export function nameWorkers(workers: readonly PlannedWorker[]): string {
  const [first] = workers;
  if (first === undefined) return 'no worker';
  const isAll = workers.length === first.of && workers.every(worker => worker.phase === first.phase);
  if (isAll && workers.length > MAX_NAMED) return `all ${workers.length} workers of "${first.phase}"`;
  const named = workers.slice(0, MAX_NAMED).map(worker => `"${worker.key}"`);
  const rest = workers.length - named.length;
  return rest > 0 ? `${named.join(', ')} and ${rest} more` : named.join(', ');
}

const MAX_NAMED = 3;

/** Names several things for a message: `"a", "b"`. */
export function quoteAll(texts: readonly string[]): string {
  return texts.map(text => `"${text}"`).join(', ');
}

/** Splits items by a key that becomes part of one message, keys in order of first appearance. */
export function groupBy<T>(
  items: readonly T[],
  keyOf: (item: T) => string,
): readonly [string, readonly T[]][] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return [...groups];
}

/** The text of a file that the connector file refers to, or why there is none. */
export function readFact(
  facts: PlanFacts,
  path: string,
): { readonly text: string } | { readonly problem: string } {
  const fact = Object.hasOwn(facts.files, path) ? facts.files[path] : undefined;
  if (fact === undefined) return { problem: 'it was not read' };
  switch (fact.kind) {
    case 'text':
      return { text: fact.text };
    case 'failed':
      return { problem: fact.message };
    default:
      return unreachable(fact);
  }
}
