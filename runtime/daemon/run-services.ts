/** What the performers of one run work with. Made when a run starts or is taken up, gone when it ends. */
import type { RunEventOf } from '../engine/events.ts';
import type { RunState, WorkerState } from '../engine/state.ts';
import { workerOf } from '../engine/state.ts';
import type { GitGuard } from '../git/git-guard.ts';
import { readWorktreeRecord, type WorktreeRecord } from '../git/worktree-record.ts';
import type { Plan, PlannedPhase, PlannedWorker } from '../plan/plan.ts';
import type { RunnerDeps } from '../runner/run-session.ts';
import type { Environment } from './env-file.ts';
import type { Log } from './log.ts';
import type { RunDir } from './run-dir.ts';
import type { Secrets } from './secrets.ts';

/** Everything of one run but its state. */
export interface RunServices {
  readonly run: string;
  readonly dir: RunDir;
  readonly plan: Plan;
  readonly started: RunEventOf<'run-started'>;
  /** The client's environment (design §2). */
  readonly env: Environment;
  /** Keeps secret values out of everything that is written. */
  readonly secrets: Secrets;
  /** Absent without a repository. */
  readonly git?: GitGuard;
  /** The PTY host, started on first use. */
  runner(): Promise<RunnerDeps>;
  /** Folder of the `niia` that workers find first on their PATH. */
  readonly binDir: string;
  /** `NIIA_HOME` of the daemon, if it has one: workers' own `niia` must find the same daemon. */
  readonly home?: string;
  /** Directories linked from the workspace into new worktrees (setting). */
  readonly linkedDirectories: readonly string[];
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

/** The repository of a run whose worker has a worktree. None is a bug: the planner gives no worktrees without one. */
export function gitOf(services: RunServices, signal?: AbortSignal): GitGuard {
  const { git } = services;
  if (git === undefined) throw new Error(`run ${services.run} has no repository`);
  return signal === undefined ? git : { ...git, access: { ...git.access, signal } };
}

/** The worktree that a worker was given; undefined if it works in place, or has none yet. */
export async function worktreeOf(
  services: RunServices,
  worker: WorkerState,
): Promise<WorktreeRecord | undefined> {
  const slug = worker.place?.slug;
  if (slug === undefined || services.git === undefined) return undefined;
  return readWorktreeRecord(services.git.dir, slug);
}
