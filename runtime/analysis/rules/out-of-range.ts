import { connectorShape } from '../../spec/generated/connector-shape.ts';
import type { Shape } from '../../spec/shape.ts';
import { atValue } from '../diagnostic.ts';
import { replaceValue } from '../edits.ts';
import type { Rule } from '../rule.ts';
import { shapeFindings } from '../rule.ts';
import { describeShape, quote } from '../wording.ts';

/** A number outside of what its key allows. */
export const outOfRange: Rule = {
  code: 'out-of-range',
  severity: 'error',
  doc: 'The number is smaller or larger than its key allows (for example `workers` from 1 to 1000, `timeout_ms` greater than 0).',
  fix: 'Writes the nearest allowed number.',
  *check(context) {
    for (const { node, expected } of shapeFindings(context, 'out_of_range')) {
      const nearest = nearestAllowed(node.value, expected);
      yield {
        ...atValue(node),
        message: `${quote(String(node.key))} must be ${describeShape(expected, connectorShape)}, but is ${node.value}.`,
        fixes:
          nearest === undefined ? [] : [{ title: `Write ${nearest}`, edits: [replaceValue(node, nearest)] }],
      };
    }
  },
};

function nearestAllowed(value: number, shape: Shape): number | undefined {
  if (shape.kind !== 'number') return undefined;
  if (shape.max !== undefined && value > shape.max) return shape.max;
  return shape.isMinExclusive ? undefined : shape.min;
}
