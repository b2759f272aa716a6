/** Times, counts and money of runs, as the editor's views write them. */
import { t } from '@vscode/l10n';
import { formatDuration, formatKnownCost, type KnownCost } from '../../runtime/amounts.ts';

/** How long something took, or takes up to `now` (milliseconds since 1970). Undefined if it has not started. */
export function elapsed(
  { startedAt, endedAt }: { readonly startedAt?: string; readonly endedAt?: string },
  now: number,
): string | undefined {
  if (startedAt === undefined || startedAt === '') return undefined;
  return formatDuration((endedAt === undefined ? now : Date.parse(endedAt)) - Date.parse(startedAt));
}

/** What it cost, as far as that is known; undefined where nothing that costs was used. */
export function cost(known: KnownCost): string | undefined {
  return formatKnownCost(known) || undefined;
}

/** "1 worker", "3 workers". */
export function workers(count: number): string {
  return count === 1 ? t('1 worker') : t('{0} workers', count);
}

/** Parts of a line, without those that are not there. */
export function joined(parts: readonly (string | undefined)[], separator = ' · '): string {
  return parts.filter(part => part !== undefined && part !== '').join(separator);
}

/** A time of day, with its date if it was another day than `now`. */
export function when(iso: string, now: number): string {
  const date = new Date(iso);
  const isToday = date.toDateString() === new Date(now).toDateString();
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  return isToday ? time : `${date.toLocaleDateString()} ${time}`;
}
