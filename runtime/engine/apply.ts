/**
 * What an event means for the state of a run. Pure. An event that cannot have happened in a state is a bug of whoever
 * wrote it and throws `ImpossibleEvent`; readers of journals turn that into a failure value.
 */
import type { Plan, PlannedRoute } from '../plan/plan.ts';
import { unreachable } from '../result.ts';
import { applyToWorker, isWorkerEvent, type WorkerEvent } from './apply-worker.ts';
import type { EventKind, RunEvent, RunEventOf } from './events.ts';
import { ImpossibleEvent } from './impossible-event.ts';
import { laterOf } from './iso-time.ts';
import { trialsAfter } from './model-trials.ts';
import { dependentsOf } from './plan-index.ts';
import type { PhaseProgress, PhaseState, RunState, WorkerState } from './state.ts';
import { initialState, NO_WORK } from './state.ts';
import { isUnsuccessful, stopOf } from './verdicts.ts';

/** The state after an event. Throws `ImpossibleEvent`. */
export function apply(state: RunState, event: RunEvent): RunState {
  if (event.seq !== state.seq + 1) throw new ImpossibleEvent(event, `it follows event ${state.seq}`);
  checkLifecycle(state, event);
  const next = isWorkerEvent(event) ? applyWorkerEvent(state, event) : applyRunEvent(state, event);
  const trials = trialsAfter(state.trials, event, label => state.downModels.get(label)?.why);
  return { ...next, seq: event.seq, now: laterOf(event.at, next.now), trials };
}

/** The state after these events of a run of this plan. Throws `ImpossibleEvent`. */
export function fold(plan: Plan, events: Iterable<RunEvent>): RunState {
  let state = initialState(plan);
  for (const event of events) state = apply(state, event);
  return state;
}

/** Events that may follow the end of a run: a retry, and what cleaning up found. */
const AFTER_END: ReadonlySet<EventKind> = new Set([
  'retry-requested',
  'run-resumed',
  'note',
  'usage',
  'child-spent',
  'worktree-removed',
  'worktree-kept',
  'branch-removed',
]);

function checkLifecycle(state: RunState, event: RunEvent): void {
  const { kind } = state.progress;
  if ((kind === 'new') !== (event.kind === 'run-started')) {
    throw new ImpossibleEvent(event, kind === 'new' ? 'the run has not started' : 'the run has started');
  }
  if (kind === 'ended' && !AFTER_END.has(event.kind)) throw new ImpossibleEvent(event, 'the run has ended');
}

/** Finds the worker, changes it, and keeps what the run as a whole counts. */
function applyWorkerEvent(state: RunState, event: WorkerEvent): RunState {
  const place = state.index.workers.get(event.worker);
  if (place === undefined) throw new ImpossibleEvent(event, 'the plan has no such worker');
  const phase = state.phases.at(place.phase);
  const worker = phase.workers.at(place.worker);
  const changed = applyToWorker(worker, event, {
    steps: state.index.plan.phases[place.phase]?.steps.map(step => step.name) ?? [],
    isStopping: stopOf(state, worker) !== undefined,
  });
  return {
    ...count(state, worker, event),
    phases: state.phases.with(place.phase, { ...phase, workers: phase.workers.with(place.worker, changed) }),
  };
}

function count(state: RunState, before: WorkerState, event: WorkerEvent): RunState {
  if (event.kind === 'usage') return countUsage(state, event);
  if (event.kind === 'worker-started' && before.attempt === 0) return { ...state, agents: state.agents + 1 };
  if (event.kind === 'turn-ended' && event.outcome.kind === 'answered') {
    return withoutTimesDown(state, before.work.turn?.label);
  }
  if (event.kind === 'unparked' && before.progress.kind === 'parked') {
    // The reset it waited for has come, whatever a clock that was set back says.
    return { ...state, now: laterOf(before.progress.until, state.now) };
  }
  return state;
}

/** A model that answers is well again. */
function withoutTimesDown(state: RunState, label: string | undefined): RunState {
  if (label === undefined || !state.timesDown.has(label)) return state;
  return { ...state, timesDown: new Map([...state.timesDown].filter(([each]) => each !== label)) };
}

function countUsage(state: RunState, { costUsd, costFrom }: RunEventOf<'usage'>): RunState {
  if (costUsd === undefined) return { ...state, unpriced: state.unpriced + 1 };
  const isCostEstimate = state.isCostEstimate || costFrom === 'list';
  return { ...state, costUsd: state.costUsd + costUsd, isCostEstimate };
}

