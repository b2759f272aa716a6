/** Puts the problems of runs on their lines in a file's text. Pure. */
import { t } from '@vscode/l10n';
import type { ConnectorPlaces, TextRange } from './connector-places.ts';
import type { RunProblem } from './run-problems.ts';

/** Problems as one line of the Problems panel. */
export interface PlacedProblem {
  readonly range: TextRange;
  /** What is said: the only problem of this place, or all of its kind in one. */
  readonly message: string;
  /** At least one; all of one severity, run and phase. */
  readonly problems: readonly [RunProblem, ...RunProblem[]];
}

/** Workers named in a message about many. */
const MAX_NAMED = 3;

/**
 * Places problems by the names of their phases and workers; what the text does not have any more is left out. Workers that
 * share a place (`"workers": 12`) share a line.
 */
export function placeProblems(
  places: ConnectorPlaces,
  problems: readonly RunProblem[],
): readonly PlacedProblem[] {
  const groups = new Map<string, { range: TextRange; problems: [RunProblem, ...RunProblem[]] }>();
  for (const problem of problems) {
    const range = places.find(problem.phase, problem.worker?.id);
    if (range === undefined) continue;
    const whose = problem.worker === undefined ? problem.code : 'workers';
    const key = [range.start.line, range.start.character, problem.severity, problem.run, whose].join(' ');
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { range, problems: [problem] });
    else group.problems.push(problem);
  }
  return [...groups.values()].map(group => ({ ...group, message: messageOf(group.problems) }));
}

function messageOf(problems: readonly [RunProblem, ...RunProblem[]]): string {
  const [first] = problems;
  if (problems.length === 1) return first.message;
  const rest = problems.length - MAX_NAMED;
  const lines = problems.slice(0, MAX_NAMED).map(({ message }) => message.split('\n', 1)[0] ?? '');
  const title =
    first.severity === 'info'
      ? t('{0} workers of phase "{1}" wait', problems.length, first.phase)
      : t('{0} workers of phase "{1}" failed', problems.length, first.phase);
  return [title, ...lines, ...(rest > 0 ? [t('and {0} more', rest)] : [])].join('\n');
}
