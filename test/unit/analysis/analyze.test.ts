import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';

const withUnknownAlias = JSON.stringify({ connector: '2.0', models: { primary: 'my-agent' } });

function codes(text: string, options: Partial<Parameters<typeof analyze>[1]> = {}): readonly string[] {
  return analyze(text, { fileName: 'x.connector.json', ...options }).diagnostics.map(({ code }) => code);
}

test('an error keeps the file from having a normal form', () => {
  assert.equal(analyze(withUnknownAlias, { fileName: 'x.json' }).workflow, undefined);
});

test('a warning does not keep the file from having a normal form', () => {
  const { diagnostics, workflow } = analyze('{ "models": { "primary": "claude" } }', { fileName: 'x.json' });
  assert.deepEqual(
    diagnostics.map(({ severity }) => severity),
    ['warning'],
  );
  assert.ok(workflow);
});

test('a configured adapter is a model, alone and with a model of its own', () => {
  assert.deepEqual(codes(withUnknownAlias, { adapters: ['my-agent'] }), []);
  const text = withUnknownAlias.replace('my-agent', 'my-agent/large');
  assert.deepEqual(codes(text, { adapters: ['my-agent'] }), []);
});

test('a rule can be given another severity', () => {
  const { diagnostics, workflow } = analyze('{ "models": { "primary": "claude" } }', {
    fileName: 'x.json',
    ruleSeverities: { 'missing-version': 'error' },
  });
  assert.deepEqual(
    diagnostics.map(({ severity }) => severity),
    ['error'],
  );
  assert.equal(workflow, undefined);
});

test('a rule can be switched off', () => {
  const options = { ruleSeverities: { 'missing-version': 'off' } } as const;
  assert.deepEqual(codes('{ "models": { "primary": "claude" } }', options), []);
});

test('a lowered error is shown as asked, but the file still does not run', () => {
  const text = JSON.stringify({
    connector: '2.0',
    models: { primary: 'claude' },
    session: { sandbox: 'yes' },
  });
  const { diagnostics, workflow } = analyze(text, {
    fileName: 'x.json',
    ruleSeverities: { 'wrong-type': 'hint' },
  });
  assert.deepEqual(
    diagnostics.map(({ severity }) => severity),
    ['hint'],
  );
  assert.equal(workflow, undefined);
});

test('the name of the file is the name of a workflow without one', () => {
  const text = '{ "connector": "2.0", "models": { "primary": "claude" } }';
  for (const [fileName, name] of [
    ['/a/b/review.connector.json', 'review'],
    ['C:\\a\\review.json', 'review'],
    ['/a/connector.json', 'connector'],
    ['', 'connector'],
  ] as const) {
    assert.equal(analyze(text, { fileName }).workflow?.name, name, fileName);
  }
});

test('a model that is called like something every object has is unknown', () => {
  const text = JSON.stringify({ connector: '2.0', models: { primary: 'constructor' }, toString: 1 });
  assert.deepEqual(codes(text), ['unknown-alias', 'unknown-key']);
});

test('keys called __proto__ are keys like others', () => {
  const text = '{ "connector": "2.0", "models": { "__proto__": "claude" }, "__proto__": { "name": 1 } }';
  const { diagnostics, workflow } = analyze(text, { fileName: 'x.json' });
  assert.deepEqual(
    diagnostics.map(({ code }) => code),
    ['unknown-key'],
  );
  assert.deepEqual(Object.keys(workflow?.models ?? {}), ['__proto__']);
});

test('an alias may name the CLI it is called after', () => {
  assert.deepEqual(codes('{ "connector": "2.0", "models": { "claude": "claude" } }'), []);
});

test('a byte order mark does not matter, and places count it', () => {
  const { diagnostics, workflow } = analyze('\ufeff{ "models": { "primary": "claude" } }', {
    fileName: 'x.json',
  });
  assert.deepEqual(
    diagnostics.map(({ code, range }) => [code, range.start]),
    [['missing-version', 1]],
  );
  assert.ok(workflow);
});
