/** Starts a program also where the system has no process or terminal to spare for a moment. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Result } from '../result.ts';
import type { SpawnFailure } from './leader.ts';

/** Pauses between attempts, in ms. On a machine that starts many programs at once, `fork` fails now and then (EAGAIN). */
const PAUSES_MS: readonly number[] = [50, 100, 200, 400, 800];

/** Calls `start` again after a pause while it fails with EAGAIN; gives back its last result. */
export async function startPatiently<T>(
  start: () => Result<T, SpawnFailure> | Promise<Result<T, SpawnFailure>>,
  pause: (ms: number) => Promise<unknown> = delay,
): Promise<Result<T, SpawnFailure>> {
  let started = await start();
  for (const ms of PAUSES_MS) {
    if (started.ok || started.failure.code !== 'EAGAIN') return started;
    await pause(ms);
    started = await start();
  }
  return started;
}
