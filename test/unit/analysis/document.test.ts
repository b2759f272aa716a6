import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineText, positionAt, readDocument } from '../../../runtime/analysis/document.ts';
import { type JsonNode, jsonValueOf, nodeAt, pathOf } from '../../../runtime/analysis/json-node.ts';
import { rangeInString } from '../../../runtime/analysis/string-range.ts';

test('lines and columns count from 1, whatever ends the lines', () => {
  const document = readDocument('{\r\n "a": 1,\n\r"b": 2 }', 'x.json');
  assert.deepEqual(positionAt(document, 0), { line: 1, column: 1 });
  assert.deepEqual(positionAt(document, 4), { line: 2, column: 2 });
  assert.deepEqual(positionAt(document, document.text.indexOf('"b"')), { line: 4, column: 1 });
  assert.equal(lineText(document, 2), ' "a": 1,');
});

test('a value that is read is the value that JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
      const text = JSON.stringify(value, undefined, indent);
      const { root, syntaxErrors } = readDocument(text, 'x.json');
      assert.equal(syntaxErrors.length, 0);
      assert.ok(root);
      assert.deepEqual(jsonValueOf(root), JSON.parse(text));
    }),
    { seed: 5, numRuns: 300 },
  );
});

test('every value is found again at its own path, and its range holds its text', () => {
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      const text = JSON.stringify(value, undefined, 2);
      const { root } = readDocument(text, 'x.json');
      for (const node of allNodes(root)) {
        assert.equal(nodeAt(root, pathOf(node)), node);
        const source = text.slice(node.range.start, node.range.end);
        assert.deepEqual(JSON.parse(source), jsonValueOf(node));
        if (node.keyRange)
          assert.equal(JSON.parse(text.slice(node.keyRange.start, node.keyRange.end)), node.key);
      }
    }),
    { seed: 6, numRuns: 200 },
  );
});

test('broken text still gives what can be read', () => {
  const { root, syntaxErrors } = readDocument('{ "a": 1, "b" "c": [1, 2', 'x.json');
  assert.ok(root && syntaxErrors.length > 0);
  assert.equal(nodeAt(root, ['a'])?.kind, 'number');
});

test('a place in a text is a place in its source, through escapes too', () => {
  const text = '["plain {x}", "tab\\t\\u00e4 {x}"]';
  const { root } = readDocument(text, 'x.json');
  for (const index of [0, 1]) {
    const node = nodeAt(root, [index]);
    assert.ok(node?.kind === 'string');
    const start = node.value.indexOf('{x}');
    const range = rangeInString(text, node, { start, end: start + 3 });
    assert.equal(text.slice(range.start, range.end), '{x}');
  }
});

function allNodes(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  return node.kind === 'object' || node.kind === 'array' ? [node, ...node.entries.flatMap(allNodes)] : [node];
}
