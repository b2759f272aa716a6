import { connectorShape } from '../../spec/generated/connector-shape.ts';
import type { Shape } from '../../spec/shape.ts';
import type { Fix } from '../diagnostic.ts';
import { atValue } from '../diagnostic.ts';
import type { JsonNode } from '../json-node.ts';
import type { Rule } from '../rule.ts';
import { shapeFindings } from '../rule.ts';
import { checkShape } from '../shape-check.ts';
import { describeShape, describeValue, quote } from '../wording.ts';

/** A value of the wrong type. */
export const wrongType: Rule = {
  code: 'wrong-type',
  severity: 'error',
  doc: 'The value has another type than its key asks for.',
  fix: 'Rewrites the value where that is obvious: `"3"` → `3`, `"true"` → `true`, `2.0` → `"2.0"`, a value → a list of it.',
  *check(context) {
    for (const { node, expected } of shapeFindings(context, 'wrong_type')) {
      // `unsupported-version` has the better message.
      if (node.key === 'connector' && node.parent?.parent === undefined) continue;
      const wanted = describeShape(expected, connectorShape);
      yield {
        ...atValue(node),
        message: `${subject(node)} must be ${wanted}, but is ${describeValue(node)}.`,
        fixes: conversions(node, expected, context.document.text),
      };
    }
  },
};

function subject(node: JsonNode): string {
  if (node.key === undefined) return 'The file';
  return typeof node.key === 'string'
    ? quote(node.key)
    : `Item ${node.key + 1} of ${quote(String(node.parent?.key ?? ''))}`;
}

/** The obvious rewritings of the value that fit the shape. */
function conversions(node: JsonNode, expected: Shape, text: string): readonly Fix[] {
  const source = text.slice(node.range.start, node.range.end);
  if (source.length > 200) return [];
  const texts = [
    ...unquoted(node),
    ...(node.kind === 'number' || node.kind === 'boolean' ? [`"${source}"`] : []),
    `[${source}]`,
  ];
  return texts
    .filter(candidate => isFitting(JSON.parse(candidate), expected))
    .slice(0, 1)
    .map(newText => ({ title: `Write ${newText}`, edits: [{ range: node.range, newText }] }));
}

/** The number, boolean or null that a text spells. */
function unquoted(node: JsonNode): readonly string[] {
  const word = node.kind === 'string' ? node.value.trim() : '';
  return /^(-?(0|[1-9]\d*)(\.\d+)?|true|false)$/.test(word) ? [word] : [];
}

function isFitting(value: unknown, expected: Shape): boolean {
  const node = plainNode(value);
  return (
    node !== undefined && checkShape(node, { ...connectorShape, Wanted: expected }, 'Wanted').length === 0
  );
}

/** A node without a place, for a scalar or a list of one scalar. */
function plainNode(value: unknown): JsonNode | undefined {
  const range = { start: 0, end: 0 };
  if (typeof value === 'string') return { kind: 'string', value, range };
  if (typeof value === 'number') return { kind: 'number', value, range };
  if (typeof value === 'boolean') return { kind: 'boolean', value, range };
  if (!Array.isArray(value)) return undefined;
  const items = value.map(plainNode);
  return items.includes(undefined)
    ? undefined
    : { kind: 'array', range, entries: items.filter(item => item !== undefined) };
}
