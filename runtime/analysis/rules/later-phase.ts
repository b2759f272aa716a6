import { atValue } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import { ownNode } from '../inheritance.ts';
import { elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A `needs` that names the phase itself or a later one. */
export const laterPhase: Rule = {
  code: 'later-phase',
  severity: 'error',
  doc: 'A phase can wait for earlier phases only; this also rules out cycles.',
  fix: 'Removes the name from `needs`.',
  *check({ outline }) {
    const indexes = new Map(outline.phases.map(phase => [phase.name, phase.index]));
    for (const phase of outline.phases) {
      for (const node of elements(member(ownNode(phase), 'needs'))) {
        const index = node.kind === 'string' ? indexes.get(node.value) : undefined;
        if (node.kind !== 'string' || index === undefined || index < phase.index) continue;
        const name = quote(node.value);
        const why =
          index === phase.index
            ? 'A phase cannot wait for itself.'
            : `${name} comes later in the file: move it before this phase, or remove it here.`;
        const fixes = [{ title: `Remove ${name} from "needs"`, edits: [removeEntry(node)] }];
        yield { ...atValue(node), message: why, fixes };
      }
    }
  },
};
