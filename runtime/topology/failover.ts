/** Which model of a worker's chain is next (spec §4 Failover, Parking). Pure. */
import { describeFailure } from '../engine/failure-texts.ts';
import { earliestOf, laterOf } from '../engine/iso-time.ts';
import { type ModelTrials, trialToAwait } from '../engine/model-trials.ts';
import type { AttemptWork, ModelDown } from '../engine/state.ts';
import type { PlannedRoute, PlannedWorker } from '../plan/plan.ts';

type FailureReason = ModelDown['why'];

/** What to do about a worker's model. */
export type RouteChoice =
  | { readonly kind: 'use'; readonly route: number; readonly label: string }
  /** Every model of the chain is down, and the earliest comes back at this time (ISO). */
  | { readonly kind: 'park'; readonly until: string }
  | { readonly kind: 'none'; readonly reason: FailureReason; readonly message: string };

/** What a choice depends on. */
export interface ChainCase {
  readonly routes: readonly PlannedRoute[];
  readonly onRateLimit: PlannedWorker['onRateLimit'];
  readonly work: AttemptWork;
  readonly downModels: ReadonlyMap<string, ModelDown>;
  readonly trials: ModelTrials;
  /** Key of the worker. */
  readonly worker: string;
  /** Time the run has got to (`RunState.now`). */
  readonly now: string;
}

/**
 * The first model of the chain that is neither down nor just tried again by another worker; else the earliest time at which
 * there is more to know; else none.
 */
export function chooseRoute(chain: ChainCase): RouteChoice {
  const resets: string[] = [];
  for (const [i, route] of chain.routes.entries()) {
    if (chain.work.abandoned.includes(i)) continue;
    const down = chain.downModels.get(route.label) ?? triedByAnother(chain, route.label);
    if (down === undefined) return { kind: 'use', route: i, label: route.label };
    const policy = isRateLimit(down.why) ? (route.onRateLimit ?? chain.onRateLimit) : 'failover';
    if (policy === 'fail' && chain.downModels.has(route.label)) return noModel(chain, down.why);
    if (policy !== 'failover' && down.until !== undefined) return { kind: 'park', until: down.until };
    if (down.until !== undefined) resets.push(down.until);
  }
  const until = earliestOf(resets);
  return until === undefined ? noModel(chain) : { kind: 'park', until };
}

function triedByAnother({ trials, worker, now }: ChainCase, label: string): ModelDown | undefined {
  const trial = trialToAwait(trials, label, worker, now);
  return trial && { why: trial.why, until: trial.by.until };
}

/** Shortest time a model stays down, in ms, so that a reset time in the past does not make a busy loop. */
const MIN_DOWN_MS = 30_000;

/** What may pass by itself, and nobody says when: tried again after this time, in ms, and twice as long each time. */
const FIRST_PAUSE_MS = 15_000;
/** After so many pauses without an answer (15 s … 4 min: 8 minutes in all) it is down for the rest of the run. */
const MAX_PAUSES = 5;
const TRANSIENT: ReadonlySet<string> = new Set(['overloaded', 'network', 'rate_limited', 'no_start']);

/**
 * What the run remembers about a model that was unavailable: until when it is down, or for the rest of the run. Undefined
 * for a stall, which says something about one conversation and nothing about the model.
 *
 * @param timesDown how often it was down since it last answered
 */
export function downAfter(reason: FailureReason, now: string, timesDown: number): ModelDown | undefined {
  if (reason.kind !== 'unavailable' || reason.what === 'stalled') return undefined;
  const { until, what } = reason;
  if (until !== undefined && !Number.isNaN(Date.parse(until))) {
    return { why: reason, until: laterOf(until, later(now, MIN_DOWN_MS)) };
  }
  if (!TRANSIENT.has(what) || timesDown >= MAX_PAUSES) return { why: reason };
  return { why: reason, until: later(now, FIRST_PAUSE_MS * 2 ** timesDown) };
}

function later(time: string, ms: number): string {
  return new Date(Date.parse(time) + ms).toISOString();
}

function isRateLimit(reason: FailureReason): boolean {
  return reason.kind === 'unavailable' && (reason.what === 'rate_limited' || reason.what === 'quota');
}

function noModel(chain: ChainCase, decisive?: FailureReason): RouteChoice {
  const reasons = chain.routes.map((route, i) => ({ label: route.label, why: whyNot(chain, route, i) }));
  const last = reasons.findLast(({ why }) => why !== undefined)?.why;
  const message = reasons
    .map(({ label, why }) => `${label}: ${why === undefined ? 'not tried' : describeFailure(why)}`)
    .join('; ');
  return {
    kind: 'none',
    reason: decisive ?? last ?? { kind: 'unavailable', what: 'not_installed' },
    message,
  };
}

function whyNot(chain: ChainCase, route: PlannedRoute, i: number): FailureReason | undefined {
  if (chain.work.abandoned.includes(i)) return { kind: 'unavailable', what: 'stalled' };
  return chain.downModels.get(route.label)?.why;
}
