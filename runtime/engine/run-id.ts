/** Ids of runs: readable, sortable by time, safe in paths, branches and shells. */

/**
 * `<name>-<yyyymmdd>-<hhmmss>-<4 random>`, UTC, lower case. `random` is 0 ≤ n < 1; the caller makes sure that no run of
 * this id exists (1.6 million per name and second).
 */
export function runId(name: string, now: Date, random: number): string {
  const [date = '', time = ''] = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '').split('T');
  const suffix = Math.floor(random * 36 ** 4)
    .toString(36)
    .padStart(4, '0');
  return `${safeName(name)}-${date}-${time}-${suffix}`;
}

/** Long enough to recognise, short enough for branch names below it on Windows. */
const MAX_NAME = 40;

function safeName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, MAX_NAME)
    .replace(/-+$/, '');
  return safe === '' ? 'run' : safe;
}
