import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { SelectionRange } from 'vscode-languageserver';
import { applyFix } from '../../../runtime/analysis/diagnostic.ts';
import { readDocument } from '../../../runtime/analysis/document.ts';
import { orderKeys } from '../../../runtime/analysis/key-order.ts';
import { foldingRanges } from '../../../server/features/folding.ts';
import { formatting } from '../../../server/features/formatting.ts';
import { keyOrder, keyOrderAction } from '../../../server/features/key-order.ts';
import { selectionRanges } from '../../../server/features/selection-ranges.ts';
import { defaultSettings } from '../../../server/settings.ts';
import { fixtures } from '../analysis/golden.ts';
import { applyEdits, applyWorkspaceEdit, contextOf, fileOf, fixture } from './navigation-rig.ts';
import { meaningOf } from './same-meaning.ts';

test('objects, lists and comments fold down to their first and last lines', () => {
  const file = fileOf(
    '{\n  "models": {\n    "a": "b"\n  },\n  "x": [1,\n    2],\n  /* a\n  b */\n  "y": { "z": 1 }\n}',
  );
  const found = foldingRanges(file, { textDocument: file }, contextOf([file]));
  assert.deepEqual(
    found.map(({ startLine, endLine, kind }) => [startLine, endLine, ...(kind ? [kind] : [])]),
    [
      [0, 8],
      [1, 2],
      [6, 7, 'comment'],
    ],
  );
});

test('nothing folds where the editor folds JSON itself', () => {
  const file = fileOf('{\n  "a": {\n    "b": 1\n  }\n}');
  const settings = { ...defaultSettings, schemaFeatures: false };
  assert.deepEqual(foldingRanges(file, { textDocument: file }, contextOf([file], {}, { settings })), []);
});

test('the selection grows along the tree', () => {
  const { snapshot, params } = fixture('{"a": [{"key": "va|lue", "b": 1}]}');
  const [first] = selectionRanges(
    snapshot,
    { ...params, positions: [params.position] },
    contextOf([snapshot]),
  );
  const texts: string[] = [];
  for (let at: SelectionRange | undefined = first; at; at = at.parent) {
    const { start, end } = snapshot.positions.offsetsOf(at.range);
    texts.push(snapshot.text.slice(start, end));
  }
  assert.deepEqual(texts, [
    'value',
    '"value"',
    '"key": "value"',
    '"key": "value", "b": 1',
    '{"key": "value", "b": 1}',
    '[{"key": "value", "b": 1}]',
    '"a": [{"key": "value", "b": 1}]',
    '{"a": [{"key": "value", "b": 1}]}',
  ]);
});

test('a position outside of everything selects nothing', () => {
  const { snapshot, params } = fixture('  \n|');
  const [only] = selectionRanges(
    snapshot,
    { ...params, positions: [params.position] },
    contextOf([snapshot]),
  );
  assert.deepEqual(only, { range: { start: params.position, end: params.position } });
});

const options = { tabSize: 2, insertSpaces: true };

test('formatting lays out the document with its own line breaks and keeps comments', () => {
  const file = fileOf('{"a":1,\r\n// why\r\n"b":[2]}');
  assert.equal(
    applyEdits(file, formatting(file, { textDocument: file, options }, contextOf([file]))),
    '{\r\n  "a": 1,\r\n  // why\r\n  "b": [\r\n    2\r\n  ]\r\n}',
  );
});

test('formatting of a text with everything on one line is one edit, which does the same', () => {
  const items = Array.from({ length: 3000 }, (_, index) => ({ name: `p${index}` }));
  const file = fileOf(JSON.stringify({ pipeline: { phases: items } }));
  const edits = formatting(file, { textDocument: file, options }, contextOf([file]));
  assert.equal(edits.length, 1);
  assert.equal(applyEdits(file, edits), JSON.stringify({ pipeline: { phases: items } }, undefined, 2));
});

test('formatting of a range leaves the rest alone', () => {
  const file = fileOf('{\n"a":1,\n"b":2\n}');
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 5 } };
  const result = applyEdits(
    file,
    formatting(file, { textDocument: file, options, range }, contextOf([file])),
  );
  assert.equal(result, '{\n"a":1,\n"b": 2\n}');
});

function ordered(text: string): string {
  return applyFix(text, { title: '', edits: orderKeys(readDocument(text, 'a.json')) });
}

test('keys come into the order of the spec, unknown ones last, layout and maps stay', () => {
  assert.equal(
    ordered(
      '{\n  "pipeline": { "phases": [{ "prompt": "p", "x": 1, "name": "n" }] },\n  "models": { "z": "claude", "a": "codex" },\n  "connector": "2.0"\n}',
    ),
    '{\n  "connector": "2.0",\n  "models": { "z": "claude", "a": "codex" },\n  "pipeline": { "phases": [{ "name": "n", "prompt": "p", "x": 1 }] }\n}',
  );
});

test('objects inside of lists, maps and routes are ordered by what they are', () => {
  assert.equal(
    ordered(
      '{"models":{"a":[{"args":[],"model":"claude"}]},"machines":{"m":{"ssh":"h","description":"d"}},"tools":{"mcp":{"s":{"env":{},"command":"c"}}}}',
    ),
    '{"models":{"a":[{"model":"claude","args":[]}]},"tools":{"mcp":{"s":{"command":"c","env":{}}}},"machines":{"m":{"description":"d","ssh":"h"}}}',
  );
});

test('objects with comments between their keys, duplicates and broken files stay as they are', () => {
  const texts = [
    '{"name":"n", /* about the version */ "connector":"2.0"}',
    '{"name":"n","connector":"2.0","name":"m"}',
    '{"name":"n","connector":"2.0"',
  ];
  for (const text of texts) assert.equal(ordered(text), text);
});

for (const name of readdirSync(join(fixtures, 'published')).filter(
  file => !file.endsWith('.workflow.json'),
)) {
  test(`${name} means the same with its keys turned around and ordered again`, () => {
    const text = readFileSync(join(fixtures, 'published', name), 'utf8');
    const turned = JSON.stringify(turnAround(JSON.parse(text)));
    assert.deepEqual(JSON.parse(ordered(turned)), JSON.parse(turned));
    assert.equal(ordered(ordered(turned)), ordered(turned));
    assert.deepEqual(meaningOf(ordered(text)), meaningOf(text));
  });
}

function turnAround(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turnAround);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, turnAround(item)]),
  );
}

test('the command finds its document and answers nothing for others', () => {
  const file = fileOf('{"name":"n","connector":"2.0"}');
  const edit = keyOrder({ uri: file.uri }, contextOf([file]));
  assert.ok(edit);
  assert.deepEqual(applyWorkspaceEdit([file], edit), {
    'main.connector.json': '{"connector":"2.0","name":"n"}',
  });
  for (const argument of [{ uri: 'file:///other' }, {}, null, 7]) {
    assert.equal(keyOrder(argument, contextOf([file])), undefined);
  }
});

test('the source action comes only if it is asked for', () => {
  const file = fileOf('{"name":"n","connector":"2.0"}');
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const ask = (only?: string[]) =>
    keyOrderAction(
      file,
      { textDocument: file, range, context: { diagnostics: [], ...(only ? { only } : {}) } },
      contextOf([file]),
    ).length;
  assert.deepEqual([ask(), ask(['quickfix']), ask(['source']), ask(['source.orderKeys'])], [0, 0, 1, 1]);
});
