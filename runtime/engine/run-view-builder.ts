/** Builds the view of a run from its events. Browser-safe: it pulls in neither zod nor anything of Node. */
import type { Plan, PlannedPhase, PlannedWorker } from '../plan/plan.ts';
import { apply } from './apply.ts';
import { isWorkerEvent } from './apply-worker.ts';
import type { RunEvent, RunEventOf } from './events.ts';
import { describeFailure } from './failure-texts.ts';
import type {
  KeptWorktreeView,
  NeedView,
  NoteView,
  PhaseView,
  RunView,
  UsageView,
  WorkerStateName,
  WorkerView,
} from './projections.ts';
import type { PhaseState, RunState, WorkerState } from './state.ts';
import { initialState, routesOf, workerOf } from './state.ts';
import {
  addUsage,
  failureView,
  NO_HISTORY,
  recordWorkerEvent,
  type WorkerHistory,
} from './worker-history.ts';

/** The view of a run after these events: all of them, from the first. */
export function project(plan: Plan, events: Iterable<RunEvent>): RunView {
  const builder = new RunViewBuilder(plan);
  for (const event of events) builder.apply(event);
  return builder.view;
}

/** Follows a run: takes its events one by one, in order and from the first, and has its view at any time. */
export class RunViewBuilder {
  readonly #plan: Plan;
  readonly #workers = new Map<string, WorkerHistory>();
  readonly #phases = new Map<string, PhaseTimes>();
  #state: RunState;
  #started: RunEventOf<'run-started'> | undefined;
  #endedAt: string | undefined;
  #usage: UsageView = {};
  #usageByAlias: Readonly<Record<string, UsageView>> = {};
  #notes: readonly NoteView[] = [];
  #kept: readonly KeptWorktreeView[] = [];

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#state = initialState(plan);
  }

  /** Takes the next event. Throws `ImpossibleEvent` for one that does not follow the last. */
  apply(event: RunEvent): void {
    const before = this.#state;
    this.#state = apply(before, event);
    if (isWorkerEvent(event)) {
      const history = recordWorkerEvent(this.#historyOf(event.worker), event);
      this.#workers.set(event.worker, this.#dated(before, event.worker, history, event.at));
    } else if (CHANGES_MANY.has(event.kind)) {
      for (const key of this.#state.index.workers.keys()) {
        this.#workers.set(key, this.#dated(before, key, this.#historyOf(key), event.at));
      }
    }
    this.#recordRunEvent(event);
  }

  /** The view so far. Parts that did not change may be the same objects as before. */
  get view(): RunView {
    const state = this.#state;
    const started = this.#started;
    const phases = this.#plan.phases.map((planned, i) => this.#phaseView(planned, state.phases.at(i)));
    const needs = phases.flatMap((phase, i) => [...needsOf(phase, state.phases.at(i))]);
    const ended = state.progress.kind === 'ended' ? state.progress : undefined;
    const below = belowOf(state);
    return {
      run: started?.run ?? '',
      name: started?.name ?? this.#plan.name,
      file: started?.file ?? this.#plan.file,
      state: runStateName(state, phases, needs),
      ...(ended && { outcome: ended.outcome, message: ended.message }),
      ...(started && { startedAt: started.at }),
      ...(ended && this.#endedAt !== undefined && { endedAt: this.#endedAt }),
      ...(started?.base !== undefined && { base: started.base }),
      ...(state.head !== undefined && { head: state.head }),
      ...(started?.parent && { parent: started.parent }),
      phases,
      needs,
      usage: below === undefined ? this.#usage : addUsage(this.#usage, below.usage),
      usageByAlias: this.#usageByAlias,
      ...(below && { below }),
      downModels: [...state.downModels].map(([label, { why, until }]) => ({
        label,
        reason: why,
        description: describeFailure(why),
        ...(until !== undefined && { until }),
      })),
      ...(state.limit && { limit: state.limit }),
      keptWorktrees: this.#kept,
      notes: this.#notes,
      seq: state.seq,
    };
  }

  #historyOf(key: string): WorkerHistory {
    return this.#workers.get(key) ?? NO_HISTORY;
  }

  /** The history with the time its state began, where that is now. What a person is asked next is another wait. */
  #dated(before: RunState, key: string, history: WorkerHistory, at: string): WorkerHistory {
    const [was, is] = [workerOf(before, key)?.progress, workerOf(this.#state, key)?.progress];
    const isSame = is?.kind === 'waiting' ? was === is : was?.kind === is?.kind;
    return isSame ? history : { ...history, since: at };
  }

  #recordRunEvent(event: RunEvent): void {
    switch (event.kind) {
      case 'run-started':
        this.#started = event;
        break;
      case 'run-ended':
        this.#endedAt = event.at;
        break;
      case 'usage':
        this.#addUsage(event);
        break;
      case 'note':
        this.#note(event.at, event.level, event.text, event.worker);
        break;
      case 'run-resumed':
        this.#note(event.at, 'info', event.why);
        break;
      case 'retry-requested':
        // What is run again is cleaned up again: the list is that of the last end.
        this.#kept = [];
        break;
      case 'worktree-kept': {
        const { slug, dir, branch, why } = event;
        this.#kept = [...this.#kept, { slug, dir, why, ...(branch !== undefined && { branch }) }];
        break;
      }
      default:
        if ('phase' in event) this.#recordPhaseEvent(event);
    }
  }

  #recordPhaseEvent(event: Extract<RunEvent, { phase: string }>): void {
    const times = this.#phases.get(event.phase) ?? {};
    this.#phases.set(event.phase, { ...times, ...timeChange(event) });
  }

  #addUsage(event: RunEventOf<'usage'>): void {
    const alias = event.alias ?? event.label;
    this.#usage = addUsage(this.#usage, event);
    this.#usageByAlias = { ...this.#usageByAlias, [alias]: addUsage(this.#usageByAlias[alias] ?? {}, event) };
  }

  #note(at: string, level: NoteView['level'], text: string, worker?: string): void {
    const note: NoteView = { at, level, text, ...(worker !== undefined && { worker }) };
    this.#notes = [...this.#notes, note].slice(-MAX_NOTES);
  }

  #phaseView(planned: PlannedPhase, phase: PhaseState): PhaseView {
    const times = this.#phases.get(planned.name) ?? {};
    const { progress, conflict } = phase;
    const workers = planned.workers.map((worker, i) =>
      workerView(worker, phase.workers.at(i), this.#historyOf(worker.key)),
    );
    const hasStarted = progress.kind !== 'pending' && progress.kind !== 'gated';
    const message = progress.kind === 'ended' ? progress.message : undefined;
    return {
      name: planned.name,
      needs: planned.needs,
      state: progress.kind === 'ended' ? progress.outcome : progress.kind,
      ...(message !== undefined && { message }),
      ...(hasStarted && times.startedAt !== undefined && { startedAt: times.startedAt }),
      ...(progress.kind === 'ended' && times.endedAt !== undefined && { endedAt: times.endedAt }),
      ...(times.askedAt !== undefined && { askedAt: times.askedAt }),
      workers,
      usage: workers.reduce<UsageView>((sum, { usage }) => addUsage(sum, usage), {}),
      ...(conflict && { conflict }),
    };
  }
}

