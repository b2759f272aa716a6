/** Comparing ISO 8601 times, which CLIs report in several notations. An unreadable time counts as long past. */

/** Whether a time is not after another. */
export function isReached(time: string, now: string): boolean {
  return toMs(time) <= toMs(now);
}

/** The later one of two times. */
export function laterOf(a: string, b: string): string {
  return toMs(a) > toMs(b) ? a : b;
}

/** The earliest of these times; undefined if there is none. */
export function earliestOf(times: readonly string[]): string | undefined {
  return times.reduce<string | undefined>(
    (first, time) => (first !== undefined && toMs(first) <= toMs(time) ? first : time),
    undefined,
  );
}

function toMs(time: string): number {
  const ms = Date.parse(time);
  return Number.isNaN(ms) ? Number.NEGATIVE_INFINITY : ms;
}
