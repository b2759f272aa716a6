/** When a limit ends, as providers and CLIs put it in words. */

/** Longest wait that is believed: plans have monthly windows. */
const MAX_WAIT_MS = 32 * 24 * 3_600_000;

/**
 * The end (ISO 8601) of a limit from words like "try again in 3h2m", "retryDelay":"34s", "retry-after: 5", "resets 3:45pm",
 * "try again at Oct 12th, 2026 3:04 PM"; `at` (ISO 8601) is when it was said. Undefined where nothing is told, or too much.
 */
export function endOfLimit(message: string, at: string | undefined): string | undefined {
  const from = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(from)) return undefined;
  const words = message.slice(0, 4000);
  const wait = waitIn(words);
  const end = wait === undefined ? clockTimeIn(words, new Date(from)) : from + wait;
  if (end === undefined || end <= from || end - from > MAX_WAIT_MS) return undefined;
  return new Date(end).toISOString();
}

const WAIT =
  /(?:(?:try|retry|reset|available|again)[\w "':]{0,24}? (?:in|after)|retry.?(?:delay|after)["'\s:=]{1,4})\s*((?:\d+(?:\.\d+)?\s*(?:days?|d|hours?|hrs?|h|minutes?|mins?|ms|m|seconds?|secs?|s)?[\s,"]*(?:and )?){1,5})/i;
const WAIT_PART =
  /(\d+(?:\.\d+)?)\s*(days?|d|hours?|hrs?|h|minutes?|mins?|ms|m|seconds?|secs?|s)?(?![a-z])/gi;

function waitIn(message: string): number | undefined {
  const words = WAIT.exec(message)?.[1];
  if (words === undefined) return undefined;
  let sum = 0;
  for (const [, amount, unit = 's'] of words.matchAll(WAIT_PART)) sum += Number(amount) * unitMs(unit);
  return sum > 0 ? sum : undefined;
}

function unitMs(unit: string): number {
  const name = unit.toLowerCase();
  if (name === 'ms') return 1;
  if (name.startsWith('d')) return 86_400_000;
  if (name.startsWith('h')) return 3_600_000;
  return name.startsWith('m') ? 60_000 : 1000;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** Claude: `resets 3:45pm (Europe/Berlin)`, `resets Oct 12, 3pm (…)`; codex: `try again at 3:04 PM`, `at Oct 12th, 2026 3:04 PM`. */
const CLOCK_TIME =
  /(?:resets?|again|available)(?: at| on)? (?:(?<month>[a-z]{3})[a-z]* (?<day>\d{1,2})(?:st|nd|rd|th)?(?:,? (?<year>\d{4}))?(?:,| at)? )?(?<hour>\d{1,2})(?::(?<minute>\d\d))? ?(?<half>[ap])m\b/i;

/** In the time zone of this machine, as the CLIs write it. Without a date it is the next such time. */
function clockTimeIn(message: string, at: Date): number | undefined {
  const { month, day, year, hour, minute, half } = CLOCK_TIME.exec(message)?.groups ?? {};
  if (hour === undefined || half === undefined) return undefined;
  const end = new Date(at);
  end.setHours((Number(hour) % 12) + (half.toLowerCase() === 'p' ? 12 : 0), Number(minute ?? 0), 0, 0);
  if (month === undefined) {
    if (end <= at) end.setDate(end.getDate() + 1);
    return end.getTime();
  }
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  if (monthIndex < 0) return undefined;
  end.setFullYear(Number(year ?? at.getFullYear()), monthIndex, Number(day));
  if (end <= at && year === undefined) end.setFullYear(at.getFullYear() + 1);
  return end.getTime();
}