function applyRunEvent(state: RunState, event: Exclude<RunEvent, WorkerEvent>): RunState {
  switch (event.kind) {
    case 'run-started':
      return { ...state, progress: { kind: 'running' } };
    case 'run-resumed':
      return state.progress.kind === 'ended' ? state : withUnknownWorkers(state, event.why);
    case 'stop-requested':
      return requestStop(state, event);
    case 'retry-requested':
      return requestRetry(state, event);
    case 'model-down': {
      const { why, until } = event;
      const down = { why, ...(until === undefined ? {} : { until }) };
      const times = (state.timesDown.get(event.label) ?? 0) + 1;
      return {
        ...state,
        downModels: new Map([...state.downModels, [event.label, down]]),
        timesDown: new Map([...state.timesDown, [event.label, times]]),
      };
    }
    case 'model-up':
      return {
        ...state,
        downModels: new Map([...state.downModels].filter(([label]) => label !== event.label)),
      };
    case 'limit-reached':
      return { ...state, limit: { limit: event.limit, message: event.message } };
    case 'child-spent': {
      const { child, agents, costUsd, unpriced, isEstimate } = event;
      const spending = { agents, costUsd, unpriced, isEstimate };
      return { ...state, children: new Map([...state.children, [child, spending]]) };
    }
    case 'run-ended':
      return { ...state, progress: { kind: 'ended', outcome: event.outcome, message: event.message } };
    case 'note':
    case 'worktree-removed':
    case 'worktree-kept':
    case 'branch-removed':
      return state;
    default:
      return applyPhaseEvent(state, event);
  }
}

type PhaseEvent = Extract<RunEvent, { phase: string }>;

function applyPhaseEvent(state: RunState, event: PhaseEvent): RunState {
  const index = state.index.phases.get(event.phase);
  if (index === undefined) throw new ImpossibleEvent(event, 'the plan has no such phase');
  const phase = state.phases.at(index);
  switch (event.kind) {
    case 'merged':
      return { ...changePhase(state, index, markMerged(state, event)), head: event.head };
    case 'merge-conflict':
      return changePhase(state, index, markConflict(state, phase, event));
    default:
      return changePhase(state, index, { ...phase, progress: nextProgress(state, phase.progress, event) });
  }
}

/** The transition function of a phase: `pending → (gated →) running → (picking →) ended`. */
function nextProgress(
  state: RunState,
  progress: PhaseProgress,
  event: Exclude<PhaseEvent, { kind: 'merged' | 'merge-conflict' }>,
): PhaseProgress {
  const from = progress.kind;
  switch (event.kind) {
    case 'gate-opened':
      if (from === 'pending') return { kind: 'gated', isApproved: false };
      break;
    case 'gate-approved':
      if (from === 'gated' && !progress.isApproved) return { kind: 'gated', isApproved: true };
      break;
    case 'phase-started':
      if (from === 'pending' || (from === 'gated' && progress.isApproved)) return { kind: 'running' };
      break;
    case 'pick-opened':
      if (from === 'running') return { kind: 'picking', candidates: event.candidates };
      break;
    case 'picked':
      if (from === 'picking' && progress.picked === undefined && progress.candidates.includes(event.worker)) {
        return { ...progress, picked: event.worker };
      }
      break;
    case 'phase-ended':
      if (from !== 'ended') return endedPhase(state, event);
      break;
    default:
      return unreachable(event);
  }
  throw new ImpossibleEvent(event, `the phase is ${from}`);
}

function endedPhase(state: RunState, event: RunEventOf<'phase-ended'>): PhaseProgress {
  const { outcome, message } = event;
  return { kind: 'ended', outcome, round: state.round, ...(message === undefined ? {} : { message }) };
}

function markMerged(state: RunState, event: RunEventOf<'merged'>): PhaseState {
  return changeWorker(state, event, ({ commit: _merged, ...worker }) => ({ ...worker, isMerged: true }));
}

/** The worker whose branch does not merge counts as failed, so that a retry runs it again. */
function markConflict(state: RunState, phase: PhaseState, event: RunEventOf<'merge-conflict'>): PhaseState {
  const message = `its branch ${event.branch} conflicts with work merged before it in: ${event.files.join(', ')}`;
  const changed = changeWorker(state, event, worker => ({
    ...worker,
    progress: { kind: 'ended', outcome: { kind: 'failed', reason: { kind: 'merge_conflict' }, message } },
  }));
  const { worker, branch, files } = event;
  return { ...phase, workers: changed.workers, conflict: { worker, branch, files } };
}

function changeWorker(
  state: RunState,
  event: RunEventOf<'merged'> | RunEventOf<'merge-conflict'>,
  change: (worker: WorkerState) => WorkerState,
): PhaseState {
  const place = state.index.workers.get(event.worker);
  if (place?.planned.phase !== event.phase) throw new ImpossibleEvent(event, 'the phase has no such worker');
  const phase = state.phases.at(place.phase);
  return { ...phase, workers: phase.workers.with(place.worker, change(phase.workers.at(place.worker))) };
}

