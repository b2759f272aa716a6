import { appendItem } from '../edits.ts';
import { ownNode } from '../inheritance.ts';
import { member, pathOf } from '../json-node.ts';
import type { PhaseOutline } from '../outline.ts';
import { readPhaseGraph } from '../phase-graph.ts';
import { splitAnswers } from '../placeholders.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { rangesInString } from '../string-range.ts';
import { placeholdersIn } from '../templates.ts';
import { quote } from '../wording.ts';

/** An `{answers.…}` of a phase that is not over when this one starts. */
export const answersNotReady: Rule = {
  code: 'answers-not-ready',
  severity: 'error',
  doc: 'The prompt takes answers of a phase that is not over when this one starts: the phase itself, a later one, or one that `needs` leaves out.',
  fix: 'Adds the phase to `needs`.',
  *check(context) {
    const { document, outline, templates } = context;
    const phases = new Set(outline.phases.map(phase => phase.name));
    const graph = readPhaseGraph(outline);
    const references = new Set(templates.flatMap(template => template.references));
    const targets = new Map([...references].map(each => [each, splitAnswers(each, phases)?.phase]));
    /** The phase that a reference names, if it is not over before `phase`. */
    const lateOne = (reference: string, phase: PhaseOutline): string | undefined => {
      const target = targets.get(reference);
      return target === undefined || graph.isFinishedBefore(target, phase) ? undefined : target;
    };
    for (const template of templates) {
      const { node, phase } = template;
      if (!phase || !template.references.some(reference => lateOne(reference, phase))) continue;
      const inSource = rangesInString(document.text, node);
      for (const part of placeholdersIn(template)) {
        const target = part.kind === 'answers' ? lateOne(part.reference, phase) : undefined;
        if (target === undefined) continue;
        const range = inSource(part.range);
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
