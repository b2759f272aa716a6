import { atKey } from '../diagnostic.ts';
import { type ModelNames, meaningInRoute, modelTextsOf } from '../model-names.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** Aliases that lead to themselves. */
export const aliasCycle: Rule = {
  code: 'alias-cycle',
  severity: 'error',
  doc: 'An alias leads, through its models or its `fallback`, back to itself. An alias with the name of a CLI may name that CLI (`"claude": "claude"`).',
  *check({ names }) {
    const done = new Set<string>();
    for (const start of names.aliases.keys()) {
      const cycle = findCycle(start, names, done, []);
      const node = cycle && names.aliases.get(cycle[0] ?? '');
      if (!cycle || !node) continue;
      const way = [...cycle, cycle[0] ?? ''].map(quote).join(' → ');
      yield { ...atKey(node), message: `This alias leads back to itself: ${way}.` };
    }
  },
};

/** The first cycle reachable from `alias` that was not seen before. Recursion is bounded by the number of aliases. */
function findCycle(
  alias: string,
  names: ModelNames,
  done: Set<string>,
  trail: readonly string[],
): readonly string[] | undefined {
  const index = trail.indexOf(alias);
  if (index >= 0) return trail.slice(index);
  if (done.has(alias)) return undefined;
  for (const next of aliasesIn(alias, names)) {
    const cycle = findCycle(next, names, done, [...trail, alias]);
    if (cycle) {
      done.add(alias);
      return cycle;
    }
  }
  done.add(alias);
  return undefined;
}

function aliasesIn(alias: string, names: ModelNames): readonly string[] {
  return modelTextsOf(names.aliases.get(alias)).flatMap(node => {
    const meaning = meaningInRoute(node.value, alias, names);
    return meaning.kind === 'alias' ? [meaning.alias] : [];
  });
}
