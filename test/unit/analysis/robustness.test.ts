import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Analysis, analyze } from '../../../runtime/analysis/analyze.ts';
import { applyFix } from '../../../runtime/analysis/diagnostic.ts';
import { renderDiagnostics } from '../../../runtime/analysis/render.ts';
import { connectorFiles, fixtures } from './golden.ts';

/** A fixed seed keeps the lane repeatable; `FUZZ_RUNS` and `FUZZ_SEED` make it longer and different. */
const parameters = {
  seed: Number(process.env.FUZZ_SEED ?? 20),
  numRuns: Number(process.env.FUZZ_RUNS ?? 150),
};

const seeds = ['published', 'rules'].flatMap(folder =>
  connectorFiles(join(fixtures, folder))
    .map(name => readFileSync(join(fixtures, folder, name), 'utf8'))
    .filter(text => text.length < 20_000),
);

/** What holds for every text whatsoever. */
function assertSound(text: string): Analysis {
  const analysis = analyze(text, { fileName: 'x.connector.json' });
  const { document, diagnostics, workflow } = analysis;
  for (const { range, message, code } of diagnostics) {
    assert.ok(0 <= range.start && range.start <= range.end && range.end <= text.length, `${code} is outside`);
    assert.ok(message.length < 2000, `${code} is endless`);
  }
  assert.equal(
    workflow === undefined,
    diagnostics.some(({ severity }) => severity === 'error'),
  );
  assert.doesNotMatch(renderDiagnostics(document, diagnostics), /[\u0000-\u0009\u000b-\u001f]/);
  return analysis;
}

const edit = fc.record({
  at: fc.nat(),
  removed: fc.nat(30),
  inserted: fc.oneof(
    fc.string({ maxLength: 12, unit: 'binary' }),
    fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      '\u001b[31m',
      'null',
      '-1',
      '1e999',
      '"claude"',
      '{answers.x}',
      '//',
      '/*',
    ),
    fc.jsonValue({ maxDepth: 2 }).map(value => JSON.stringify(value)),
  ),
});

test('no edit of a fixture makes the analysis throw or contradict itself', () => {
  const edits = fc.array(edit, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.constantFrom(...seeds), edits, (seed, changes) => {
      const text = changes.reduce((result, { at, removed, inserted }) => {
        const start = at % (result.length + 1);
        return result.slice(0, start) + inserted + result.slice(start + removed);
      }, seed);
      assertSound(text);
    }),
    parameters,
  );
});

test('no JSON value makes the analysis throw or contradict itself', () => {
  const keys = [
    'connector',
    'models',
    'pipeline',
    'phases',
    'workers',
    'session',
    'steps',
    'type',
    'agents',
    'output',
    'prompt',
  ];
  const { value } = fc.letrec(tie => ({
    value: fc.oneof(
      { depthSize: 'large', withCrossShrink: true },
      fc.constantFrom<unknown>(null, true, 0, 3, 'dialogue', 'mesh', 'claude', '{answers.a}', 'exit:1'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('value'), { maxKeys: 5 }),
    ),
  }));
  fc.assert(
    fc.property(value, json => {
      assertSound(JSON.stringify(json));
    }),
    parameters,
  );
});

test('applying any fix of any edited fixture keeps the analysis sound', () => {
  fc.assert(
    fc.property(fc.constantFrom(...seeds), edit, fc.nat(), (seed, { at, inserted }, choice) => {
      const start = at % (seed.length + 1);
      const text = seed.slice(0, start) + inserted + seed.slice(start);
      const fixes = assertSound(text).diagnostics.flatMap(diagnostic => diagnostic.fixes ?? []);
      const fix = fixes[choice % Math.max(1, fixes.length)];
      if (fix) assertSound(applyFix(text, fix));
    }),
    parameters,
  );
});

/** Texts that are hard to read for their size alone. */
const monsters: Readonly<Record<string, () => string>> = {
  '10,000 levels of lists': () => '['.repeat(10_000) + ']'.repeat(10_000),
  '10,000 levels of objects, unclosed': () => '{"a":'.repeat(10_000),
  '10,000 lists that are closed as objects': () => '[}'.repeat(10_000),
  '10,000 objects that are closed as lists': () => '{"a":['.repeat(10_000) + '}'.repeat(10_000),
  '10,000 levels of fallbacks': () =>
    `{"models":{"a":${'{"model":"claude","fallback":'.repeat(10_000)}"codex"${'}'.repeat(10_000)}}}`,
  '1 MB of phases': () =>
    `{"models":{"primary":"claude"},"task":"x","pipeline":{"phases":[${'{"workers":1000},'.repeat(55_000)}{}]}}`,
  '1 MB of workers': () =>
    `{"connector":"2.0","task":"x","pipeline":{"phases":[{"workers":[${'{"model":"claude"},'.repeat(48_000)}{}]}]}}`,
  '1 MB of unknown keys': () =>
    `{${Array.from({ length: 80_000 }, (_, index) => `"k${index}":0`).join(',')}}`,
  '1 MB of one duplicate key': () => `{${'"name":"x",'.repeat(80_000)}"name":"y"}`,
  '1 MB of aliases in a chain': () =>
    `{"models":{${Array.from({ length: 50_000 }, (_, index) => `"a${index}":"a${index + 1}"`).join(',')}}}`,
  '1 MB of comments': () => `{${'/**/\n'.repeat(190_000)}}`,
  '1 MB of commas': () => ','.repeat(990_000),
  '1 MB of one string': () => `{"connector":"2.0","name":"${'x'.repeat(950_000)}"}`,
  '1 MB of placeholders': () =>
    `{"connector":"2.0","models":{"primary":"claude"},"pipeline":{"phases":[{"prompt":"${'{answers.x} {y}'.repeat(60_000)}"}]}}`,
  '1 MB of placeholders between escapes': () =>
    `{"connector":"2.0","models":{"primary":"claude"},"pipeline":{"phases":[{"prompt":"${'\\n{x}'.repeat(190_000)}"}]}}`,
  '5 MB': () => `{${' '.repeat(5_000_000)}}`,
};

for (const [name, text] of Object.entries(monsters)) {
  test(`${name} get an answer`, () => {
    const { diagnostics } = assertSound(text());
    assert.ok(diagnostics.length > 0 && diagnostics.length < 2000, `${diagnostics.length} diagnostics`);
  });
}
