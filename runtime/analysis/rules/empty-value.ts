import { atValue } from '../diagnostic.ts';
import { removeEntry } from '../edits.ts';
import type { Rule } from '../rule.ts';
import { shapeFindings } from '../rule.ts';
import { quote } from '../wording.ts';

/** An empty text or list where something must stand. */
export const emptyValue: Rule = {
  code: 'empty-value',
  severity: 'error',
  doc: 'The text or list is empty where something must stand (a name, a command, a list of workers).',
  fix: 'Removes the key.',
  *check(context) {
    for (const { node } of shapeFindings(context, 'empty')) {
      const key = quote(String(node.key));
      const what = node.kind === 'array' ? 'list' : 'text';
      yield {
        ...atValue(node),
        message: `${key} must not be an empty ${what}: fill it in, or leave it out.`,
        fixes: [{ title: `Remove ${key}`, edits: [removeEntry(node)] }],
      };
    }
  },
};
