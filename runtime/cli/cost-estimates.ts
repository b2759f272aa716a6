/** What a plan will probably cost, in words (spec §4 cost routing). */
import { formatCost, plural } from '../amounts.ts';
import {
  type CostEstimate,
  estimateCosts,
  type PhaseSpending,
  type PlannedSpending,
} from '../cost/estimate.ts';
import type { Plan } from '../plan/plan.ts';

/** Estimates for the phases that ask a model for something; scripts cost nothing. */
export function estimatePlan(plan: Plan, history: readonly PhaseSpending[]): readonly CostEstimate[] {
  const phases = plan.phases.flatMap(({ name: phase, workers }): readonly PlannedSpending[] => {
    const first = workers.flatMap(({ routes: [route] }) => (route === undefined ? [] : route));
    const models = first.filter(({ adapter }) => adapter !== 'shell').map(({ label }) => label);
    return models.length === 0 ? [] : [{ phase, workers: workers.length, models }];
  });
  return estimateCosts(plan.file, phases, history);
}

/** One line about all of them: `about $0.40 ($0.31 to $0.80; 6 earlier runs)`. Empty for a plan without models. */
export function describeEstimates(estimates: readonly CostEstimate[]): string {
  if (estimates.length === 0) return '';
  const known = estimates.filter(({ confidence }) => confidence !== 'none');
  if (known.length === 0) return 'unknown: no earlier run of this file whose cost is known';
  const total = (pick: (estimate: CostEstimate) => number | undefined): number =>
    known.reduce((sum, estimate) => sum + (pick(estimate) ?? 0), 0);
  const [min, max] = [total(({ minUsd }) => minUsd), total(({ maxUsd }) => maxUsd)];
  const runs = Math.min(...known.map(each => each.runs));
  const range = min === max ? '' : `${formatCost(min)} to ${formatCost(max)}; `;
  const unknown = estimates.filter(({ confidence }) => confidence === 'none').map(({ phase }) => phase);
  const rest = unknown.length === 0 ? '' : `; nothing is known of ${unknown.join(', ')}`;
  const basis = `${range}${sureness(known)}, ${plural(runs, 'earlier run')}`;
  return `${rest === '' ? 'about' : 'at least about'} ${formatCost(total(({ costUsd }) => costUsd))} (${basis}${rest})`;
}

const WORDS = { good: 'quite sure', fair: 'fairly sure', low: 'a guess' } as const;

/** As sure as the least sure of them. */
function sureness(known: readonly CostEstimate[]): string {
  const order = ['low', 'fair', 'good'] as const;
  return WORDS[order.find(word => known.some(({ confidence }) => confidence === word)) ?? 'low'];
}
