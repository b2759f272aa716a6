/** What a plan will probably cost, from what the same phases of the same file have cost before, and how sure that is. */
import * as z from 'zod';

const usd = z.number().nonnegative();

/** What one phase of one run has come to. */
export const phaseSpendingSchema = z
  .object({
    v: z.literal(1),
    run: z.string().min(1),
    /** Absolute path of the connector file. */
    file: z.string(),
    phase: z.string(),
    /** ISO time of the run's end. */
    at: z.string(),
    outcome: z.string(),
    /** Workers that were started. */
    workers: z.number().int().nonnegative(),
    /** Models that were used, as people see them, sorted. */
    models: z.array(z.string()).readonly(),
    /** Absent = unknown, also in part. */
    costUsd: usd.optional(),
  })
  .readonly();

/** What one phase of one run has come to. */
export type PhaseSpending = z.infer<typeof phaseSpendingSchema>;

/** A phase that is about to run. */
export interface PlannedSpending {
  readonly phase: string;
  readonly workers: number;
  /** First choices of its workers, as people see them. */
  readonly models: readonly string[];
}

/**
 * What a phase will probably cost. `good`: at least five runs with these models that do not differ much; `fair`: at least
 * two with these models; `low`: one, or with other models.
 */
export interface CostEstimate {
  readonly phase: string;
  /** US dollars: the median of earlier runs, for as many workers as are planned. Absent = nothing is known. */
  readonly costUsd?: number;
  readonly minUsd?: number;
  readonly maxUsd?: number;
  /** Earlier runs it stands on. */
  readonly runs: number;
  readonly confidence: 'good' | 'fair' | 'low' | 'none';
}

/** Older runs say less about the prices and prompts of today. */
const MAX_RUNS = 20;
const GOOD_RUNS = 5;
/** Largest cost to smallest. */
const GOOD_SPREAD = 2;

/** Estimates for phases of a file, from what is remembered of it, oldest first. */
export function estimateCosts(
  file: string,
  phases: readonly PlannedSpending[],
  history: readonly PhaseSpending[],
): readonly CostEstimate[] {
  const ofFile = history.filter(each => each.file === file && each.outcome === 'succeeded');
  return phases.map(phase =>
    estimate(
      phase,
      ofFile.filter(each => each.phase === phase.phase),
    ),
  );
}

function estimate(
  { phase, workers, models }: PlannedSpending,
  earlier: readonly PhaseSpending[],
): CostEstimate {
  const usable = earlier.filter(each => each.costUsd !== undefined && each.workers > 0);
  const wanted = modelsKey(models);
  const alike = usable.filter(each => modelsKey(each.models) === wanted);
  const basis = (alike.length > 0 ? alike : usable).slice(-MAX_RUNS);
  if (basis.length === 0) return { phase, runs: 0, confidence: 'none' };
  const costs = basis.map(each => ((each.costUsd ?? 0) / each.workers) * workers).sort((a, b) => a - b);
  const [minUsd = 0, maxUsd = 0] = [costs[0], costs.at(-1)];
  return {
    phase,
    costUsd: median(costs),
    minUsd,
    maxUsd,
    runs: costs.length,
    confidence: alike.length === 0 ? 'low' : confidenceOf(costs.length, maxUsd <= minUsd * GOOD_SPREAD),
  };
}

function confidenceOf(runs: number, isSteady: boolean): CostEstimate['confidence'] {
  if (runs >= GOOD_RUNS && isSteady) return 'good';
  return runs > 1 ? 'fair' : 'low';
}

function modelsKey(models: readonly string[]): string {
  return [...new Set(models)].sort().join('\n');
}

function median(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2;
}
