/**
 * What people ask of a run — stop, approve, pick, answer, retry, resume — checked against its state: the events that
 * follow, or why not. Pure.
 */
import type { PlannedRoute } from '../plan/plan.ts';
import { err, ok, type Result } from '../result.ts';
import type { EventData, NewEvent } from './events.ts';
import { isSameSpending } from './spending.ts';
import type { PhaseState, RunState, WorkerState } from './state.ts';
import { routesOf, workerOf } from './state.ts';
import { haltOf, isUnsuccessful, outcomeOf } from './verdicts.ts';

/** Why a request is refused. Nothing has changed. */
export interface Refusal {
  readonly code:
    | 'run-ended'
    | 'run-going-on'
    | 'run-paused'
    | 'unknown-worker'
    | 'unknown-phase'
    | 'unknown-model'
    | 'no-open-gate'
    | 'no-open-pick'
    | 'no-candidate'
    | 'nothing-asked'
    | 'unclear-answer'
    | 'nothing-to-retry';
  /** What is the matter and what to do, in one line. */
  readonly message: string;
}

/** The events that carry a request out. */
export type RequestResult = Result<readonly NewEvent[], Refusal>;

/** Stop of the run, or of one worker (a key). */
export interface StopRequest {
  readonly how: 'polite' | 'now';
  readonly worker?: string;
  readonly by: string;
}

/** Checks a stop. Refused for an ended run or worker. */
export function requestStop(state: RunState, { how, worker, by }: StopRequest): RequestResult {
  if (state.progress.kind === 'ended') return refuse('run-ended', 'the run has ended');
  if (worker === undefined) return ok([{ kind: 'stop-requested', how, by }]);
  const known = workerOf(state, worker);
  if (known === undefined) return unknownWorker(state, worker);
  if (outcomeOf(known) !== undefined) return refuse('run-ended', `worker "${worker}" has ended`);
  return ok([{ kind: 'stop-requested', how, worker, by }]);
}

/** Checks the approval of a phase's gate. */
export function requestApproval(
  state: RunState,
  { phase, by }: { phase: string; by: string },
): RequestResult {
  const known = phaseOf(state, phase);
  if (known === undefined) return unknownPhase(state, phase);
  const { progress } = known;
  if (progress.kind === 'gated' && !progress.isApproved) return ok([{ kind: 'gate-approved', phase, by }]);
  const open = [...state.phases].filter(each => each.progress.kind === 'gated').map(each => each.name);
  return refuse('no-open-gate', `phase "${phase}" does not wait for an approval; ${listed('waiting', open)}`);
}

/** Checks the choice of a worker's branch (`merge: "pick"`); the worker is named by key or id. */
export function requestPick(
  state: RunState,
  { phase, worker, by }: { phase: string; worker: string; by: string },
): RequestResult {
  const known = phaseOf(state, phase);
  if (known === undefined) return unknownPhase(state, phase);
  const { progress } = known;
  if (progress.kind !== 'picking' || progress.picked !== undefined) {
    return refuse('no-open-pick', `phase "${phase}" does not wait for a pick`);
  }
  const key = progress.candidates.find(each => each === worker || each === `${phase}/${worker}`);
  if (key !== undefined) return ok([{ kind: 'picked', phase, worker: key, by }]);
  return refuse('no-candidate', `"${worker}" cannot be picked; ${listed('candidates', progress.candidates)}`);
}

/** Checks an answer to a question or a request for permission, which wants "yes" or "no". */
export function requestAnswer(
  state: RunState,
  { worker, text, by }: { worker: string; text: string; by: string },
): RequestResult {
  const known = workerOf(state, worker);
  if (known === undefined) return unknownWorker(state, worker);
  const { progress, attempt } = known;
  if (progress.kind !== 'waiting')
    return refuse('nothing-asked', `worker "${worker}" does not wait for an answer`);
  const isGranted = progress.what === 'question' ? true : readConsent(text);
  if (isGranted !== undefined) return ok([{ kind: 'answer-given', worker, attempt, by, text, isGranted }]);
  return refuse('unclear-answer', `worker "${worker}" asks for permission: answer "yes" or "no"`);
}

/** Takes in what a run below has come to; nothing if that is known. */
export function tellSpending(state: RunState, spending: EventData<'child-spent'>): RequestResult {
  if (state.progress.kind !== 'running')
    return refuse('run-ended', `the run above, which "${spending.child}" tells what it spends, has ended`);
  const { child, worker: _worker, ...now } = spending;
  const known = state.children.get(child);
  const isNew = known === undefined || !isSameSpending(known, now);
  return ok(isNew ? [{ kind: 'child-spent', ...spending }] : []);
}

/** Ends a run because of a limit of the run above; nothing if it is ending for one already. */
export function requestLimit(state: RunState, limit: EventData<'limit-reached'>): RequestResult {
  const isOpen = state.progress.kind === 'running' && state.limit === undefined;
  return ok(isOpen ? [{ kind: 'limit-reached', ...limit }] : []);
}

function readConsent(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  if (['y', 'yes', 'allow', 'ok'].includes(word)) return true;
  return ['n', 'no', 'deny', 'refuse'].includes(word) ? false : undefined;
}

