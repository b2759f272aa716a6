/** The transition function of a worker: what each of its events means for it. The diagram stands at `WorkerProgress`. */
import { unreachable } from '../result.ts';
import type { EventKind, RunEvent, RunEventOf } from './events.ts';
import { ImpossibleEvent } from './impossible-event.ts';
import type { AttemptWork, TurnState, WorkerProgress, WorkerState } from './state.ts';
import { NO_WORK } from './state.ts';

/** An event of one attempt of one worker. */
export type WorkerEvent = Extract<RunEvent, { worker: string; attempt: number }>;

/** What the transition depends on besides worker and event. */
export interface WorkerContext {
  /** Names of the phase's steps, in order. */
  readonly steps: readonly string[];
  /** Somebody asked to stop the worker or the run, or a limit was reached. */
  readonly isStopping: boolean;
}

/** Whether an event is about one attempt of one worker. */
export function isWorkerEvent(event: RunEvent): event is WorkerEvent {
  return 'attempt' in event;
}

/** The worker after one of its events. Throws `ImpossibleEvent`. */
export function applyToWorker(worker: WorkerState, event: WorkerEvent, context: WorkerContext): WorkerState {
  check(worker, event);
  switch (event.kind) {
    case 'worker-started':
      return startAttempt(worker, event, context.steps);
    case 'worktree-ready':
      return takePlace(worker, event);
    case 'session-opened':
      return openSession(worker, event);
    case 'turn-requested':
    case 'turn-started':
    case 'turn-alive':
    case 'turn-unknown':
    case 'turn-ended':
      return applyTurnEvent(worker, event, context);
    case 'failover':
      return withWork(worker, { route: event.to });
    case 'parked':
      return paused(worker, event.at, { kind: 'parked', until: event.until });
    case 'unparked':
      return resumed(withWork(worker, { hasWaited: true }), event.at, { kind: 'starting' });
    case 'answer-needed':
      return paused(worker, event.at, waitingFor(event));
    case 'answer-given':
      return takeAnswer(worker, event);
    case 'step-ended':
      return endStep(worker, event);
    case 'committed': {
      const commit = event.commit ?? worker.commit;
      return { ...withWork(worker, { isCommitted: true }), ...(commit === undefined ? {} : { commit }) };
    }
    case 'worker-quiet':
      return withWork(worker, { isQuiet: true });
    case 'worker-ended':
      return resumed(worker, event.at, { kind: 'ended', outcome: event.outcome });
    case 'agent-note':
    case 'usage':
      return worker;
    default:
      return unreachable(event);
  }
}

/** Reports about an attempt that may still come when it is over. */
const LATE: ReadonlySet<EventKind> = new Set(['usage', 'agent-note']);

function check(worker: WorkerState, event: WorkerEvent): void {
  const { kind } = worker.progress;
  if (LATE.has(event.kind) && event.attempt <= worker.attempt) return;
  const isSkip = event.kind === 'worker-ended' && kind === 'queued';
  const isStart = event.kind === 'worker-started' && (kind === 'queued' || kind === 'ended');
  const attempt = isSkip || isStart ? worker.attempt + 1 : worker.attempt;
  if (event.attempt !== attempt)
    throw new ImpossibleEvent(event, `the worker is at attempt ${worker.attempt}`);
  const isLive = kind !== 'queued' && kind !== 'ended';
  if (!isSkip && !isStart && (!isLive || event.kind === 'worker-started')) {
    throw new ImpossibleEvent(event, `the worker is ${kind}`);
  }
}

function startAttempt(
  worker: WorkerState,
  event: RunEventOf<'worker-started'>,
  steps: readonly string[],
): WorkerState {
  const { answer: _ofLastAttempt, ...kept } = worker;
  return {
    ...kept,
    attempt: event.attempt,
    progress: { kind: 'preparing' },
    work: { ...NO_WORK, startedAt: event.at, stepsLeft: steps },
  };
}

function takePlace(worker: WorkerState, event: RunEventOf<'worktree-ready'>): WorkerState {
  if (worker.work.isReady) throw new ImpossibleEvent(event, 'the worktree was ready');
  const { dir, slug, branch, base, gitDir } = event;
  const place = {
    dir,
    ...(slug === undefined ? {} : { slug }),
    ...(branch === undefined ? {} : { branch }),
    ...(base === undefined ? {} : { base }),
    ...(gitDir === undefined ? {} : { gitDir }),
  };
  return { ...withWork(worker, { isReady: true }), place, progress: { kind: 'starting' } };
}

function openSession(worker: WorkerState, event: RunEventOf<'session-opened'>): WorkerState {
  const { sessions } = worker.work;
  // A command that is taken up again after a restart reports its session again.
  const opened = sessions.includes(event.session)
    ? worker
    : withWork(worker, { sessions: [...sessions, event.session] });
  if (event.purpose !== 'step') return opened;
  return { ...opened, progress: { kind: 'working', evidence: 'its step was started' } };
}

type TurnEvent = Extract<WorkerEvent, { kind: `turn-${string}` }>;

