import { closestName, didYouMean } from '../did-you-mean.ts';
import { pathOf } from '../json-node.ts';
import type { Outline } from '../outline.ts';
import { splitAnswers } from '../placeholders.ts';
import type { Rule } from '../rule.ts';
import { rangesInString } from '../string-range.ts';
import { placeholdersIn } from '../templates.ts';
import { quote } from '../wording.ts';

/** An `{answers.…}` of a phase or worker that does not exist. */
export const unknownAnswers: Rule = {
  code: 'unknown-answers',
  severity: 'error',
  doc: '`{answers.<phase>}` or `{answers.<phase>.<worker>}` names a phase or worker that the file does not have.',
  fix: 'Writes the nearest name.',
  *check({ document, outline, templates }) {
    const phases = new Set(outline.phases.map(phase => phase.name));
    const known = new Map<string, Problem | undefined>();
    // Looked for only as long as problems are asked for: each guess compares all names.
    const problemIn = (reference: string): Problem | undefined => {
      if (!known.has(reference)) known.set(reference, problemOf(reference, phases, outline));
      return known.get(reference);
    };
    for (const template of templates) {
      if (!template.references.some(problemIn)) continue;
      const { node } = template;
      const inSource = rangesInString(document.text, node);
      for (const part of placeholdersIn(template)) {
        const problem = part.kind === 'answers' ? problemIn(part.reference) : undefined;
        if (!problem) continue;
        const range = inSource(part.range);
        const mended = problem.guess && JSON.stringify(`{answers.${problem.guess}}`).slice(1, -1);
        const fixes = mended ? [{ title: `Write ${mended}`, edits: [{ range, newText: mended }] }] : [];
        yield { range, path: pathOf(node), message: problem.message, fixes };
      }
    }
  },
};

interface Problem {
  readonly message: string;
  /** A reference that would work. */
  readonly guess?: string;
}

function problemOf(reference: string, phases: ReadonlySet<string>, outline: Outline): Problem | undefined {
  const target = splitAnswers(reference, phases);
  if (!target) {
    const guess = closestName(reference, phases);
    const message = `There is no phase for {answers.${quote(reference).slice(1, -1)}}.${didYouMean(guess)}`;
    return { message, ...(guess ? { guess } : {}) };
  }
  const { worker, phase: name } = target;
  const phase = outline.phases.find(other => other.name === name);
  if (worker === undefined || phase === undefined) return undefined;
  const ids = phase.members.flatMap(member => (member.count === 1 ? [member.id] : []));
  const counted = phase.members.reduce((most, member) => Math.max(most, member.count), 0);
  if (ids.includes(worker) || (counted > 1 && isNumberUpTo(worker, counted))) return undefined;
  const guess = closestName(worker, ids);
  const message = `Phase ${quote(name)} has no worker ${quote(worker)}.${didYouMean(guess)}`;
  return { message, ...(guess ? { guess: `${name}.${guess}` } : {}) };
}

function isNumberUpTo(text: string, most: number): boolean {
  return /^[1-9]\d*$/.test(text) && Number(text) <= most;
}
