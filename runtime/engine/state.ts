/**
 * The state of a run: what its journal means so far. `apply` (apply.ts) folds events into it, `decide` (decide.ts) says
 * what to do next. Plain immutable data; an old state stays valid when a newer one exists.
 */
import type { FailureReason } from '../agents/adapter.ts';
import type { Plan, PlannedRoute } from '../plan/plan.ts';
import { ChunkedList } from './chunked-list.ts';
import type { TurnInput } from './commands.ts';
import type { EventData, RunOutcome, WorkerOutcome } from './events.ts';
import type { ModelTrials } from './model-trials.ts';
import type { PlanIndex } from './plan-index.ts';
import { indexOf } from './plan-index.ts';
import type { ChildSpending } from './spending.ts';

/**
 * Where a worker stands (design §4).
 *
 * ```
 * queued ─▶ preparing ─▶ starting ─▶ working ───────────────────────────▶ ended(outcome)
 *   ▲                     ▲    ▲      │  ▲ ▲                                │
 *   │                     │    │      │  │ └─▶ waiting(permission|question) │
 *   │                     │    │      │  └──── unknown ◀─ the sources of its state disagree, or the daemon was restarted
 *   │                     │    └──────┤  next turn, next model
 *   │                     └─ parked(until) ◀─┘ every model of the chain is rate limited
 *   └──────────────────────────────────────────────────────────── retry ────┘
 * ```
 * `ended` can follow every state. `unknown` never counts as done.
 */
export type WorkerProgress =
  /** Not started, or to be started again: waits for its phase, or for a free place in it. */
  | { readonly kind: 'queued' }
  /** Its worktree is made. */
  | { readonly kind: 'preparing' }
  /** A step or turn is under way of which nothing has been heard yet. */
  | { readonly kind: 'starting' }
  | { readonly kind: 'working'; readonly evidence: string }
  | {
      readonly kind: 'waiting';
      readonly what: 'permission' | 'question';
      readonly text: string;
      readonly choices?: readonly string[];
      readonly evidence?: string;
      readonly step?: string;
    }
  | { readonly kind: 'parked'; readonly until: string }
  | { readonly kind: 'unknown'; readonly evidence: string }
  | { readonly kind: 'ended'; readonly outcome: WorkerOutcome };

/** The latest turn of an attempt. */
export interface TurnState {
  /** 1-based within the attempt. */
  readonly number: number;
  /** Index in the worker's chain (`routesOf`). */
  readonly route: number;
  readonly label: string;
  readonly input: TurnInput;
  /** Set once the CLI showed a sign of life: from then on it may have changed files. */
  readonly isAlive: boolean;
  /** The CLI's own id of the conversation, once known. */
  readonly conversation?: string;
  /** Absent while it runs. */
  readonly outcome?: EventData<'turn-ended'>['outcome'];
  readonly misfit?: string;
}

/** One step that has ended. */
export type StepResult = Omit<EventData<'step-ended'>, 'worker' | 'attempt'>;

/** What one attempt of a worker has done so far. */
export interface AttemptWork {
  /** ISO time; absent before `worker-started`. */
  readonly startedAt?: string;
  /** Time spent parked or waiting for a person: the worker's timeout does not run then (spec §3 `timeout_ms`). */
  readonly pausedMs: number;
  readonly pausedSince?: string;
  /** The worktree (or place) is ready. */
  readonly isReady: boolean;
  /** Steps still to run, next first. */
  readonly stepsLeft: readonly string[];
  readonly steps: readonly StepResult[];
  /** Write steps a person (or `--yes`) allowed. */
  readonly grantedSteps: readonly string[];
  /** The write step a person refused, or nobody could allow. */
  readonly refusedStep?: { readonly step: string; readonly message: string };
  readonly turn?: TurnState;
  /** Answers that did not fit the `output` schema. */
  readonly misfits: number;
  /** Route of the chain in use. */
  readonly route: number;
  /** It was parked after its last turn: what made that turn fail is over. */
  readonly hasWaited: boolean;
  /** Routes this attempt gave up although their model is not down for the run (a stall). */
  readonly abandoned: readonly number[];
  /** Sessions opened in the PTY host, oldest first. */
  readonly sessions: readonly string[];
  /** Nothing of it runs any more, after it was asked to stop. */
  readonly isQuiet: boolean;
  readonly isCommitted: boolean;
}

/** Where a worker works, as it was prepared. */
export interface WorkerPlaceReady {
  readonly dir: string;
  /** Absent for a worker that works in place, as are the following. */
  readonly slug?: string;
  readonly branch?: string;
  readonly base?: string;
  /** The git directory of the worktree: the worktree's own `.git` is not trusted. */
  readonly gitDir?: string;
}

/** One worker. */
export interface WorkerState {
  /** `<phase>/<id>`. */
  readonly key: string;
  /** The current attempt, or the last one; 0 = none was started. */
  readonly attempt: number;
  /** First attempt since the run began or a person asked for a retry: `retries` (spec §5) counts from it. */
  readonly firstAttempt: number;
  readonly progress: WorkerProgress;
  /** Somebody asked to stop this worker. */
  readonly stop?: 'polite' | 'now';
  /** A model chosen by `niia retry`, tried before the planned chain. */
  readonly route?: PlannedRoute;
  /** Kept from attempt to attempt: a new attempt goes on in the same worktree, upon what the last one committed. */
  readonly place?: WorkerPlaceReady;
  /** Head of its branch that is not merged yet; absent = it changed nothing. */
  readonly commit?: string;
  readonly isMerged: boolean;
  /** The last answer that counts. */
  readonly answer?: { readonly file: string; readonly summary: string };
  readonly work: AttemptWork;
}

