import { atOwner } from '../diagnostic.ts';
import { insertFirst } from '../edits.ts';
import type { Rule } from '../rule.ts';

/** The file does not say which version of the spec it follows. */
export const missingVersion: Rule = {
  code: 'missing-version',
  severity: 'warning',
  doc: 'Without `connector` the file is read as version 2.0; with it, tools find the file by its content.',
  fix: 'Adds `"connector": "2.0"`.',
  *check({ document, outline: { root } }) {
    if (root === undefined || root.members.has('connector')) return;
    yield {
      ...atOwner(root),
      message: '"connector" is missing: the file is read as version "2.0".',
      fixes: [{ title: 'Add "connector": "2.0"', edits: [insertFirst(document, root, 'connector', '2.0')] }],
    };
  },
};
