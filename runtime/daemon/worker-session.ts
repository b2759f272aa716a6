/** The session of a worker: where it runs and with what environment (spec §3). */
import type { FailureReason } from '../agents/adapter.ts';
import type { PerformContext } from '../engine/performer.ts';
import { remainingMs } from '../engine/state.ts';
import type { Result } from '../result.ts';
import { ok } from '../result.ts';
import type { RunServices, WorkerCase } from './run-services.ts';
import { withPathFirst } from './worker-program.ts';

/** Terminal size of a worker that nobody watches yet. */
export const WORKER_TERMINAL = { cols: 120, rows: 40 } as const;

/** What a worker's processes start with. */
export interface WorkerSession {
  readonly cwd: string;
  /** The complete environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Why a session cannot be had. */
export interface SessionFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** The session of a worker that has its place. */
export async function sessionOf(
  services: RunServices,
  { planned, worker }: WorkerCase,
): Promise<Result<WorkerSession, SessionFailure>> {
  const cwd = worker.place?.dir ?? planned.place.dir;
  const own = {
    NIIA_RUN: services.run,
    NIIA_WORKER: planned.key,
    NIIA_PHASE: planned.phase,
    NIIA_DEPTH: String(services.started.depth),
    ...(services.home === undefined ? {} : { NIIA_HOME: services.home }),
  };
  return ok({ cwd, env: withPathFirst({ ...services.env, ...planned.env, ...own }, services.binDir) });
}

/** End of a worker's time in ms since 1970; undefined = it has no limit (spec §3 `timeout_ms`). */
export function deadlineOf({ planned, worker }: WorkerCase, context: PerformContext): number | undefined {
  const limits = [planned.timeoutMs, context.plan.limits.timeoutPerAgentMs].filter(ms => ms !== undefined);
  if (limits.length === 0) return undefined;
  const now = Date.now();
  return now + remainingMs(worker.work, Math.min(...limits), now);
}
