/** Durations, money and counts as people read them. */

/** `0.4s`, `12s`, `3m05s`, `2h07m`. Negative durations (clocks that were set back) count as 0. */
export function formatDuration(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const two = (value: number) => String(value).padStart(2, '0');
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${two(seconds % 60)}s`;
  return `${Math.floor(seconds / 3600)}h${two(Math.floor((seconds % 3600) / 60))}m`;
}

/** A duration; empty where there is none. */
export function formatKnownDuration(durationMs: number | undefined): string {
  return durationMs === undefined ? '' : formatDuration(durationMs);
}

/** Milliseconds between two ISO times. */
export function millisecondsBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

/** `$0.0123` below ten cents, else `$1.23`. */
export function formatCost(usd: number): string {
  return `$${usd.toFixed(usd > 0 && usd < 0.1 ? 4 : 2)}`;
}

/** What is known of a cost: a part of `UsageView`. */
export interface KnownCost {
  readonly costUsd?: number;
  readonly unpriced?: number;
  readonly isEstimate?: true;
}

/**
 * `$1.23`, `~$1.23` by list prices, `≥$1.23` where something was used that nobody knows the price of, `cost unknown` where
 * that is all. Empty where nothing that costs was used.
 */
export function formatKnownCost({ costUsd, unpriced = 0, isEstimate }: KnownCost): string {
  if (costUsd === undefined) return unpriced > 0 ? 'cost unknown' : '';
  const sign = unpriced > 0 ? '≥' : '';
  return `${sign}${isEstimate ? '~' : ''}${formatCost(costUsd)}`;
}

/** What several cost together: what is unknown of one is unknown of all. */
export function sumOfCosts(costs: readonly KnownCost[]): KnownCost {
  const known = costs.flatMap(({ costUsd }) => costUsd ?? []);
  const unpriced = costs.reduce((sum, cost) => sum + (cost.unpriced ?? 0), 0);
  return {
    ...(known.length > 0 && { costUsd: known.reduce((sum, usd) => sum + usd, 0) }),
    ...(unpriced > 0 && { unpriced }),
    ...(costs.some(({ isEstimate }) => isEstimate) && { isEstimate: true }),
  };
}

/** `1 file`, `2 files`. */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The local time of day of an ISO time: `14:05:09`. */
export function timeOfDay(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** The local date and minute of an ISO time: `2026-11-22 14:05`. */
export function dateAndTime(iso: string): string {
  const date = new Date(iso);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
