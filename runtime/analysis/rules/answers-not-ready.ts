import { appendItem } from '../edits.ts';
import { ownNode } from '../inheritance.ts';
import { member, pathOf } from '../json-node.ts';
import type { PhaseOutline } from '../outline.ts';
import { readPhaseGraph } from '../phase-graph.ts';
import { splitAnswers } from '../placeholders.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { rangeInString } from '../string-range.ts';
import { quote } from '../wording.ts';

/** An `{answers.…}` of a phase that is not over when this one starts. */
export const answersNotReady: Rule = {
  code: 'answers-not-ready',
  severity: 'error',
  doc: 'The prompt takes answers of a phase that is not over when this one starts: the phase itself, a later one, or one that `needs` leaves out.',
  fix: 'Adds the phase to `needs`.',
  *check(context) {
    const { document, outline, templates } = context;
    const phases = outline.phases.map(phase => phase.name);
    const graph = readPhaseGraph(outline);
    // Long prompts name the same answers again and again.
    const targets = new Map<string, string | undefined>();
    for (const { node, phase, placeholders } of templates) {
      if (!phase) continue;
      for (const part of placeholders) {
        if (part.kind !== 'answers') continue;
        const { reference } = part;
        if (!targets.has(reference)) targets.set(reference, splitAnswers(reference, phases)?.phase);
        const target = targets.get(reference);
        if (target === undefined || graph.isFinishedBefore(target, phase)) continue;
        const range = rangeInString(document.text, node, part.range);
        yield { range, path: pathOf(node), ...explain(target, phase, context) };
      }
    }
  },
};

function explain(wanted: string, phase: PhaseOutline, { outline }: RuleContext) {
  const other = outline.phases.find(candidate => candidate.name === wanted);
  const name = quote(wanted);
  if (other === phase) return { message: 'A phase cannot read its own answers.' };
  const needs = member(ownNode(phase), 'needs');
  if (!other || other.index > phase.index || needs?.kind !== 'array') {
    return { message: `Phase ${name} comes later in the file: its answers are not there yet.` };
  }
  const fixes = [{ title: `Add ${name} to "needs"`, edits: [appendItem(needs, wanted)] }];
  return { message: `This phase does not wait for ${name}. Add it to "needs".`, fixes };
}
