/** What a run has come to, with the runs that its workers started: what the limits of spec §8 count. */
import type { EventData } from './events.ts';
import type { RunState } from './state.ts';

/** What a run below has come to by now, with all runs below it. */
export type ChildSpending = Omit<EventData<'child-spent'>, 'child' | 'worker'>;

/** US dollars that are known to be spent. */
export function spentUsd(state: RunState): number {
  return sum(state, state.costUsd, child => child.costUsd);
}

/** Workers that were started. */
export function startedAgents(state: RunState): number {
  return sum(state, state.agents, child => child.agents);
}

/** What a run tells the run above it. */
export function spendingOf(state: RunState): ChildSpending {
  const children = [...state.children.values()];
  return {
    agents: startedAgents(state),
    costUsd: spentUsd(state),
    unpriced: sum(state, state.unpriced, child => child.unpriced),
    isEstimate: state.isCostEstimate || children.some(child => child.isEstimate),
  };
}

/** Whether two reports of a run say the same. */
export function isSameSpending(a: ChildSpending, b: ChildSpending): boolean {
  const isSameMoney = a.costUsd === b.costUsd && a.unpriced === b.unpriced && a.isEstimate === b.isEstimate;
  return isSameMoney && a.agents === b.agents;
}

function sum(state: RunState, own: number, pick: (child: ChildSpending) => number): number {
  return [...state.children.values()].reduce((total, child) => total + pick(child), own);
}