/** A retry. */
export interface RetryRequest {
  /** Phases and workers (keys); empty = everything that did not succeed. */
  readonly targets: readonly string[];
  /** Another model, as the person wrote it: an alias or label of the chain, unless `route` says what it means. */
  readonly routeOverride?: string;
  readonly route?: PlannedRoute;
  readonly by: string;
}

/**
 * Checks a retry of what did not succeed. While the run goes on, only workers of phases that still run may be retried:
 * what builds on them has not begun.
 */
export function requestRetry(state: RunState, request: RetryRequest): RequestResult {
  const halt = haltOf(state);
  if (state.progress.kind !== 'ended' && halt !== undefined) {
    return refuse('run-going-on', `the run is coming to its end (${halt}): wait for it`);
  }
  const workers: WorkerState[] = [];
  for (const target of request.targets.length > 0 ? request.targets : allPhases(state)) {
    const found = retriable(state, target);
    if (!found.ok) return found;
    workers.push(...found.value);
  }
  const canConclude = state.progress.kind === 'ended' && state.progress.outcome !== 'succeeded';
  if (workers.length === 0 && !canConclude) {
    return refuse('nothing-to-retry', 'every worker named has succeeded, or has not ended yet');
  }
  return retryOf(state, workers, request);
}

/** Checks that an ended run can go on where it was stopped, and lets it: workers that were stopped or lost run again. */
export function requestResume(state: RunState, { by }: { readonly by: string }): RequestResult {
  if (state.progress.kind !== 'ended')
    return refuse('run-going-on', 'the run has not ended: it goes on by itself');
  const workers = [...state.phases].flatMap(phase => [...phase.workers].filter(wasInterrupted));
  if (workers.length > 0 || state.progress.outcome === 'stopped') return retryOf(state, workers, { by });
  return refuse(
    'nothing-to-retry',
    'nothing of the run was stopped or lost; niia retry runs failed workers again',
  );
}

function wasInterrupted(worker: WorkerState): boolean {
  const outcome = outcomeOf(worker);
  if (outcome?.kind === 'failed') return outcome.reason.kind === 'lost' || outcome.reason.kind === 'limited';
  return outcome?.kind === 'stopped';
}

function retryOf(
  state: RunState,
  workers: readonly WorkerState[],
  { routeOverride, route, by }: Omit<RetryRequest, 'targets'>,
): RequestResult {
  const keys = workers.map(({ key }) => key);
  if (routeOverride === undefined) return ok([{ kind: 'retry-requested', workers: keys, by }]);
  const chain = workers.flatMap(worker => routesOf(plannedRoutes(state, worker), worker));
  const meant = route ?? chain.find(each => each.label === routeOverride || each.alias === routeOverride);
  if (meant === undefined) {
    const models = listed('models', [...new Set(chain.map(({ label }) => label))]);
    return refuse('unknown-model', `"${routeOverride}" is not a model of these workers; ${models}`);
  }
  return ok([{ kind: 'retry-requested', workers: keys, routeOverride, route: meant, by }]);
}

function plannedRoutes(state: RunState, { key }: WorkerState): readonly PlannedRoute[] {
  return state.index.workers.get(key)?.planned.routes ?? [];
}

function retriable(state: RunState, target: string): Result<readonly WorkerState[], Refusal> {
  const worker = workerOf(state, target);
  const phase = phaseOf(
    state,
    worker === undefined ? target : (state.index.workers.get(target)?.planned.phase ?? ''),
  );
  if (phase === undefined) return unknownWorker(state, target);
  const isOpen = phase.progress.kind === 'running' || phase.progress.kind === 'pending';
  if (state.progress.kind !== 'ended' && !isOpen) {
    return refuse(
      'run-going-on',
      `the run goes on after phase "${phase.name}": wait until it ends, or stop it`,
    );
  }
  return ok((worker === undefined ? [...phase.workers] : [worker]).filter(isUnsuccessful));
}

function allPhases(state: RunState): readonly string[] {
  return [...state.phases].map(({ name }) => name);
}

function phaseOf(state: RunState, name: string): PhaseState | undefined {
  const index = state.index.phases.get(name);
  return index === undefined ? undefined : state.phases.at(index);
}

function unknownWorker(state: RunState, worker: string): Result<never, Refusal> {
  return refuse(
    'unknown-worker',
    `there is no worker "${worker}"; ${listed('workers', [...state.index.workers.keys()])}`,
  );
}

function unknownPhase(state: RunState, phase: string): Result<never, Refusal> {
  return refuse('unknown-phase', `there is no phase "${phase}"; ${listed('phases', allPhases(state))}`);
}

/** Enough names to find the right one. */
const MAX_LISTED = 12;

function listed(what: string, names: readonly string[]): string {
  if (names.length === 0) return `${what}: none`;
  const rest = names.length - MAX_LISTED;
  const shown = names.slice(0, MAX_LISTED).join(', ');
  return rest > 0 ? `${what}: ${shown}, and ${rest} more` : `${what}: ${shown}`;
}

function refuse(code: Refusal['code'], message: string): Result<never, Refusal> {
  return err({ code, message });
}
