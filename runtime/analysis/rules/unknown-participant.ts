import { atValue } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import { member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { quote } from '../wording.ts';

/** A moderator that does not take part. */
export const unknownParticipant: Rule = {
  code: 'unknown-participant',
  severity: 'error',
  doc: '`moderator` is the id of a participant of the meeting.',
  fix: 'Writes the nearest id.',
  *check({ outline }) {
    for (const phase of outline.phases) {
      const node = phase.kind === 'meeting' ? member(phase.node, 'moderator') : undefined;
      if (node?.kind !== 'string') continue;
      const ids = phase.members.map(participant => participant.id);
      if (ids.includes(node.value)) continue;
      const guess = closestName(node.value, ids);
      yield {
        ...atValue(node),
        message: `${quote(node.value)} is no participant of this meeting.${didYouMean(guess)}`,
        fixes: guess ? [{ title: `Write ${quote(guess)}`, edits: [replaceValue(node, guess)] }] : [],
      };
    }
  },
};