function belowOf({ children }: RunState): RunView['below'] {
  if (children.size === 0) return undefined;
  let agents = 0;
  let usage: UsageView = {};
  for (const { agents: more, costUsd, unpriced, isEstimate } of children.values()) {
    agents += more;
    usage = addUsage(usage, {
      // Nothing reported is not the same as for nothing.
      ...(costUsd > 0 && { costUsd }),
      ...(unpriced > 0 && { unpriced }),
      ...(isEstimate && { isEstimate }),
    });
  }
  return { runs: children.size, agents, usage };
}

/** Events that can change the state of workers they do not name by attempt. */
const CHANGES_MANY: ReadonlySet<RunEvent['kind']> = new Set([
  'retry-requested',
  'run-resumed',
  'merge-conflict',
]);

/** Notes kept of one run. */
const MAX_NOTES = 200;

/** ISO times of a phase; `askedAt`: its gate or pick was opened. */
interface PhaseTimes {
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly askedAt?: string;
}

function timeChange(event: Extract<RunEvent, { phase: string }>): PhaseTimes {
  switch (event.kind) {
    case 'phase-started':
      return { startedAt: event.at };
    case 'phase-ended':
      return { endedAt: event.at };
    case 'gate-opened':
    case 'pick-opened':
      return { askedAt: event.at };
    default:
      return {};
  }
}

