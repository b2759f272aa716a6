import { atValue } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import { ownNode } from '../inheritance.ts';
import { elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A `needs` that names no phase. */
export const unknownPhase: Rule = {
  code: 'unknown-phase',
  severity: 'error',
  doc: '`needs` names a phase that the file does not have.',
  fix: 'Writes the nearest name of an earlier phase.',
  *check({ outline }) {
    const all = new Set(outline.phases.map(phase => phase.name));
    for (const phase of outline.phases) {
      for (const node of elements(member(ownNode(phase), 'needs'))) {
        if (node.kind !== 'string' || all.has(node.value)) continue;
        const earlier = outline.phases.filter(other => other.index < phase.index).map(other => other.name);
        const guess = closestName(node.value, earlier);
        yield {
          ...atValue(node),
          message: `There is no phase ${quote(node.value)}.${didYouMean(guess)}`,
          fixes: guess ? [{ title: `Write ${quote(guess)}`, edits: [replaceValue(node, guess)] }] : [],
        };
      }
    }
  },
};
