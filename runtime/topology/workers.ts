/**
 * The `workers` topology: what one started worker does next — worktree, steps, turns, commit, end. Pure: a function of
 * what is planned and what has happened. The engine decides when a worker starts and what becomes of its branch.
 */
import type { Command, TurnInput } from '../engine/commands.ts';
import type { NewEvent, WorkerOutcome } from '../engine/events.ts';
import type { ModelTrials } from '../engine/model-trials.ts';
import type { ModelDown, WorkerState } from '../engine/state.ts';
import { routesOf } from '../engine/state.ts';
import type { StopCall } from '../engine/verdicts.ts';
import type { PlannedPhase, PlannedWorker } from '../plan/plan.ts';
import { chooseRoute, downAfter, type RouteChoice } from './failover.ts';

/** A worker under way, with everything its next move depends on. */
export interface WorkerCase {
  /** `--yes`: steps may write unasked. */
  readonly yes: boolean;
  /** Somebody is there to answer. */
  readonly isAttended: boolean;
  readonly phase: PlannedPhase;
  readonly planned: PlannedWorker;
  readonly worker: WorkerState;
  readonly stop: StopCall | undefined;
  readonly downModels: ReadonlyMap<string, ModelDown>;
  /** How often each model was down since it last answered. */
  readonly timesDown: ReadonlyMap<string, number>;
  readonly trials: ModelTrials;
  /** Time the run has got to (`RunState.now`). */
  readonly now: string;
}

/** What a worker does next. */
export type Move =
  /** Something is decided: these events, then look again. `tries`: the model that it is about to use. */
  | { readonly kind: 'append'; readonly events: readonly NewEvent[]; readonly tries?: string }
  /** This command ought to be under way. */
  | { readonly kind: 'perform'; readonly command: Command }
  /** A person is needed. */
  | { readonly kind: 'wait' };

/** The next move of a worker that was started and has not ended. */
export function nextMove(one: WorkerCase): Move {
  const fate = fateOf(one);
  const { work } = one.worker;
  if (one.stop !== undefined && !work.isQuiet && fate?.kind !== 'succeeded')
    return ensureQuiet(one, one.stop);
  if (fate !== undefined) return conclude(one, fate);
  if (!work.isReady) return perform({ kind: 'prepare', id: `prepare:${idOf(one)}`, ...attemptOf(one) });
  const [step] = work.stepsLeft;
  return step === undefined ? nextTurn(one) : nextStep(one, step);
}

/** How the attempt ends; undefined while that is open. */
function fateOf({ worker, planned, stop }: WorkerCase): WorkerOutcome | undefined {
  const { work } = worker;
  if (work.refusedStep !== undefined) {
    const { step, message } = work.refusedStep;
    return failed({ kind: 'permission_denied' }, `step "${step}" wants to write: ${message}`);
  }
  const broken = work.steps.find(step => step.failure !== undefined)?.failure;
  if (broken !== undefined) return failed(broken.reason, broken.message, broken.tail);
  const isDone = work.isReady && work.stepsLeft.length === 0 && routesOf(planned.routes, worker).length === 0;
  if (isDone) return { kind: 'succeeded' };
  return fateOfTurn(worker, stop) ?? (stop !== undefined && work.isQuiet ? stopped(stop) : undefined);
}

/** An answer may miss the `output` schema once (spec §5); an unavailable model is not the worker's failure yet. */
function fateOfTurn({ work }: WorkerState, stop: StopCall | undefined): WorkerOutcome | undefined {
  const { turn } = work;
  if (turn?.outcome === undefined) return undefined;
  switch (turn.outcome.kind) {
    case 'stopped':
      return stopped(stop);
    case 'failed': {
      const { reason, message, tail } = turn.outcome;
      return reason.kind === 'unavailable' ? undefined : failed(reason, message, tail);
    }
    case 'answered':
      if (turn.misfit === undefined) return { kind: 'succeeded' };
      return work.misfits > 1 ? failed({ kind: 'output_invalid' }, turn.misfit) : undefined;
  }
}

/** Whatever became of it: what a worker did is committed on its branch, so nothing of it is lost. */
function conclude(one: WorkerCase, fate: WorkerOutcome): Move {
  const { work } = one.worker;
  if (one.planned.place.kind === 'worktree' && work.isReady && !work.isCommitted) {
    return perform({ kind: 'commit', id: `commit:${idOf(one)}`, ...attemptOf(one) });
  }
  return append({ kind: 'worker-ended', ...attemptOf(one), outcome: fate });
}

function ensureQuiet(one: WorkerCase, { how }: StopCall): Move {
  return perform({ kind: 'stop', id: `stop:${idOf(one)}:${how}`, ...attemptOf(one), how });
}

function nextStep(one: WorkerCase, name: string): Move {
  const { worker, phase, planned } = one;
  if (worker.progress.kind === 'waiting') return { kind: 'wait' };
  const step = phase.steps.find(each => each.name === name);
  const isAllowed =
    step?.intent !== 'write' ||
    one.yes ||
    planned.permission === 'full' ||
    worker.work.grantedSteps.includes(name);
  if (isAllowed)
    return perform({ kind: 'step', id: `step:${idOf(one)}:${name}`, ...attemptOf(one), step: name });
  const text = `run ${[step.binary, ...step.args].join(' ')}`;
  const ask: NewEvent = { kind: 'answer-needed', ...attemptOf(one), what: 'permission', text, step: name };
  return one.isAttended ? append(ask) : append(ask, refusal(one));
}

