/**
 * What a run does next: a pure and deterministic function of its plan and state. No clock, no randomness, no I/O: the
 * same journal always leads to the same decisions, so a run can be replayed and taken up again at any event.
 */
import type { Plan, PlannedPhase } from '../plan/plan.ts';
import { unreachable } from '../result.ts';
import { nextMove } from '../topology/workers.ts';
import type { Command } from './commands.ts';
import { decideConclusion, decidePick } from './decide-merge.ts';
import type { EventData, NewEvent } from './events.ts';
import { isReached } from './iso-time.ts';
import { withTrialBy } from './model-trials.ts';
import { spentUsd, startedAgents } from './spending.ts';
import type { PhaseState, RunState, WorkerState } from './state.ts';
import { haltOf, isGood, isRetryDue, runVerdict, stopOf } from './verdicts.ts';

/** What follows from a state. */
export interface Decision {
  /** Events to append first; then decide again. */
  readonly append: readonly NewEvent[];
  /** With nothing to append: every command that ought to be under way. One that is not named here is not wanted. */
  readonly commands: readonly Command[];
}

/** What to append and what ought to be under way in a state. */
export function decide(plan: Plan, state: RunState): Decision {
  if (state.progress.kind !== 'running') return { append: [], commands: [] };
  const first = dueFirst(plan, state);
  if (first.length > 0) return { append: first, commands: [] };
  const { downModels, trials } = state;
  const draft: Draft = { append: [], commands: [], agents: startedAgents(state), downModels, trials };
  const halt = haltOf(state);
  let hasEnded = true;
  for (const [i, planned] of plan.phases.entries()) {
    const phase = state.phases.at(i);
    if (phase.progress.kind === 'ended') continue;
    hasEnded = false;
    decidePhase(draft, { plan, state, planned, index: i, phase, halt });
  }
  if (hasEnded) draft.commands.push({ kind: 'finish', id: `finish#${state.round}`, ...runVerdict(state) });
  return draft.append.length > 0 ? { append: draft.append, commands: [] } : draft;
}

/** The decision while it is made: what one part decides in this pass, the others see. */
interface Draft {
  readonly append: NewEvent[];
  readonly commands: Command[];
  /** Workers started so far, with this pass. */
  agents: number;
  /** Why nothing more starts in this pass. */
  halt?: string;
  downModels: RunState['downModels'];
  trials: RunState['trials'];
}

interface PhaseCase {
  readonly plan: Plan;
  readonly state: RunState;
  readonly planned: PlannedPhase;
  readonly index: number;
  readonly phase: PhaseState;
  /** Why nothing new may start; undefined = it may. */
  readonly halt: string | undefined;
}

/** What changes the ground of all other decisions. */
function dueFirst(plan: Plan, state: RunState): readonly NewEvent[] {
  const up = [...state.downModels].flatMap(([label, { until }]): NewEvent[] =>
    until !== undefined && isReached(until, state.now) ? [{ kind: 'model-up', label }] : [],
  );
  const { maxCostUsd } = plan.limits;
  const spent = spentUsd(state);
  const isSpent = maxCostUsd !== undefined && spent >= maxCostUsd;
  if (!isSpent || state.limit !== undefined || !hasWorkLeft(state)) return up;
  const message = `the run has spent ${spent.toFixed(2)} of max_cost_usd ${maxCostUsd}`;
  return [...up, { kind: 'limit-reached', limit: 'max_cost_usd', message }];
}

function hasWorkLeft(state: RunState): boolean {
  for (const phase of state.phases) {
    if (phase.progress.kind === 'ended') continue;
    for (const worker of phase.workers) if (worker.progress.kind !== 'ended') return true;
  }
  return false;
}

function decidePhase(draft: Draft, one: PhaseCase): void {
  const { progress } = one.phase;
  switch (progress.kind) {
    case 'pending':
      decidePending(draft, one);
      break;
    case 'gated':
      decideGate(draft, one, progress.isApproved);
      break;
    case 'running':
      decideRunning(draft, one);
      break;
    case 'picking':
      take(draft, decidePick(one.phase, progress, isStopped(one.state)));
      break;
    case 'ended':
      break;
    default:
      unreachable(progress);
  }
}

function isStopped(state: RunState): boolean {
  return state.stop !== undefined || state.limit !== undefined;
}

function decidePending(draft: Draft, one: PhaseCase): void {
  const needs = readinessOf(one);
  const why = one.halt ?? (needs.kind === 'lost' ? `phase "${needs.phase}" did not succeed` : undefined);
  if (why !== undefined) skipPhase(draft, one, why);
  if (why !== undefined || needs.kind !== 'ready') return;
  const { name: phase, gate } = one.planned;
  draft.append.push(gate === undefined ? { kind: 'phase-started', phase } : { kind: 'gate-opened', phase });
}

type Readiness = { readonly kind: 'ready' | 'waiting' } | { readonly kind: 'lost'; readonly phase: string };

