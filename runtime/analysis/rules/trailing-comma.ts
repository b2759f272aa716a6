import { remove } from '../edits.ts';
import type { Rule } from '../rule.ts';

/** A comma before a closing brace or bracket. */
export const trailingComma: Rule = {
  code: 'trailing-comma',
  severity: 'warning',
  doc: 'JSON allows no comma after the last item. We read it, other programs may not.',
  fix: 'Removes the comma.',
  *check({ document }) {
    for (const range of document.trailingCommas) {
      yield {
        range,
        path: [],
        message: 'JSON allows no comma after the last item: other programs may refuse this file.',
        fixes: [{ title: 'Remove the comma', edits: [remove(range)] }],
      };
    }
  },
};
