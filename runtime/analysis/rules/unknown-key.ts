import { atKey } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { removeEntry, renameKey } from '../edits.ts';
import { member } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { shapeFindings } from '../rule.ts';
import { quote } from '../wording.ts';

/** A key that the spec does not know. */
export const unknownKey: Rule = {
  code: 'unknown-key',
  severity: 'warning',
  doc: 'The spec does not know this key, so it has no effect. Never an error: files for newer versions must still run.',
  fix: 'Renames the key to the nearest known one, or removes it.',
  *check(context) {
    for (const { node, known, owner } of shapeFindings(context, 'unknown_key')) {
      const key = String(node.key);
      const guess = closestName(
        key,
        known.filter(name => member(node.parent, name) === undefined),
      );
      const rename = guess ? [{ title: `Rename to "${guess}"`, edits: [renameKey(node, guess)] }] : [];
      yield {
        ...atKey(node),
        message: `${quote(key)} is not a key of ${owner}: it has no effect.${didYouMean(guess)}`,
        fixes: [...rename, { title: `Remove ${quote(key)}`, edits: [removeEntry(node)] }],
      };
    }
  },
};