function applyTurnEvent(worker: WorkerState, event: TurnEvent, context: WorkerContext): WorkerState {
  if (event.kind === 'turn-requested') return requestTurn(worker, event);
  const { turn } = worker.work;
  if (turn === undefined || turn.outcome !== undefined)
    throw new ImpossibleEvent(event, 'no turn is under way');
  if (event.kind === 'turn-alive') {
    const { evidence, conversation } = event;
    const alive = withWork(worker, {
      turn: { ...turn, isAlive: true, ...(conversation && { conversation }) },
    });
    return resumed(alive, event.at, { kind: 'working', evidence });
  }
  if (event.kind === 'turn-unknown')
    return resumed(worker, event.at, { kind: 'unknown', evidence: event.evidence });
  if (event.turn !== turn.number) throw new ImpossibleEvent(event, `turn ${turn.number} is under way`);
  if (event.kind === 'turn-ended') return endTurn(worker, turn, event, context);
  const { conversation } = event;
  return withWork(worker, { turn: { ...turn, ...(conversation && { conversation }) } });
}

function requestTurn(worker: WorkerState, event: RunEventOf<'turn-requested'>): WorkerState {
  const { work } = worker;
  const last = work.turn;
  if (!work.isReady || (last !== undefined && last.outcome === undefined)) {
    throw new ImpossibleEvent(event, work.isReady ? 'a turn is under way' : 'the worktree is not ready');
  }
  if (event.turn !== (last?.number ?? 0) + 1)
    throw new ImpossibleEvent(event, `turn ${last?.number} was the last`);
  const { turn: number, route, label, input } = event;
  const turn = { number, route, label, input, isAlive: false };
  return { ...withWork(worker, { turn, route, hasWaited: false }), progress: { kind: 'starting' } };
}

function endTurn(
  worker: WorkerState,
  turn: TurnState,
  event: RunEventOf<'turn-ended'>,
  { isStopping }: WorkerContext,
): WorkerState {
  const { misfit } = event;
  // A process that is interrupted fails in many ways; whatever it says, it was stopped.
  const outcome =
    isStopping && event.outcome.kind === 'failed' ? { kind: 'stopped' as const } : event.outcome;
  const ended: TurnState = { ...turn, outcome, ...(misfit === undefined ? {} : { misfit }) };
  const { misfits, abandoned } = worker.work;
  const hasStalled =
    outcome.kind === 'failed' && outcome.reason.kind === 'unavailable' && outcome.reason.what === 'stalled';
  const after = withWork(worker, {
    turn: ended,
    misfits: misfit === undefined ? misfits : misfits + 1,
    abandoned: hasStalled ? [...abandoned, turn.route] : abandoned,
  });
  const answer =
    outcome.kind === 'answered' ? { file: outcome.answerFile, summary: outcome.summary } : undefined;
  return resumed({ ...after, ...(answer && { answer }) }, event.at, {
    kind: 'working',
    evidence: 'its turn ended',
  });
}

function waitingFor(event: RunEventOf<'answer-needed'>): WorkerProgress {
  const { what, text, choices, evidence, step } = event;
  return {
    ...{ kind: 'waiting', what, text },
    ...(choices && { choices }),
    ...(evidence !== undefined && { evidence }),
    ...(step !== undefined && { step }),
  };
}

function takeAnswer(worker: WorkerState, event: RunEventOf<'answer-given'>): WorkerState {
  const { progress, work } = worker;
  if (progress.kind !== 'waiting') throw new ImpossibleEvent(event, `the worker is ${progress.kind}`);
  const { step } = progress;
  if (step === undefined) return resumed(worker, event.at, { kind: 'working', evidence: 'it got an answer' });
  const answered = event.isGranted
    ? withWork(worker, { grantedSteps: [...work.grantedSteps, step] })
    : withWork(worker, { refusedStep: { step, message: event.text } });
  return resumed(answered, event.at, { kind: 'starting' });
}

/** Steps named by a matching rule's `next` come first; one that has run is not run again, so rules cannot loop. */
function endStep(worker: WorkerState, event: RunEventOf<'step-ended'>): WorkerState {
  const { stepsLeft, steps } = worker.work;
  if (!stepsLeft.includes(event.step))
    throw new ImpossibleEvent(event, `step "${event.step}" is not to be run`);
  const left = stepsLeft.filter(step => step !== event.step);
  const first = [...new Set(event.next)].filter(step => left.includes(step));
  const { worker: _worker, attempt: _attempt, kind: _kind, v: _v, seq: _seq, at: _at, ...result } = event;
  const changed = withWork(worker, {
    steps: [...steps, result],
    stepsLeft: [...first, ...left.filter(step => !first.includes(step))],
  });
  return { ...changed, progress: { kind: 'starting' } };
}

function withWork(worker: WorkerState, change: Partial<AttemptWork>): WorkerState {
  return { ...worker, work: { ...worker.work, ...change } };
}

/** Stops the worker's clock. */
function paused(worker: WorkerState, at: string, progress: WorkerProgress): WorkerState {
  return { ...withWork(worker, { pausedSince: worker.work.pausedSince ?? at }), progress };
}

/** Lets the worker's clock go on, if it stood still. */
function resumed(worker: WorkerState, at: string, progress: WorkerProgress): WorkerState {
  const { pausedSince, ...work } = worker.work;
  if (pausedSince === undefined) return { ...worker, progress };
  const pausedMs = work.pausedMs + Math.max(0, Date.parse(at) - Date.parse(pausedSince));
  return { ...worker, progress, work: { ...work, pausedMs } };
}
