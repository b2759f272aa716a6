import { remove } from '../edits.ts';
import type { Rule } from '../rule.ts';

/** A comment: JSON has none. */
export const comment: Rule = {
  code: 'comment',
  severity: 'warning',
  doc: 'JSON has no comments. We read them, other programs that read the file may not; `description` is allowed almost everywhere.',
  fix: 'Removes the comment.',
  *check({ document }) {
    for (const range of document.comments) {
      yield {
        range,
        path: [],
        message: 'JSON has no comments: other programs may refuse this file. Use "description" instead.',
        fixes: [{ title: 'Remove the comment', edits: [remove(range)] }],
      };
    }
  },
};
