import { atOwner, atValue } from '../diagnostic.ts';
import type { MemberOutline, PhaseOutline } from '../outline.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** Two workers, participants or agents of one name in a phase. */
export const duplicateWorker: Rule = {
  code: 'duplicate-worker',
  severity: 'error',
  doc: 'Names of workers and ids of participants and agents are unique in their phase. One without a name has its 1-based number.',
  *check({ outline }) {
    for (const phase of outline.phases) {
      const first = new Map<string, MemberOutline>();
      for (const worker of phase.members) {
        const other = first.get(worker.id);
        if (other === undefined) {
          first.set(worker.id, worker);
          continue;
        }
        const message = `Another one of this phase is called ${quote(worker.id)} as well. Give this one another name.`;
        const related = [{ message: 'The first one', range: placeOf(other, phase).range }];
        yield { ...placeOf(worker, phase), message, related };
      }
    }
  },
};

function placeOf(worker: MemberOutline, phase: PhaseOutline) {
  return worker.nameNode ? atValue(worker.nameNode) : atOwner(worker.node ?? phase.node);
}
