import { atValue } from '../diagnostic.ts';
import { booleanOf, member } from '../json-node.ts';
import type { Rule } from '../rule.ts';

/** Workers in the workspace folder itself. */
export const inPlace: Rule = {
  code: 'in-place',
  severity: 'warning',
  doc: 'With `worktree: false` workers change the workspace folder itself: nothing is committed or merged for you, and they run one at a time unless they are read-only.',
  *check({ outline }) {
    for (const session of outline.sessions) {
      const node = member(session, 'worktree');
      if (!node || booleanOf(node) !== false) continue;
      yield {
        ...atValue(node),
        message:
          'Workers change your own files here: no commits, no merge, and one worker at a time unless read-only.',
      };
    }
  },
};
