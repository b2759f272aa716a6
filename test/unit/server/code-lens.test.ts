import assert from 'node:assert/strict';
import { test } from 'node:test';
import { codeLenses, resolveCodeLens } from '../../../server/features/code-lens.ts';
import { defaultSettings } from '../../../server/settings.ts';
import type { Snapshot } from '../../../server/snapshot.ts';
import { contextOf, fileOf, short } from './navigation-rig.ts';

/** Every lens as `line: title command arguments`, resolved. */
function lenses(file: Snapshot, others: readonly Snapshot[] = []): string[] {
  const context = contextOf([file, ...others]);
  return codeLenses(file, { textDocument: file }, context).map(lens => {
    const { range, command } = lens.command ? lens : resolveCodeLens(lens, context);
    const [argument] = command?.arguments ?? [];
    const { uri: _uri, position: _position, ...rest } = argument;
    const details = rest.locations
      ? rest.locations.map(
          ({ uri, range: at }: { uri: string; range: { start: { line: number } } }) =>
            `${short(uri)}@${at.start.line}`,
        )
      : Object.values(rest);
    return `${range.start.line}: ${command?.title} ${command?.command} ${details.join(' ')}`.trimEnd();
  });
}

const text = `{
  "models": {
    "primary": "claude",
    "second": ["primary", "codex"]
  },
  "pipeline": { "phases": [
    { "name": "a b", "model": "second" },
    { "model": "second" }
  ] }
}`;

test('files and phases can be run and planned, aliases show their references', () => {
  assert.deepEqual(lenses(fileOf(text)), [
    '0: ▶ Run niia.run',
    '0: Plan niia.plan',
    '2: 1 reference niia.showReferences main.connector.json@3',
    '3: 2 references niia.showReferences main.connector.json@6 main.connector.json@7',
    '6: ▶ Run phase niia.runPhase a b',
    '6: Run from here niia.runFrom a b',
    '7: ▶ Run phase niia.runPhase phase-2',
    '7: Run from here niia.runFrom phase-2',
  ]);
});

test('an alias that stands for those who name none says of how many, and shows them', () => {
  const file = fileOf(`{
  "models": {
    "primary": "claude",
    "fallback": "codex"
  },
  "pipeline": { "phases": [
    { "workers": 3 },
    { "model": "codex", "workers": [{}, { "model": "primary" }] },
    { "workers": [
      {},
      { "model": "gemini" }
    ] },
    { "steps": [{ "binary": "npm" }] }
  ] }
}`);
  assert.deepEqual(
    lenses(file).filter(lens => lens.includes('showReferences')),
    [
      '2: 1 reference · default of 4 workers niia.showReferences main.connector.json@7 main.connector.json@6 main.connector.json@9',
      '3: 0 references · takes over for the others niia.showReferences',
    ],
  );
  const session = lenses(fileOf('{ "models": {\n "mine": "claude"\n} }'));
  assert.ok(
    session.includes('1: 0 references · default of the session niia.showReferences'),
    session.join('\n'),
  );
});

test('a file that others run says which', () => {
  const sub = fileOf('{"type":"mesh","agents":[{"id":"a","model":"claude"}]}', 'parts/sub.connector.json');
  const callers = ['b', 'c'].map(name =>
    fileOf('{"pipeline":{"phases":[\n{"connector":"parts/sub.connector.json"}]}}', `${name}.connector.json`),
  );
  assert.deepEqual(lenses(sub, callers), [
    '0: ▶ Run niia.run',
    '0: Plan niia.plan',
    '0: run by b.connector.json, c.connector.json niia.showReferences b.connector.json@1 c.connector.json@1',
  ]);
});

test('every argument survives JSON, so that any client can wire the commands', () => {
  const file = fileOf(text);
  const context = contextOf([file]);
  for (const lens of codeLenses(file, { textDocument: file }, context)) {
    const resolved = resolveCodeLens(JSON.parse(JSON.stringify(lens)), context);
    assert.deepEqual(JSON.parse(JSON.stringify(resolved)), resolved);
    const [argument] = resolved.command?.arguments ?? [];
    assert.equal(argument.uri, file.uri);
  }
});

test('a lens of a file that is gone, or that is not ours, stays as it is', () => {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  for (const data of [{ uri: 'file:///gone', alias: 'a' }, { alias: 1 }, null, 'x']) {
    const lens = { range, data };
    assert.equal(resolveCodeLens(lens, contextOf([])), lens);
  }
});

test('lenses can be turned off', () => {
  const file = fileOf(text);
  const settings = { ...defaultSettings, codeLens: false };
  assert.deepEqual(codeLenses(file, { textDocument: file }, contextOf([file], {}, { settings })), []);
});
