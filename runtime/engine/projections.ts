/**
 * What people see of a run, projected from its events: one projection serves the tree, the command line and the report.
 * Plain JSON; this page has its shape, run-view-builder.ts makes it. A view never decides.
 */
import type { FailureReason } from '../agents/adapter.ts';
import type { EventData, RunOutcome, WorkerOutcome } from './events.ts';
import type { PhaseOutcome } from './state.ts';

/** What a model used, summed. Absent = nobody reported it; never a made-up 0. */
export interface UsageView {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** US dollars. A lower bound where `unpriced` is not 0, and at list prices, perhaps, where `isEstimate`. */
  readonly costUsd?: number;
  /** Reports of use whose cost nobody knows; absent = none. */
  readonly unpriced?: number;
  /** Some of the cost is by public list prices, which know nothing of subscriptions and discounts. */
  readonly isEstimate?: true;
}

/** One turn of an attempt. */
export interface TurnView {
  readonly turn: number;
  /** How people see the model. */
  readonly label: string;
  readonly route: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Session in the PTY host, once opened. */
  readonly session?: string;
  readonly conversation?: string;
  readonly outcome?: EventData<'turn-ended'>['outcome'];
  /** Why the answer did not fit the `output` schema. */
  readonly misfit?: string;
}

/** One step of an attempt. */
export interface StepView {
  readonly step: string;
  readonly exit: { readonly code: number | null; readonly signal: string | null };
  readonly durationMs: number;
  readonly lines: number;
  readonly matched: readonly string[];
  readonly suggestions: readonly string[];
  readonly failure?: FailureView;
  readonly outputFile: string;
}

/** A failure, ready to show. */
export interface FailureView {
  readonly reason: FailureReason;
  /** What the reason means, for people (`describeFailure`). */
  readonly description: string;
  readonly message: string;
  readonly tail?: string;
}

/** One attempt of a worker. */
export interface AttemptView {
  readonly attempt: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly turns: readonly TurnView[];
  readonly steps: readonly StepView[];
  readonly outcome?: WorkerOutcome;
}

/** Name of a worker's state (`WorkerProgress`, with the outcome where it has ended). */
export type WorkerStateName =
  | 'queued'
  | 'preparing'
  | 'starting'
  | 'working'
  | 'waiting'
  | 'parked'
  | 'unknown'
  | 'succeeded'
  | 'failed'
  | 'stopped'
  | 'skipped';

/** One worker. */
export interface WorkerView {
  /** `<phase>/<id>`. */
  readonly key: string;
  readonly id: string;
  readonly phase: string;
  readonly state: WorkerStateName;
  /** Why we believe so, in words: the last sign of life, the reason. */
  readonly evidence?: string;
  /** What it asks a person. */
  readonly question?: string;
  /** ISO time the state began. */
  readonly since?: string;
  /** Model in use, or first of its chain; absent for a worker that only runs steps. */
  readonly label?: string;
  /** Current or last attempt; 0 = none yet. */
  readonly attempt: number;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** Until when it is parked. */
  readonly parkedUntil?: string;
  readonly attempts: readonly AttemptView[];
  /** Latest session, and all of them, oldest first. */
  readonly session?: string;
  readonly sessions: readonly string[];
  readonly dir?: string;
  readonly slug?: string;
  readonly branch?: string;
  readonly base?: string;
  readonly commit?: string;
  /** Files changed by the last commit. */
  readonly files?: number;
  readonly isMerged: boolean;
  /** First line of the last answer, and its file relative to the run directory. */
  readonly answer?: { readonly summary: string; readonly file: string };
  readonly failure?: FailureView;
  readonly usage: UsageView;
  /** Retries, refused tools and the like, oldest first; the latest 20. */
  readonly notes: readonly NoteView[];
}

/** Name of a phase's state. */
export type PhaseStateName = 'pending' | 'gated' | 'running' | 'picking' | PhaseOutcome;

/** One phase. */
export interface PhaseView {
  readonly name: string;
  readonly needs: readonly string[];
  readonly state: PhaseStateName;
  readonly message?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  /** When its gate or pick was last opened. */
  readonly askedAt?: string;
  readonly workers: readonly WorkerView[];
  readonly usage: UsageView;
  /** A merge that did not work. */
  readonly conflict?: { readonly worker: string; readonly branch: string; readonly files: readonly string[] };
}

/** Something worth knowing. */
export interface NoteView {
  readonly at: string;
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
  readonly worker?: string;
}

/** Something a person has to do before the run, or a part of it, goes on. */
export type NeedView =
  | { readonly kind: 'gate'; readonly phase: string; readonly since: string }
  | {
      readonly kind: 'pick';
      readonly phase: string;
      readonly candidates: readonly string[];
      readonly since: string;
    }
  | {
      readonly kind: 'permission' | 'question';
      readonly worker: string;
      readonly text: string;
      /** Of one question that takes one of them, or words. */
      readonly choices?: readonly string[];
      readonly step?: string;
      readonly since: string;
    };

/** A worktree that stayed because something in it exists nowhere else. */
export interface KeptWorktreeView {
  readonly slug: string;
  readonly dir: string;
  readonly branch?: string;
  readonly why: string;
}

/** A model this run does not use for now. */
export interface DownModelView {
  readonly label: string;
  readonly reason: FailureReason;
  readonly description: string;
  readonly until?: string;
}

/** One run. */
export interface RunView {
  readonly run: string;
  readonly name: string;
  /** The connector file. */
  readonly file: string;
  /** `waiting`: a person is needed and nothing else goes on; `parked`: all that is left waits for a rate limit. */
  readonly state: 'starting' | 'running' | 'waiting' | 'parked' | 'stopping' | 'ended';
  readonly outcome?: RunOutcome;
  /** How it ended, in words. */
  readonly message?: string;
  readonly startedAt?: string;
  readonly endedAt?: string;
  readonly base?: string;
  /** Head of the run branch after the last merge. */
  readonly head?: string;
  readonly parent?: { readonly run: string; readonly worker: string };
  readonly phases: readonly PhaseView[];
  readonly needs: readonly NeedView[];
  readonly usage: UsageView;
  /** What was spent by alias of the connector file; literal models stand under their label. */
  readonly usageByAlias: Readonly<Record<string, UsageView>>;
  /** Runs that its workers started, with all runs below them; what they cost is in `usage`. */
  readonly below?: { readonly runs: number; readonly agents: number; readonly usage: UsageView };
  readonly downModels: readonly DownModelView[];
  readonly limit?: { readonly limit: EventData<'limit-reached'>['limit']; readonly message: string };
  readonly keptWorktrees: readonly KeptWorktreeView[];
  /** The latest 200. */
  readonly notes: readonly NoteView[];
  /** Number of the last event in this view: followers go on with the next. */
  readonly seq: number;
}
