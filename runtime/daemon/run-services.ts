/** What the performers of one run work with. Made when a run starts or is taken up, gone when it ends. */
import type { PriceTable } from '../cost/price-table.ts';
import type { RunEvent, RunEventOf } from '../engine/events.ts';
import type { RunState, WorkerState } from '../engine/state.ts';
import { workerOf } from '../engine/state.ts';
import type { GitGuard } from '../git/git-guard.ts';
import { readWorktreeRecord, type WorktreeRecord } from '../git/worktree-record.ts';
import type { Plan, PlannedPhase, PlannedWorker } from '../plan/plan.ts';
import type { Result } from '../result.ts';
import type { RunnerDeps } from '../runner/run-session.ts';
import type { SessionConfig } from '../session/session-plugin.ts';
import type { Environment } from './env-file.ts';
import type { Log } from './log.ts';
import type { PtyLink } from './pty-link.ts';
import type { RunDir } from './run-dir.ts';
import type { Secrets } from './secrets.ts';

/** Everything of one run but its state. */
export interface RunServices {
  readonly run: string;
  readonly dir: RunDir;
  readonly plan: Plan;
  readonly started: RunEventOf<'run-started'>;
  /** Everything that has happened so far. */
  events(): readonly RunEvent[];
  /** The client's environment (design §2). */
  readonly env: Environment;
  /** Keeps secret values out of everything that is written. */
  readonly secrets: Secrets;
  /** Undefined without a repository; a failure (a sentence) where it cannot be used any more. */
  readonly git: Result<GitGuard | undefined, string>;
  /** Runs sessions. */
  readonly runner: RunnerDeps;
  /** The PTY host, started on first use. */
  readonly pty: PtyLink;
  /** Folder of the `niia` that workers find first on their PATH. */
  readonly binDir: string;
  /** Sessions of workers as the plugins made them, by worker and attempt. Not on disk: they hold secrets. */
  readonly sessions: Map<string, SessionConfig>;
  /** Turns under way in CLIs' live terminals, by session: a polite stop lets each break its CLI off by the CLI's own key. */
  readonly liveTurns: Map<string, Promise<unknown>>;
  /** `NIIA_HOME` of the daemon, if it has one: workers' own `niia` must find the same daemon. */
  readonly home?: string;
  /** Directories linked from the workspace into new worktrees (setting). */
  readonly linkedDirectories: readonly string[];
  /** The user's own prices (setting). */
  readonly prices: PriceTable;
  readonly log: Log;
}

/** A worker as it was planned and as it stands. */
export interface WorkerCase {
  readonly planned: PlannedWorker;
  readonly phase: PlannedPhase;
  readonly worker: WorkerState;
}

/** Finds a worker by its key. A key the plan lacks is a bug. */
export function workerCase(plan: Plan, state: RunState, key: string): WorkerCase {
  const place = state.index.workers.get(key);
  const phase = place && plan.phases[place.phase];
  const worker = workerOf(state, key);
  if (place === undefined || phase === undefined || worker === undefined)
    throw new Error(`the plan has no worker "${key}"`);
  return { planned: place.planned, phase, worker };
}

/** The repository of a run whose worker has a worktree. Throws where it cannot be used. */
export function gitOf(services: RunServices, signal?: AbortSignal): GitGuard {
  const { git } = services;
  if (!git.ok) throw new Error(git.failure);
  if (git.value === undefined) throw new Error(`run ${services.run} has no repository`);
  return signal === undefined ? git.value : { ...git.value, access: { ...git.value.access, signal } };
}

/** The worktree that a worker was given; undefined if it works in place, or has none yet. */
export async function worktreeOf(
  services: RunServices,
  worker: WorkerState,
): Promise<WorktreeRecord | undefined> {
  const slug = worker.place?.slug;
  return slug === undefined ? undefined : readWorktreeRecord(gitOf(services).dir, slug);
}

/** What became of a process whose terminal died with its host, or with the machine (spec §10). */
export const LOST = {
  reason: { kind: 'lost' },
  message: 'its terminal was lost: the terminal host or the machine ended while it ran',
} as const;

/**
 * Whether a session was opened before a restart and is not there any more. Opening it again would run the work twice
 * without anybody knowing.
 */
export async function isLostSession(
  services: RunServices,
  one: WorkerCase,
  session: string,
): Promise<boolean> {
  return one.worker.work.sessions.includes(session) && !(await services.pty.has(session));
}
