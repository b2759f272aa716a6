/** Wakes a parked worker when the rate limit it waits for resets (spec §4 parking). */
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';

/** Longest delay of one timer: JavaScript's are 31 bits of milliseconds, and a machine may sleep or change its clock. */
const MAX_DELAY_MS = 60_000;

/** Waits until the command's time, by the wall clock. */
export async function performWake(
  command: Extract<Command, { readonly kind: 'wake' }>,
  context: PerformContext,
): Promise<void> {
  const at = Date.parse(command.at);
  for (;;) {
    if (context.signal.aborted) return;
    const left = at - Date.now();
    if (left <= 0) break;
    await pause(Math.min(left, MAX_DELAY_MS), context.signal);
  }
  await context.emit({ kind: 'unparked', worker: command.worker, attempt: command.attempt });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    timer.unref();
    signal.addEventListener('abort', end);
  });
}
