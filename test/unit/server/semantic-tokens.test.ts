import assert from 'node:assert/strict';
import { test } from 'node:test';
import { semanticTokens, semanticTokensLegend } from '../../../server/features/semantic-tokens.ts';
import { type Snapshot, snapshotOfFile } from '../../../server/snapshot.ts';
import { contextOf, fileOf } from './navigation-rig.ts';

/** Every token as `text:type.modifier`. */
function tokens(file: Snapshot, data: readonly number[]): string[] {
  const found: string[] = [];
  let [line, character] = [0, 0];
  for (let at = 0; at < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0, modifiers = 0] = data.slice(at, at + 5);
    line += lines;
    character = lines > 0 ? characters : character + characters;
    const { start, end } = file.positions.offsetsOf({
      start: { line, character },
      end: { line, character: character + length },
    });
    const names = semanticTokensLegend.tokenModifiers.filter((_, bit) => modifiers & (1 << bit));
    found.push(
      [`${file.text.slice(start, end)}:${semanticTokensLegend.tokenTypes[type]}`, ...names].join('.'),
    );
  }
  return found;
}

function tokensOf(text: string): string[] {
  const file = fileOf(text);
  return tokens(file, semanticTokens(file, { textDocument: file }, contextOf([file])).data);
}

test('every kind of name has its own type', () => {
  const text = `{"models":{"a":"claude"},
    "machines":{"m":{"ssh":"h"}},"tools":{"mcp":["docs"]},
    "pipeline":{"phases":[
      {"name":"x","model":"a","machine":"m","workers":[{"name":"w"}],"steps":{"s":{"binary":"b"}}}]}}`;
  assert.deepEqual(tokensOf(text), [
    'a:variable.declaration',
    'claude:enumMember',
    'm:type.declaration',
    'docs:interface',
    'x:namespace.declaration',
    'a:variable',
    'm:type',
    'w:class.declaration',
    's:function.declaration',
  ]);
});

test('placeholders are cut into their names and what is around them', () => {
  const text = '{"pipeline":{"phases":[{"name":"x"},{"prompt":"see {answers.x.1} {task}{v} {{no}"}]}}';
  assert.deepEqual(tokensOf(text), [
    'x:namespace.declaration',
    '{answers.:macro',
    'x:namespace',
    '.:macro',
    '1:class',
    '}:macro',
    '{:macro',
    'task:parameter.defaultLibrary',
    '}:macro',
    '{:macro',
    'v:parameter',
    '}:macro',
  ]);
});

test('a part of the document gets the tokens of that part', () => {
  const file = fileOf('{"models":{\n"a":"claude",\n"b":"codex"}}');
  const range = { start: { line: 2, character: 0 }, end: { line: 2, character: 3 } };
  const { data } = semanticTokens(file, { textDocument: file, range }, contextOf([file]));
  assert.deepEqual(tokens(file, data), ['b:variable.declaration']);
});

test('lengths are counted as the client counts', () => {
  const options = { encoding: 'utf-8', adapters: [], severities: {}, isMarked: true } as const;
  const file = snapshotOfFile('file:///project/a.json', '{"models":{"😀é":"claude"}}', options);
  const { data } = semanticTokens(file, { textDocument: file }, contextOf([file]));
  assert.deepEqual(data.slice(0, 3), [0, 12, 6]);
});

test('a name that is not closed at the end of its line makes no token', () => {
  assert.doesNotThrow(() => tokensOf('{"models":{"a":"claude\n,"b":"a"}}'));
});