/** Looks at the latest need first: it is the one most likely still under way, so long pipelines stay cheap. */
function readinessOf({ state, index, plan }: PhaseCase): Readiness {
  const needs = state.index.needs[index] ?? [];
  for (let i = needs.length - 1; i >= 0; i--) {
    const need = needs[i] ?? -1;
    const planned = plan.phases[need];
    const phase = state.phases.at(need);
    if (planned === undefined || isGood(planned, phase)) continue;
    return phase.progress.kind === 'ended' ? { kind: 'lost', phase: planned.name } : { kind: 'waiting' };
  }
  return { kind: 'ready' };
}

/** Every worker has a fate: those of a phase that never starts are skipped one by one. */
function skipPhase(draft: Draft, one: PhaseCase, why: string): void {
  skipWorkers(draft, one, why);
  draft.append.push({ kind: 'phase-ended', phase: one.planned.name, outcome: 'skipped' });
}

function skipWorkers(draft: Draft, { phase }: PhaseCase, why: string): void {
  for (const worker of phase.workers) {
    if (worker.progress.kind === 'queued') draft.append.push(skip(worker, why));
  }
}

function skip(worker: WorkerState, why: string): NewEvent {
  const outcome =
    worker.stop === undefined ? { kind: 'skipped' as const, why } : { kind: 'stopped' as const };
  return { kind: 'worker-ended', worker: worker.key, attempt: worker.attempt + 1, outcome };
}

function decideGate(draft: Draft, one: PhaseCase, isApproved: boolean): void {
  const { name: phase } = one.planned;
  if (one.halt !== undefined) skipPhase(draft, one, one.halt);
  else if (isApproved) draft.append.push({ kind: 'phase-started', phase });
  else if (one.plan.yes) draft.append.push({ kind: 'gate-approved', phase, by: '--yes' });
  else if (!one.plan.isAttended) {
    const message = 'its gate needs a person to approve it, and nobody is there; run with --yes or --detach';
    skipWorkers(draft, one, message);
    draft.append.push({ kind: 'phase-ended', phase, outcome: 'failed', message });
  }
}

function decideRunning(draft: Draft, one: PhaseCase): void {
  let places = one.planned.maxParallel - activeCount(one.phase);
  let isOpen = false;
  for (const [i, planned] of one.planned.workers.entries()) {
    const worker = one.phase.workers.at(i);
    const isRetry = one.halt === undefined && isRetryDue(one.planned, worker);
    if (isRetry || worker.progress.kind === 'queued') {
      isOpen = true;
      if (decideStart(draft, one, worker, places > 0)) places--;
    } else if (worker.progress.kind !== 'ended') {
      isOpen = true;
      decideWorker(draft, one, planned, worker);
    }
  }
  if (!isOpen) take(draft, decideConclusion(one.plan, one.planned, one.phase, isStopped(one.state)));
}

function activeCount(phase: PhaseState): number {
  let count = 0;
  for (const { progress } of phase.workers)
    if (progress.kind !== 'queued' && progress.kind !== 'ended') count++;
  return count;
}

/** Starts a worker, or says why it does not start. Returns whether it takes a place. */
function decideStart(draft: Draft, one: PhaseCase, worker: WorkerState, isPlaceFree: boolean): boolean {
  const isQueued = worker.progress.kind === 'queued';
  const halt = one.halt ?? draft.halt;
  if (halt !== undefined || worker.stop !== undefined) {
    if (isQueued) draft.append.push(skip(worker, halt ?? 'it was stopped'));
    return false;
  }
  if (!isPlaceFree) return false;
  const isNew = worker.attempt === 0;
  const { maxTotalAgents } = one.plan.limits;
  if (isNew && draft.agents >= maxTotalAgents) {
    draft.halt = `the run may start ${maxTotalAgents} workers (limits.max_total_agents) and has more`;
    draft.append.push({ kind: 'limit-reached', limit: 'max_total_agents', message: draft.halt });
    return false;
  }
  if (isNew) draft.agents++;
  draft.append.push({ kind: 'worker-started', worker: worker.key, attempt: worker.attempt + 1 });
  return true;
}

function decideWorker(
  draft: Draft,
  { plan, state, planned: phase }: PhaseCase,
  planned: PlannedPhase['workers'][number],
  worker: WorkerState,
): void {
  const move = nextMove({
    yes: plan.yes,
    isAttended: plan.isAttended,
    phase,
    planned,
    worker,
    stop: stopOf(state, worker),
    downModels: draft.downModels,
    timesDown: state.timesDown,
    trials: draft.trials,
    now: state.now,
  });
  if (move.kind === 'perform') draft.commands.push(move.command);
  if (move.kind !== 'append') return;
  draft.append.push(...move.events);
  for (const event of move.events) if (event.kind === 'model-down') noteDown(draft, event);
  if (move.tries !== undefined) draft.trials = withTrialBy(draft.trials, move.tries, worker.key, state.now);
}

/** What one worker finds down, the others do not try in the same pass. */
function noteDown(draft: Draft, { label, why, until }: EventData<'model-down'>): void {
  const down = until === undefined ? { why } : { why, until };
  draft.downModels = new Map([...draft.downModels, [label, down]]);
}

function take(draft: Draft, { append, commands }: Decision): void {
  draft.append.push(...append);
  draft.commands.push(...commands);
}
