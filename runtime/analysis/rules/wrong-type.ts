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

/** The obvious rewriting of the value that fits the shape, if there is one. */
function conversions(node: JsonNode, expected: Shape, text: string): readonly Fix[] {
  // `"worktree": true` does not mean a worktree called true.
  if (node.kind === 'boolean' && expected.kind === 'union') return [];
  const candidates = [...scalars(node, text), ...lists(node, text)];
  const fitting = candidates.find(candidate => {
    return checkShape(candidate.node, { ...connectorShape, Wanted: expected }, 'Wanted').length === 0;
  });
  if (!fitting) return [];
  const { newText } = fitting;
  return [{ title: `Write ${newText}`, edits: [{ range: node.range, newText }] }];
}

interface Candidate {
  readonly node: JsonNode;
  readonly newText: string;
}

/** The number or boolean that a text spells; the text of a number or boolean. */
function scalars(node: JsonNode, text: string): readonly Candidate[] {
  const { range } = node;
  if (node.kind === 'number' || node.kind === 'boolean') {
    const value = text.slice(range.start, range.end);
    return [{ node: { kind: 'string', value, range }, newText: JSON.stringify(value) }];
  }
  const word = node.kind === 'string' ? node.value.trim() : '';
  if (word === 'true' || word === 'false') {
    return [{ node: { kind: 'boolean', value: word === 'true', range }, newText: word }];
  }
  if (!/^-?(0|[1-9]\d*)(\.\d+)?$/.test(word)) return [];
  return [{ node: { kind: 'number', value: Number(word), range }, newText: word }];
}

/** The value as the only item of a list; not for long values, which would fill the menu. */
function lists(node: JsonNode, text: string): readonly Candidate[] {
  const source = text.slice(node.range.start, node.range.end);
  if (node.kind === 'object' || node.kind === 'array' || source.length > 60) return [];
  // Broken text may hold half a string; its value is whole.
  const value = node.kind === 'null' ? 'null' : JSON.stringify(node.value);
  return [{ node: { kind: 'array', entries: [node], range: node.range }, newText: `[${value}]` }];
}