function changePhase(state: RunState, index: number, phase: PhaseState): RunState {
  return { ...state, phases: state.phases.with(index, phase) };
}

function requestStop(state: RunState, event: RunEventOf<'stop-requested'>): RunState {
  const { how, by, worker: key } = event;
  if (key === undefined) return { ...state, stop: { how: state.stop?.how === 'now' ? 'now' : how, by } };
  const place = state.index.workers.get(key);
  if (place === undefined) throw new ImpossibleEvent(event, 'the plan has no such worker');
  const phase = state.phases.at(place.phase);
  const worker = phase.workers.at(place.worker);
  const stopped: WorkerState = { ...worker, stop: worker.stop === 'now' ? 'now' : how };
  return changePhase(state, place.phase, { ...phase, workers: phase.workers.with(place.worker, stopped) });
}

/** After a restart nobody knows what a live process did meanwhile, until its next sign of life. */
function withUnknownWorkers(state: RunState, evidence: string): RunState {
  const doubt = (worker: WorkerState): WorkerState =>
    worker.progress.kind === 'working' ? { ...worker, progress: { kind: 'unknown', evidence } } : worker;
  return { ...state, phases: state.phases.map(phase => ({ ...phase, workers: phase.workers.map(doubt) })) };
}

/**
 * Runs the named workers again. Phases that build on theirs start over, for their inputs change; skipped phases get
 * another chance; a phase that failed though all its workers succeeded (a gate or pick that nobody could answer, a
 * merge that broke) is concluded again. Good workers of the same phase stay done.
 */
function requestRetry(state: RunState, event: RunEventOf<'retry-requested'>): RunState {
  const targets = new Set(event.workers);
  for (const key of targets) {
    if (!state.index.workers.has(key)) throw new ImpossibleEvent(event, `the plan has no worker "${key}"`);
  }
  const reopened = reopenedPhases(state, targets);
  const restarted = dependentsOf(state.index, reopened);
  const phases = state.phases.map((phase, i): PhaseState => {
    if (restarted.has(i) || isSkipped(phase)) return restartPhase(phase);
    return reopened.has(i) ? reopenPhase(phase, targets, event.route) : phase;
  });
  const { stop: _stop, limit: _limit, ...rest } = state;
  // Models that were down are tried again: the person who asks for a retry may have logged in, or waited.
  return {
    ...rest,
    progress: { kind: 'running' },
    round: state.round + 1,
    downModels: new Map(),
    timesDown: new Map(),
    phases,
  };
}

function reopenedPhases(state: RunState, targets: ReadonlySet<string>): ReadonlySet<number> {
  const reopened = new Set<number>();
  for (const key of targets) {
    const place = state.index.workers.get(key);
    if (place !== undefined) reopened.add(place.phase);
  }
  for (const [i, phase] of [...state.phases].entries()) {
    const hasFailed = phase.progress.kind === 'ended' && phase.progress.outcome !== 'succeeded';
    if (hasFailed && ![...phase.workers].some(isUnsuccessful)) reopened.add(i);
  }
  return reopened;
}

function isSkipped(phase: PhaseState): boolean {
  return phase.progress.kind === 'ended' && phase.progress.outcome === 'skipped';
}

function restartPhase(phase: PhaseState): PhaseState {
  return {
    name: phase.name,
    progress: { kind: 'pending' },
    workers: phase.workers.map(worker => reset(worker)),
  };
}

function reopenPhase(phase: PhaseState, targets: ReadonlySet<string>, route?: PlannedRoute): PhaseState {
  const workers = phase.workers.map(worker => {
    const { progress } = worker;
    const wasSkipped = progress.kind === 'ended' && progress.outcome.kind === 'skipped';
    return targets.has(worker.key) || wasSkipped ? reset(worker, route) : worker;
  });
  const hasStarted = phase.progress.kind !== 'pending' && phase.progress.kind !== 'gated';
  return { name: phase.name, progress: hasStarted ? { kind: 'running' } : phase.progress, workers };
}

/** Back to the queue, keeping worktree and unmerged commits: the next attempt goes on upon them. */
function reset(worker: WorkerState, route?: PlannedRoute): WorkerState {
  const { key, attempt, place, commit } = worker;
  return {
    key,
    attempt,
    firstAttempt: attempt + 1,
    progress: { kind: 'queued' },
    isMerged: false,
    work: NO_WORK,
    ...(route === undefined ? {} : { route }),
    ...(place === undefined ? {} : { place }),
    ...(commit === undefined ? {} : { commit }),
  };
}
