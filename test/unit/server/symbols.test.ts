import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DocumentSymbol, SymbolInformation } from 'vscode-languageserver';
import { symbols } from '../../../server/features/symbols.ts';
import { workspaceSymbols } from '../../../server/features/workspace-symbols.ts';
import { defaultSettings } from '../../../server/settings.ts';
import { ableClient, contextOf, fileOf, mark, short } from './navigation-rig.ts';

const text = `{
  "models": { "primary": "claude", "second": ["codex", "opus"] },
  "machines": { "gpu": { "ssh": "g" } },
  "tools": { "mcp": { "docs": { "url": "https://a.b" } } },
  "pipeline": { "phases": [
    { "name": "review", "workers": [{ "name": "a" }, { "model": "second" }] },
    { "steps": { "test": { "binary": "npm" } } }
  ] }
}`;

function render(found: readonly (DocumentSymbol | SymbolInformation)[], indent = ''): string[] {
  return found.flatMap(symbol => [
    `${indent}${symbol.name}${'detail' in symbol && symbol.detail ? ` · ${symbol.detail}` : ''}`,
    ...('children' in symbol ? render(symbol.children ?? [], `${indent}  `) : []),
  ]);
}

test('the outline says what phases do and what aliases lead to', () => {
  const file = fileOf(text);
  assert.deepEqual(render(symbols(file, { textDocument: file }, contextOf([file]))), [
    'models',
    '  primary · claude',
    '  second · codex → claude (opus)',
    'phase review · 2 workers · primary, second',
    '  a · primary',
    '  2 · second',
    'phase phase-2 · 1 step',
    '  test · npm',
    'machines',
    '  gpu',
    'MCP servers',
    '  docs',
  ]);
});

test('a dialogue of the whole file is one symbol with its participants', () => {
  const file = fileOf('{"type":"dialogue","participants":[{"id":"a","model":"claude"},{"model":"codex"}]}');
  assert.deepEqual(render(symbols(file, { textDocument: file }, contextOf([file]))), [
    'dialogue · 2 participants · claude, codex',
    '  a · claude',
    '  2 · codex',
  ]);
});

test('names are selected, whole values belong to a symbol', () => {
  const file = fileOf('{"pipeline":{"phases":[{"name":"x","model":"claude"}]}}');
  const [phase] = symbols(file, { textDocument: file }, contextOf([file]));
  assert.ok(phase && 'range' in phase);
  assert.equal(
    mark(file, [phase.range, phase.selectionRange]),
    '{"pipeline":{"phases":[«{"name":«"x"»,"model":"claude"}»]}}',
  );
});

test('where the editor shows an outline of JSON itself there is no second one', () => {
  const file = fileOf(text);
  const settings = { ...defaultSettings, schemaFeatures: false };
  assert.deepEqual(symbols(file, { textDocument: file }, contextOf([file], {}, { settings })), []);
});

test('clients without trees get a flat list with the details in the names', () => {
  const file = fileOf('{"pipeline":{"phases":[{"name":"x","model":"claude","workers":[{"name":"w"}]}]}}');
  const client = { ...ableClient, hierarchicalSymbols: false };
  const found = symbols(file, { textDocument: file }, contextOf([file], {}, { client }));
  assert.deepEqual(
    found.map(symbol => ('location' in symbol ? `${symbol.containerName ?? ''}/${symbol.name}` : 'tree')),
    ['/phase x · 1 worker · claude', 'phase x/w · claude'],
  );
});

test('workspace symbols find the names of all files by their letters', () => {
  const files = [
    fileOf(text),
    fileOf('{"name":"nightly","pipeline":{"phases":[{"name":"re-view"}]}}', 'b.connector.json'),
  ];
  const find = (query: string) =>
    workspaceSymbols({ query }, contextOf(files)).map(
      ({ name, containerName, location }) => `${short(location.uri)}: ${containerName ?? ''}/${name}`,
    );
  assert.deepEqual(find('RVW'), [
    'main.connector.json: main · 2 workers · primary, second/review',
    'b.connector.json: nightly · 1 worker/re-view',
  ]);
  assert.deepEqual(find('night'), ['b.connector.json: /nightly']);
  assert.deepEqual(find('test'), ['main.connector.json: main · phase-2/test']);
  assert.deepEqual(find('zzz'), []);
});

test('workspace symbols end after some hundred', () => {
  const phases = Array.from({ length: 700 }, (_, index) => ({ name: `p${index}` }));
  const file = fileOf(JSON.stringify({ pipeline: { phases } }));
  assert.equal(workspaceSymbols({ query: '' }, contextOf([file])).length, 500);
});

test('of very many workers the first are shown, and every phase', () => {
  const workers = Array.from({ length: 6000 }, (_, index) => ({ name: `w${index}` }));
  const phases = ['a', 'b', 'c'].map(name => ({ name, workers }));
  const file = fileOf(JSON.stringify({ pipeline: { phases } }));
  const shown = symbols(file, { textDocument: file }, contextOf([file]));
  assert.deepEqual(
    shown.map(symbol => [symbol.name, 'children' in symbol ? symbol.children?.length : undefined]),
    [
      ['phase a', 6000],
      ['phase b', 4000],
      ['phase c', 0],
    ],
  );
});