function refusal(one: WorkerCase): NewEvent {
  const text = 'nobody is there to allow it; run with --yes, or where somebody can answer';
  return { kind: 'answer-given', ...attemptOf(one), by: 'niia', text, isGranted: false };
}

function nextTurn(one: WorkerCase): Move {
  const { work, progress } = one.worker;
  const { turn } = work;
  if (turn !== undefined && turn.outcome === undefined) return performTurn(one);
  const down = newlyDown(one);
  if (down !== undefined) return append(down);
  const choice = chooseRoute({
    routes: routesOf(one.planned.routes, one.worker),
    onRateLimit: one.planned.onRateLimit,
    work,
    downModels: one.downModels,
    trials: one.trials,
    worker: one.worker.key,
    now: one.now,
  });
  if (progress.kind === 'parked') return stayParked(one, choice, progress.until);
  switch (choice.kind) {
    case 'use':
      return { ...append(...requestTurn(one, choice)), tries: choice.label };
    case 'park':
      return append({ kind: 'parked', ...attemptOf(one), until: choice.until });
    case 'none':
      return conclude(one, failed(choice.reason, choice.message));
  }
}

function performTurn(one: WorkerCase): Move {
  const { turn } = one.worker.work;
  if (turn === undefined) return { kind: 'wait' };
  const { number, route, input } = turn;
  return perform({
    kind: 'turn',
    id: `turn:${idOf(one)}.${number}`,
    ...attemptOf(one),
    turn: number,
    route,
    input,
  });
}

/** A parked worker goes on as soon as any model of its chain is back, or when waiting has lost its point. */
function stayParked(one: WorkerCase, choice: RouteChoice, until: string): Move {
  const goOn = append({ kind: 'unparked', ...attemptOf(one) });
  if (choice.kind === 'use') return { ...goOn, tries: choice.label };
  if (choice.kind === 'none') return goOn;
  return perform({ kind: 'wake', id: `wake:${idOf(one)}@${until}`, ...attemptOf(one), at: until });
}

/** The run remembers a model that was unavailable, so that no other worker tries it in vain (spec §4). */
function newlyDown({ worker, now, downModels, timesDown }: WorkerCase): NewEvent | undefined {
  const { turn, hasWaited } = worker.work;
  if (turn?.outcome?.kind !== 'failed' || hasWaited || worker.progress.kind === 'parked') return undefined;
  if (downModels.has(turn.label)) return undefined;
  const down = downAfter(turn.outcome.reason, now, timesDown.get(turn.label) ?? 0);
  return down && { kind: 'model-down', label: turn.label, ...down };
}

function requestTurn(one: WorkerCase, choice: RouteChoice & { kind: 'use' }): readonly NewEvent[] {
  const { turn, route: current } = one.worker.work;
  const { route, label } = choice;
  const request: NewEvent = {
    kind: 'turn-requested',
    ...attemptOf(one),
    turn: (turn?.number ?? 0) + 1,
    route,
    label,
    input: inputOf(one, route),
  };
  return route === current ? [request] : [failoverTo(one, route), request];
}

function failoverTo(one: WorkerCase, to: number): NewEvent {
  const { turn, route: from } = one.worker.work;
  const label = routesOf(one.planned.routes, one.worker)[from]?.label ?? '';
  const failure = turn?.outcome?.kind === 'failed' ? turn.outcome : undefined;
  const known = one.downModels.get(label)?.why ?? one.trials.get(label)?.why;
  const why = failure?.reason ?? known ?? { kind: 'unavailable', what: 'no_start' };
  const message = failure?.message ?? `${label} is not available to this run`;
  return { kind: 'failover', ...attemptOf(one), from, to, why, message };
}

/** A model that takes over in mid-task is told so: the worktree holds what the one before it did. */
function inputOf({ worker }: WorkerCase, route: number): TurnInput {
  const { turn } = worker.work;
  if (turn === undefined) return { kind: 'prompt' };
  if (turn.misfit !== undefined && turn.route === route) return { kind: 'misfit', errors: turn.misfit };
  const hasBegun = turn.isAlive || turn.misfit !== undefined || turn.input.kind === 'misfit';
  return hasBegun ? { kind: 'takeover', from: turn.label } : turn.input;
}

function stopped(stop: StopCall | undefined): WorkerOutcome {
  if (stop?.why !== 'limited') return { kind: 'stopped' };
  return failed({ kind: 'limited' }, stop.message ?? 'a limit of the run was reached');
}

function failed(
  reason: (WorkerOutcome & { kind: 'failed' })['reason'],
  message: string,
  tail?: string,
): WorkerOutcome {
  return { kind: 'failed', reason, message, ...(tail === undefined ? {} : { tail }) };
}

function attemptOf({ worker }: WorkerCase): { readonly worker: string; readonly attempt: number } {
  return { worker: worker.key, attempt: worker.attempt };
}

/** Names the attempt in ids of commands. */
function idOf({ worker }: WorkerCase): string {
  return `${worker.key}#${worker.attempt}`;
}

function append(...events: readonly NewEvent[]): Move & { kind: 'append' } {
  return { kind: 'append', events };
}

function perform(command: Command): Move {
  return { kind: 'perform', command };
}
