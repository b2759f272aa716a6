import { connectorShape } from '../../spec/generated/connector-shape.ts';
import type { Shape } from '../../spec/shape.ts';
import type { Fix } from '../diagnostic.ts';
import { atValue } from '../diagnostic.ts';
import type { JsonNode } from '../json-node.ts';
import { readPlainJson } from '../plain-reader.ts';
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

/** The obvious rewriting of the value that fits the shape, if there is one. */
function conversions(node: JsonNode, expected: Shape, text: string): readonly Fix[] {
  // `"worktree": true` does not mean a worktree called true.
  if (node.kind === 'boolean' && expected.kind === 'union') return [];
  const newText = [...scalars(node, text), ...lists(node, text)].find(candidate => fits(candidate, expected));
  return newText ? [{ title: `Write ${newText}`, edits: [{ range: node.range, newText }] }] : [];
}

function fits(candidate: string, expected: Shape): boolean {
  const node = readPlainJson(candidate, 2);
  const table = { ...connectorShape, Wanted: expected };
  return node !== undefined && checkShape(node, table, 'Wanted').length === 0;
}

/** The number or boolean that a text spells; the text of a number or boolean. */
function scalars(node: JsonNode, text: string): readonly string[] {
  if (node.kind === 'number' || node.kind === 'boolean') {
    return [JSON.stringify(text.slice(node.range.start, node.range.end))];
  }
  const word = node.kind === 'string' ? node.value.trim() : '';
  return word === 'true' || word === 'false' || /^-?(0|[1-9]\d*)(\.\d+)?$/.test(word) ? [word] : [];
}

/** The value as the only item of a list; not for long values, which would fill the menu. */
function lists(node: JsonNode, text: string): readonly string[] {
  const source = text.slice(node.range.start, node.range.end);
  if (node.kind === 'object' || node.kind === 'array' || source.length > 60) return [];
  // Broken text may hold half a string; its value is whole.
  return [`[${node.kind === 'null' ? 'null' : JSON.stringify(node.value)}]`];
}
