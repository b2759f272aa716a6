import { atValue } from '../diagnostic.ts';
import { closestName, didYouMean } from '../did-you-mean.ts';
import { replaceValue } from '../edits.ts';
import type { Rule } from '../rule.ts';
import { shapeFindings } from '../rule.ts';
import { anyOf, quote } from '../wording.ts';

/** A text that is none of the values its key allows. */
export const invalidValue: Rule = {
  code: 'invalid-value',
  severity: 'error',
  doc: 'The key allows only a few values, and this is none of them (for example `permission`, `type`, `merge`).',
  fix: 'Writes the nearest allowed value.',
  *check(context) {
    for (const { node, values } of shapeFindings(context, 'invalid_value')) {
      // `unsupported-version` has the better message.
      if (node.key === 'connector' && node.parent?.parent === undefined) continue;
      const guess = closestName(node.value, values);
      yield {
        ...atValue(node),
        message: `${quote(String(node.key))} must be ${anyOf(values)}, but is ${quote(node.value)}.${didYouMean(guess)}`,
        fixes: guess ? [{ title: `Write "${guess}"`, edits: [replaceValue(node, guess)] }] : [],
      };
    }
  },
};
