import { atOwner } from '../diagnostic.ts';
import type { Rule } from '../rule.ts';
import { shapeFindings } from '../rule.ts';
import { anyOf } from '../wording.ts';

/** An object lacks a key that it cannot do without. */
export const missingKey: Rule = {
  code: 'missing-key',
  severity: 'error',
  doc: 'The object cannot work without this key: a step needs `binary`, a rule `match`, a machine `ssh`, `srun` or `command`.',
  *check(context) {
    for (const { node, keys, owner } of shapeFindings(context, 'missing_key')) {
      yield { ...atOwner(node), message: `This is ${owner} and needs ${anyOf(keys)}.` };
    }
  },
};
