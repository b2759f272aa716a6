/** What the phases of an ended run have come to, for the estimates of later plans. */
import type { PhaseSpending } from '../cost/estimate.ts';
import type { PhaseView, RunView } from '../engine/projections.ts';

/** One entry for each phase that ran and could have cost something. */
export function spendingOfPhases(view: RunView): readonly PhaseSpending[] {
  return view.phases.flatMap(phase => {
    const started = phase.workers.filter(({ attempt }) => attempt > 0);
    const models = [...new Set(started.flatMap(({ label }) => label ?? []))].sort();
    if (started.length === 0 || !hasCost(phase)) return [];
    return {
      v: 1,
      run: view.run,
      file: view.file,
      phase: phase.name,
      at: view.endedAt ?? '',
      outcome: phase.state,
      workers: started.length,
      models,
      ...knownCost(phase),
    };
  });
}

function hasCost({ usage }: PhaseView): boolean {
  return usage.costUsd !== undefined || usage.unpriced !== undefined;
}

function knownCost({ usage: { costUsd, unpriced } }: PhaseView): { readonly costUsd?: number } {
  return costUsd === undefined || unpriced !== undefined ? {} : { costUsd };
}
