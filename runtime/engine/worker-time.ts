import { millisecondsBetween } from '../amounts.ts';
import type { AttemptView, WorkerView } from './projections.ts';

/**
 * How long a worker was at it in all its attempts, in ms, up to `now` (ISO) where one goes on: a night between an attempt
 * and its retry is no work. Undefined before the first.
 */
export function workedMs({ attempts }: Pick<WorkerView, 'attempts'>, now: string): number | undefined {
  if (attempts.length === 0) return undefined;
  return attempts.reduce((sum, attempt) => sum + lengthOf(attempt, now), 0);
}

/** The same for a worker that has ended; undefined for one that goes on. */
export function finalWorkedMs(worker: Pick<WorkerView, 'attempts' | 'endedAt'>): number | undefined {
  return worker.endedAt === undefined ? undefined : workedMs(worker, worker.endedAt);
}

function lengthOf({ startedAt, endedAt }: AttemptView, now: string): number {
  return Math.max(0, millisecondsBetween(startedAt, endedAt ?? now));
}
