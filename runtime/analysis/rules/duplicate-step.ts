import { atOwner, atValue } from '../diagnostic.ts';
import type { StepOutline } from '../outline.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** Two steps of one name in a phase. */
export const duplicateStep: Rule = {
  code: 'duplicate-step',
  severity: 'error',
  doc: 'Step names are unique in their phase: a `next` that names a step runs that step.',
  *check({ outline }) {
    for (const phase of outline.phases) {
      const first = new Map<string, StepOutline>();
      for (const step of phase.steps) {
        const other = first.get(step.name);
        if (other === undefined) {
          first.set(step.name, step);
          continue;
        }
        const message = `Another step of this phase is called ${quote(step.name)} as well. Give this one another name.`;
        const related = [{ message: 'The first one', range: placeOf(other).range }];
        yield { ...placeOf(step), message, related };
      }
    }
  },
};

function placeOf(step: StepOutline) {
  return step.nameNode ? atValue(step.nameNode) : atOwner(step.node);
}