function workerView(planned: PlannedWorker, worker: WorkerState, history: WorkerHistory): WorkerView {
  const { progress, place, commit, answer } = worker;
  const [first] = routesOf(planned.routes, worker);
  const label = history.label ?? first?.label;
  const evidence = evidenceOf(worker);
  const session = history.sessions.at(-1);
  const outcome = progress.kind === 'ended' ? progress.outcome : undefined;
  return {
    key: planned.key,
    id: planned.id,
    phase: planned.phase,
    state: workerStateName(worker),
    ...(evidence !== undefined && { evidence }),
    ...(progress.kind === 'waiting' && { question: progress.text }),
    ...(history.since !== undefined && { since: history.since }),
    ...(label !== undefined && { label }),
    attempt: worker.attempt,
    ...(history.startedAt !== undefined && { startedAt: history.startedAt }),
    ...(outcome && history.endedAt !== undefined && { endedAt: history.endedAt }),
    ...(progress.kind === 'parked' && { parkedUntil: progress.until }),
    attempts: history.attempts,
    ...(session !== undefined && { session }),
    sessions: history.sessions,
    ...placeView(place),
    ...(commit !== undefined && { commit }),
    ...(history.files !== undefined && { files: history.files }),
    isMerged: worker.isMerged,
    ...(answer && { answer }),
    ...(outcome?.kind === 'failed' && { failure: failureView(outcome) }),
    usage: history.usage,
    notes: history.notes,
  };
}

function placeView(place: WorkerState['place']): Partial<WorkerView> {
  if (place === undefined) return {};
  const { gitDir: _internal, ...shown } = place;
  return shown;
}

function workerStateName({ progress }: WorkerState): WorkerStateName {
  return progress.kind === 'ended' ? progress.outcome.kind : progress.kind;
}

function evidenceOf({ progress }: WorkerState): string | undefined {
  switch (progress.kind) {
    case 'working':
    case 'unknown':
      return progress.evidence;
    case 'waiting':
      return progress.evidence;
    case 'ended':
      return progress.outcome.kind === 'skipped' ? progress.outcome.why : undefined;
    default:
      return undefined;
  }
}

function* needsOf(view: PhaseView, phase: PhaseState): Iterable<NeedView> {
  const since = view.askedAt ?? '';
  const { progress } = phase;
  if (progress.kind === 'gated' && !progress.isApproved) yield { kind: 'gate', phase: phase.name, since };
  if (progress.kind === 'picking' && progress.picked === undefined) {
    yield { kind: 'pick', phase: phase.name, candidates: progress.candidates, since };
  }
  for (const [i, worker] of [...phase.workers].entries()) {
    if (worker.progress.kind !== 'waiting') continue;
    const { what: kind, text, choices, step } = worker.progress;
    const asked = view.workers[i]?.since ?? '';
    const detail = { ...(choices && { choices }), ...(step !== undefined && { step }) };
    yield { kind, worker: worker.key, text, ...detail, since: asked };
  }
}

/** States in which a worker gets on by itself. */
const BUSY: ReadonlySet<WorkerStateName> = new Set(['preparing', 'starting', 'working', 'unknown']);

function runStateName(
  state: RunState,
  phases: readonly PhaseView[],
  needs: readonly NeedView[],
): RunView['state'] {
  if (state.progress.kind === 'new') return 'starting';
  if (state.progress.kind === 'ended') return 'ended';
  if (state.stop !== undefined || state.limit !== undefined) return 'stopping';
  const workers = phases.filter(phase => phase.state === 'running').flatMap(phase => phase.workers);
  const isBusy = workers.some(worker => BUSY.has(worker.state));
  if (isBusy) return 'running';
  if (needs.length > 0) return 'waiting';
  return workers.some(worker => worker.state === 'parked') ? 'parked' : 'running';
}
