import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lineText, positionAt, readDocument } from '../../../runtime/analysis/document.ts';
import { type JsonNode, jsonValueOf, nodeAt, pathOf } from '../../../runtime/analysis/json-node.ts';
import { readPlainJson } from '../../../runtime/analysis/plain-reader.ts';
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

/** Plain JSON, and texts that are one character away from it. */
const nearlyJson = fc
  .record({
    value: fc.jsonValue({ depthSize: 'medium' }),
    indent: fc.constantFrom(undefined, 2, '\t'),
    at: fc.nat(),
    removed: fc.constantFrom(0, 0, 0, 1),
    inserted: fc.constantFrom('', '', ...'{}[]",:/\\\n\t\u0000\u00a0 0.-et'),
  })
  .map(({ value, indent, at, removed, inserted }) => {
    const text = JSON.stringify(value, undefined, indent);
    const start = at % (text.length + 1);
    return text.slice(0, start) + inserted + text.slice(start + removed);
  });

test('what JSON.parse takes is read as plain JSON, as the reader that forgives reads it; nothing else is', () => {
  fc.assert(
    fc.property(nearlyJson, text => {
      const plain = readPlainJson(text, 100);
      assert.equal(plain !== undefined, isJson(text));
      if (plain === undefined) return;
      // Comments are for the reader that forgives.
      const forgiven = readDocument(`${text}\n//`, 'x.json');
      assert.equal(forgiven.comments.length, 1);
      assert.deepEqual(allNodes(plain).map(partsOf), allNodes(forgiven.root).map(partsOf));
    }),
    { seed: 7, numRuns: 2000 },
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

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What a node says of itself. */
function partsOf(node: JsonNode) {
  const { kind, key, keyRange, range } = node;
  return { kind, key, keyRange, range, path: pathOf(node), value: jsonValueOf(node) };
}

function allNodes(node: JsonNode | undefined): readonly JsonNode[] {
  if (node === undefined) return [];
  return node.kind === 'object' || node.kind === 'array' ? [node, ...node.entries.flatMap(allNodes)] : [node];
}