/** How a phase ended. */
export type PhaseOutcome = EventData<'phase-ended'>['outcome'];

/** Where a phase stands: `pending → (gated →) running → (picking →) ended`. */
export type PhaseProgress =
  | { readonly kind: 'pending' }
  /** Waits for a person before it starts (`gate`). */
  | { readonly kind: 'gated'; readonly isApproved: boolean }
  /** Workers run, or their branches are merged. */
  | { readonly kind: 'running' }
  /** Waits for a person to choose a branch, or merges the chosen one (`merge: "pick"`). */
  | { readonly kind: 'picking'; readonly candidates: readonly string[]; readonly picked?: string }
  /** `round` = number of retries asked for before it ended: only failures of this round halt the run. */
  | {
      readonly kind: 'ended';
      readonly outcome: PhaseOutcome;
      readonly message?: string;
      readonly round: number;
    };

/** One phase. */
export interface PhaseState {
  readonly name: string;
  readonly progress: PhaseProgress;
  readonly workers: ChunkedList<WorkerState>;
  /** A merge that failed: it stops the run whatever `on_failure` says (spec §5.4). */
  readonly conflict?: { readonly worker: string; readonly branch: string; readonly files: readonly string[] };
}

/** A model that this run does not use for now. */
export interface ModelDown {
  readonly why: FailureReason;
  /** ISO time; absent = for the rest of the run. */
  readonly until?: string;
}

/** Where the run stands as a whole. */
export type RunProgress =
  | { readonly kind: 'new' }
  | { readonly kind: 'running' }
  | { readonly kind: 'ended'; readonly outcome: RunOutcome; readonly message: string };

/** The whole run. */
export interface RunState {
  readonly index: PlanIndex;
  /** Number of the last event; 0 = none. */
  readonly seq: number;
  /** Time the run has got to, ISO: that of the last event, or of a reset that a worker woke up for. */
  readonly now: string;
  readonly progress: RunProgress;
  /** Somebody asked to stop the run. */
  readonly stop?: { readonly how: 'polite' | 'now'; readonly by: string };
  readonly limit?: { readonly limit: EventData<'limit-reached'>['limit']; readonly message: string };
  /** How often a retry was asked for. */
  readonly round: number;
  readonly phases: ChunkedList<PhaseState>;
  /** By label. */
  readonly downModels: ReadonlyMap<string, ModelDown>;
  /** How often a model (label) was down since it last answered: the more, the longer until it is tried again. */
  readonly timesDown: ReadonlyMap<string, number>;
  /** Models that are tried again after they were down. */
  readonly trials: ModelTrials;
  /** US dollars that its own turns are known to have cost. */
  readonly costUsd: number;
  /** Reports of use whose cost nobody knows. */
  readonly unpriced: number;
  /** Whether some of the cost is by list prices. */
  readonly isCostEstimate: boolean;
  /** What the runs that its workers started have come to, by run. */
  readonly children: ReadonlyMap<string, ChildSpending>;
  /** Workers started so far, counted once each (spec §8 `max_total_agents`). */
  readonly agents: number;
  /** Head of the run branch after the last merge; absent before. */
  readonly head?: string;
}

/** The state before the first event. */
export function initialState(plan: Plan): RunState {
  const index = indexOf(plan);
  const phases = plan.phases.map(
    (phase): PhaseState => ({
      name: phase.name,
      progress: { kind: 'pending' },
      workers: ChunkedList.of(phase.workers.map(({ key }) => newWorker(key))),
    }),
  );
  return {
    index,
    seq: 0,
    now: '',
    progress: { kind: 'new' },
    round: 0,
    phases: ChunkedList.of(phases),
    downModels: new Map(),
    timesDown: new Map(),
    trials: new Map(),
    costUsd: 0,
    unpriced: 0,
    isCostEstimate: false,
    children: new Map(),
    agents: 0,
  };
}

/** What an attempt has done before it starts: nothing. */
export const NO_WORK: AttemptWork = {
  pausedMs: 0,
  isReady: false,
  stepsLeft: [],
  steps: [],
  grantedSteps: [],
  misfits: 0,
  route: 0,
  hasWaited: false,
  abandoned: [],
  sessions: [],
  isQuiet: false,
  isCommitted: false,
};

/** The state of a worker by its key; undefined for a key that the plan does not have. */
export function workerOf(state: RunState, key: string): WorkerState | undefined {
  const place = state.index.workers.get(key);
  return place && state.phases.at(place.phase).workers.at(place.worker);
}

/** The failover chain of a worker: that of the plan, after the model a person chose for its retry. */
export function routesOf(planned: readonly PlannedRoute[], worker: WorkerState): readonly PlannedRoute[] {
  return worker.route === undefined ? planned : [worker.route, ...planned];
}

/**
 * How long an attempt may still run, in ms, at a time (ms since 1970); 0 or less = its time is up. The clock stands
 * still while it is parked or waits for a person (spec §3 `timeout_ms`).
 */
export function remainingMs(work: AttemptWork, timeoutMs: number, nowMs: number): number {
  if (work.startedAt === undefined) return timeoutMs;
  const end = work.pausedSince === undefined ? nowMs : Date.parse(work.pausedSince);
  return timeoutMs - (end - Date.parse(work.startedAt) - work.pausedMs);
}

function newWorker(key: string): WorkerState {
  return { key, attempt: 0, firstAttempt: 1, progress: { kind: 'queued' }, isMerged: false, work: NO_WORK };
}
