/** What follows from a state: whether a worker failed, a phase is good, the run has to stop, and how it ends. Pure. */
import type { FailureReason } from '../agents/adapter.ts';
import type { PlannedPhase } from '../plan/plan.ts';
import type { RunOutcome, WorkerOutcome } from './events.ts';
import { describeFailure } from './failure-texts.ts';
import type { PhaseOutcome, PhaseState, RunState, WorkerState } from './state.ts';

/** That a worker is asked to stop, how urgently, and why. */
export interface StopCall {
  readonly how: 'polite' | 'now';
  readonly why: 'stopped' | 'limited';
  /** Which limit was reached. */
  readonly message?: string;
}

/** Whether a worker (with everything it runs) has to stop; undefined = no. */
export function stopOf(state: RunState, worker: WorkerState): StopCall | undefined {
  if (state.stop?.how === 'now' || worker.stop === 'now') return { how: 'now', why: 'stopped' };
  if (state.stop !== undefined || worker.stop !== undefined) return { how: 'polite', why: 'stopped' };
  if (state.limit === undefined) return undefined;
  return { how: 'polite', why: 'limited', message: state.limit.message };
}

/** How a worker ended; undefined while it has not. */
export function outcomeOf(worker: WorkerState): WorkerOutcome | undefined {
  return worker.progress.kind === 'ended' ? worker.progress.outcome : undefined;
}

/** Whether a worker ended in any way but succeeded. */
export function isUnsuccessful(worker: WorkerState): boolean {
  const outcome = outcomeOf(worker);
  return outcome !== undefined && outcome.kind !== 'succeeded';
}

/**
 * Failures that the same attempt would meet again: nothing but a person can change them. For `unavailable` the failover
 * chain was the retry.
 */
const FINAL_REASONS: ReadonlySet<FailureReason['kind']> = new Set([
  'unavailable',
  'permission_denied',
  'bad_model',
  'sandbox_unavailable',
  'limited',
  'merge_conflict',
]);

/** Whether a failed worker has a retry left that may help (spec §5 `retries`). */
export function isRetryDue(phase: PlannedPhase, worker: WorkerState): boolean {
  const outcome = outcomeOf(worker);
  if (outcome?.kind !== 'failed' || FINAL_REASONS.has(outcome.reason.kind)) return false;
  return worker.attempt - worker.firstAttempt < phase.retries && worker.stop === undefined;
}

/** Whether phases that need this one may start: it succeeded, or failed where that is allowed (spec §5 `on_failure`). */
export function isGood(planned: PlannedPhase, phase: PhaseState): boolean {
  if (phase.progress.kind !== 'ended') return false;
  const { outcome } = phase.progress;
  if (outcome === 'succeeded') return true;
  return planned.onFailure === 'continue' && outcome !== 'skipped' && phase.conflict === undefined;
}

/** Why nothing new may start; undefined = it may. */
export function haltOf(state: RunState): string | undefined {
  if (state.stop !== undefined) return 'the run was stopped';
  if (state.limit !== undefined) return state.limit.message;
  for (const [i, planned] of state.index.plan.phases.entries()) {
    const phase = state.phases.at(i);
    const { progress } = phase;
    if (progress.kind !== 'ended' || progress.round !== state.round || progress.outcome === 'skipped')
      continue;
    if (!isGood(planned, phase)) return `phase "${planned.name}" did not succeed`;
  }
  return undefined;
}

/** How a phase ends whose workers have all ended. */
export function phaseOutcomeOf(phase: PhaseState): PhaseOutcome {
  const seen = new Set<string>();
  for (const worker of phase.workers) {
    const outcome = outcomeOf(worker);
    if (outcome?.kind === 'failed' && outcome.reason.kind === 'limited') seen.add('limited');
    else if (outcome !== undefined) seen.add(outcome.kind);
  }
  if (seen.has('failed')) return 'failed';
  if (seen.has('limited')) return 'limited';
  if (seen.has('stopped')) return 'stopped';
  if (seen.has('skipped')) return seen.has('succeeded') ? 'stopped' : 'skipped';
  return 'succeeded';
}

