import { atKey, atOwner } from '../diagnostic.ts';
import { member } from '../json-node.ts';
import { memberKeys } from '../outline.ts';
import type { Rule } from '../rule.ts';

/** A conversation without enough members. */
export const tooFewParticipants: Rule = {
  code: 'too-few-participants',
  severity: 'error',
  doc: 'A dialogue has two or more participants, a meeting and a mesh at least one.',
  *check({ outline }) {
    for (const phase of outline.phases) {
      if (phase.kind === 'workers') continue;
      const atLeast = phase.kind === 'dialogue' ? 2 : 1;
      if (phase.members.length >= atLeast) continue;
      const key = memberKeys[phase.kind];
      const list = member(phase.node, key);
      // Items of a wrong type have their own diagnostic.
      if (list && (list.kind !== 'array' || list.entries.length >= atLeast)) continue;
      yield {
        ...(list ? atKey(list) : atOwner(phase.node)),
        message: `A ${phase.kind} needs ${atLeast === 2 ? 'two or more' : 'one or more'} "${key}".`,
      };
    }
  },
};
