import { atValue } from '../diagnostic.ts';
import { insertFirst } from '../edits.ts';
import { member, textOf } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A meeting that leaves something to a moderator it does not have. */
export const missingModerator: Rule = {
  code: 'missing-moderator',
  severity: 'error',
  doc: '`turns: "moderator"` and `decide: "moderator"` need a `moderator`.',
  fix: 'Makes the first participant the moderator.',
  *check({ document, outline }) {
    for (const phase of outline.phases) {
      if (phase.kind !== 'meeting' || member(phase.node, 'moderator')) continue;
      const node = ['turns', 'decide']
        .map(key => member(phase.node, key))
        .find(value => textOf(value) === 'moderator');
      if (!node) continue;
      const first = phase.members[0]?.id;
      const edits = first === undefined ? [] : [insertFirst(document, phase.node, 'moderator', first)];
      yield {
        ...atValue(node),
        message: 'This needs a "moderator": the id of a participant.',
        fixes: first === undefined ? [] : [{ title: `Make ${quote(first)} the moderator`, edits }],
      };
    }
  },
};
