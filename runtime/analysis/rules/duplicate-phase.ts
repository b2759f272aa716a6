import { atOwner, atValue } from '../diagnostic.ts';
import { member } from '../json-node.ts';
import type { PhaseOutline } from '../outline.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** Two phases of one name. */
export const duplicatePhase: Rule = {
  code: 'duplicate-phase',
  severity: 'error',
  doc: 'Phase names are unique: branches, answers and `needs` go by them. A phase without a name is called `phase-<n>`.',
  *check({ outline }) {
    const first = new Map<string, PhaseOutline>();
    for (const phase of outline.phases) {
      const other = first.get(phase.name);
      if (other === undefined) {
        first.set(phase.name, phase);
        continue;
      }
      const message = `Phase ${other.index + 1} is called ${quote(phase.name)} as well. Give this one another name.`;
      const related = [{ message: 'The first one', range: placeOf(other).range }];
      yield { ...placeOf(phase), message, related };
    }
  },
};

function placeOf(phase: PhaseOutline) {
  const name = member(phase.node, 'name');
  return name ? atValue(name) : atOwner(phase.node);
}
