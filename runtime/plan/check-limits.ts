import { adapterOf } from '../agents/registry.ts';
import type { PlanNote } from './plan.ts';
import type { PhasePair, PlanContext } from './plan-context.ts';

/** What the limits of the file mean for this plan (spec §8). */
export function checkLimits(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  return [...depthNotes(context), ...agentNotes(phases, context), ...costNotes(phases, context)];
}

function depthNotes({ workflow, options }: PlanContext): readonly PlanNote[] {
  const { maxDepth } = workflow.limits;
  if (options.depth <= maxDepth) return [];
  const message = `this would be a run at depth ${options.depth}, and max_depth is ${maxDepth}: a worker may not start it`;
  return [{ severity: 'blocker', code: 'max-depth', message, path: ['limits', 'max_depth'], exitCode: 4 }];
}

function agentNotes(phases: readonly PhasePair[], { workflow }: PlanContext): readonly PlanNote[] {
  const { maxTotalAgents } = workflow.limits;
  const workers = phases.reduce((sum, phase) => sum + phase.workers.length, 0);
  if (workers <= maxTotalAgents) return [];
  const message = `the file has ${workers} workers and max_total_agents is ${maxTotalAgents}: the run will end limited`;
  return [{ severity: 'warning', code: 'max-total-agents', message, path: ['limits', 'max_total_agents'] }];
}

/** A cost limit sees only money and tokens that the CLIs report. */
function costNotes(phases: readonly PhasePair[], { workflow }: PlanContext): readonly PlanNote[] {
  if (workflow.limits.maxCostUsd === undefined) return [];
  const routes = phases.flatMap(phase => phase.planned.workers.flatMap(worker => worker.routes));
  const seen = new Set<string>();
  const priced = new Set<string>();
  const unseen = new Set<string>();
  for (const { label, ...route } of routes) {
    const found = adapterOf(route);
    // A shell costs nothing, so there is nothing to see.
    if (found?.isShellPrompt) continue;
    const reports = found?.reports ?? 'nothing';
    ({ cost: seen, tokens: priced, nothing: unseen })[reports].add(label);
  }
  const path = ['limits', 'max_cost_usd'];
  const parts = [
    ...(seen.size === 0 ? [] : [`what is reported by ${[...seen].join(', ')}`]),
    ...(priced.size === 0 ? [] : [`the tokens of ${[...priced].join(', ')} at list prices, or at your own`]),
  ];
  const note: PlanNote = {
    severity: 'note',
    code: 'cost-reported',
    message: `max_cost_usd (${workflow.limits.maxCostUsd} USD) counts ${parts.join(' and ') || 'nothing of this plan'}`,
    path,
  };
  if (unseen.size === 0) return [note];
  const message = `max_cost_usd does not see what ${[...unseen].join(', ')} costs: it reports nothing`;
  return [note, { severity: 'warning', code: 'cost-unseen', message, path }];
}
