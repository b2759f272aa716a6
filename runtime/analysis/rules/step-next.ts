import { atValue } from '../diagnostic.ts';
import { closestName } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import { elements, member, membersOf } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** Suggestions are compared with every step, and most are no names at all: in longer lists nobody is helped by that. */
const maxSteps = 500;

/** A `next` that nearly names a step. */
export const stepNext: Rule = {
  code: 'step-next',
  severity: 'hint',
  doc: 'A `next` that names a step of the phase runs it; any other text is a suggestion for the user and the model. This one is nearly the name of a step.',
  fix: 'Writes the name of the step.',
  *check({ outline }) {
    for (const phase of outline.phases) {
      const steps = new Set(phase.steps.map(step => step.name));
      if (steps.size > maxSteps) continue;
      for (const step of phase.steps) {
        const rules = membersOf(member(step.node, 'output'));
        for (const node of rules.flatMap(([, rule]) => elements(member(rule, 'next')))) {
          if (node.kind !== 'string' || steps.has(node.value)) continue;
          const guess = closestName(node.value, steps);
          if (!guess) continue;
          yield {
            ...atValue(node),
            message: `This is a suggestion, as no step has this name. To run the step, write ${quote(guess)}.`,
            fixes: [{ title: `Write ${quote(guess)}`, edits: [replaceValue(node, guess)] }],
          };
        }
      }
    }
  },
};