/** How the run ends, all phases having ended, and why in words. */
export function runVerdict(state: RunState): { readonly outcome: RunOutcome; readonly message: string } {
  const { phases } = state.index.plan;
  const bad = [...state.phases].filter((phase, i) => !isGoodAt(phases, phase, i));
  if (bad.length === 0 && !isCutShort(state)) return { outcome: 'succeeded', message: successMessage(state) };
  const outcome = badOutcome(state, bad);
  return { outcome, message: badMessage(state, bad) };
}

/** Whether a stop or a limit took something from the run. What phases allow to fail is no success then. */
function isCutShort(state: RunState): boolean {
  if (state.stop === undefined && state.limit === undefined) return false;
  return [...state.phases].some(phase => [...phase.workers].some(isCutOff));
}

function isCutOff(worker: WorkerState): boolean {
  const outcome = outcomeOf(worker);
  if (outcome?.kind === 'failed') return outcome.reason.kind === 'limited';
  return outcome?.kind === 'stopped' || outcome?.kind === 'skipped';
}

function isGoodAt(phases: readonly PlannedPhase[], phase: PhaseState, i: number): boolean {
  const planned = phases[i];
  return planned !== undefined && isGood(planned, phase);
}

function badOutcome(state: RunState, bad: readonly PhaseState[]): RunOutcome {
  if (state.stop !== undefined) return 'stopped';
  if (state.limit !== undefined) return 'limited';
  const failures = bad.flatMap(phase => [...phase.workers].flatMap(failureOf));
  const hasFailedItself = bad.some(
    phase => phase.progress.kind === 'ended' && phase.progress.message !== undefined,
  );
  if (
    failures.length > 0 &&
    failures.every(({ reason }) => reason.kind === 'unavailable') &&
    !hasFailedItself
  ) {
    return 'no_model';
  }
  const isStopped = failures.length === 0 && !hasFailedItself;
  return isStopped && bad.some(phase => [...phase.workers].some(isStoppedWorker)) ? 'stopped' : 'failed';
}

function badMessage(state: RunState, bad: readonly PhaseState[]): string {
  if (state.stop !== undefined) return `stopped by ${state.stop.by}`;
  if (state.limit !== undefined) return state.limit.message;
  const lines = bad.flatMap(phase => [...phaseMessages(phase)]);
  const rest = lines.length - MAX_MESSAGES;
  return rest > 0 ? [...lines.slice(0, MAX_MESSAGES), `and ${rest} more`].join('; ') : lines.join('; ');
}

/** Enough to see what is wrong; the view has all of them. */
const MAX_MESSAGES = 3;

function* phaseMessages(phase: PhaseState): Iterable<string> {
  if (phase.progress.kind === 'ended' && phase.progress.message !== undefined) {
    yield `phase "${phase.name}": ${phase.progress.message}`;
  }
  for (const worker of phase.workers) {
    const [failure] = failureOf(worker);
    if (failure !== undefined) yield `${worker.key}: ${describeFailure(failure.reason)}`;
    else if (isStoppedWorker(worker)) yield `${worker.key} was stopped`;
  }
}

function successMessage(state: RunState): string {
  const failed = [...state.phases].flatMap(phase => [...phase.workers].filter(isUnsuccessful));
  if (failed.length === 0) return 'every worker succeeded';
  return `done; did not succeed, which their phases allow: ${failed.map(({ key }) => key).join(', ')}`;
}

function failureOf(worker: WorkerState): readonly (WorkerOutcome & { kind: 'failed' })[] {
  const outcome = outcomeOf(worker);
  return outcome?.kind === 'failed' ? [outcome] : [];
}

function isStoppedWorker(worker: WorkerState): boolean {
  return outcomeOf(worker)?.kind === 'stopped';
}
