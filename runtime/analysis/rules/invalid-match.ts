import { atValue } from '../diagnostic.ts';
import { closestName } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import type { StringNode } from '../json-node.ts';
import { member, membersOf } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { matchKinds, parseMatch } from '../step-match.ts';

/** A `match` that cannot be read. */
export const invalidMatch: Rule = {
  code: 'invalid-match',
  severity: 'error',
  doc: '`match` is `lines_over:N`, `lines_under:N`, `exit:N`, `contains:TEXT`, `regex:RE` or `json:PATH`.',
  fix: 'Mends the word before the colon.',
  *check({ outline }) {
    for (const step of outline.phases.flatMap(phase => phase.steps)) {
      for (const [, rule] of membersOf(member(step.node, 'output'))) {
        const node = member(rule, 'match');
        // An empty text has its own diagnostic.
        if (node?.kind !== 'string' || node.value === '') continue;
        const match = parseMatch(node.value);
        if (!match.ok) yield { ...atValue(node), message: match.failure, fixes: mendedKinds(node) };
      }
    }
  },
};

function mendedKinds(node: StringNode) {
  const colon = node.value.indexOf(':');
  const guess = colon < 0 ? undefined : closestName(node.value.slice(0, colon), matchKinds);
  const mended = guess && `${guess}${node.value.slice(colon)}`;
  if (!mended || !parseMatch(mended).ok) return [];
  return [{ title: `Write "${guess}:"`, edits: [replaceValue(node, mended)] }];
}
