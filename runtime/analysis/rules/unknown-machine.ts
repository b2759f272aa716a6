import { atValue } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import { elements, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A machine that this file does not define. */
export const unknownMachine: Rule = {
  code: 'unknown-machine',
  severity: 'hint',
  doc: 'The machine is not in `machines` of this file. That is fine if it is in your settings or a `Host` of your ssh configuration, which cannot be told from the file.',
  fix: 'Writes the nearest name of `machines`.',
  *check({ outline }) {
    const machines = member(outline.root, 'machines');
    const known = machines?.kind === 'object' ? machines.members : new Map<string, unknown>();
    for (const machine of outline.owners.flatMap(owner => owner.member('machine') ?? [])) {
      for (const node of machine.kind === 'array' ? elements(machine) : [machine]) {
        if (node.kind !== 'string' || node.value === '' || known.has(node.value)) continue;
        const guess = closestName(node.value, known.keys());
        yield {
          ...atValue(node),
          message: `${quote(node.value)} is not in "machines" of this file; it is looked up in the settings and the ssh configuration.${didYouMean(guess)}`,
          fixes: guess ? [{ title: `Write ${quote(guess)}`, edits: [replaceValue(node, guess)] }] : [],
        };
      }
    }
  },
};
