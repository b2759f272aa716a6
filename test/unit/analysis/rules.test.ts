import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { applyFix } from '../../../runtime/analysis/diagnostic.ts';
import { renderDiagnostics } from '../../../runtime/analysis/render.ts';
import { rules } from '../../../runtime/analysis/rules.ts';
import { renderRulesPage } from '../../../runtime/analysis/rules-page.ts';
import { assertGolden, assertNoStale, connectorFiles, fixtures, projectRoot } from './golden.ts';

const folder = join(fixtures, 'rules');
const files = connectorFiles(folder);

/** `wrong-type--root.json` is a fixture of the rule `wrong-type`. */
function codeOf(file: string): string {
  return file.replace(/\.json$/, '').replace(/--.*$/, '');
}

for (const file of files) {
  const text = readFileSync(join(folder, file), 'utf8');
  const code = codeOf(file);

  test(`${file} shows what the rule ${code} says`, () => {
    const { document, diagnostics } = analyze(text, { fileName: file });
    assert.ok(
      diagnostics.some(diagnostic => diagnostic.code === code),
      `${file} has no diagnostic of its own rule`,
    );
    assertGolden(join(folder, file.replace(/\.json$/, '.txt')), renderDiagnostics(document, diagnostics));
  });

  test(`every fix for ${file} mends what it is offered for`, () => {
    const before = analyze(text, { fileName: file }).diagnostics;
    for (const diagnostic of before) {
      for (const fix of diagnostic.fixes ?? []) {
        const after = analyze(applyFix(text, fix), { fileName: file }).diagnostics;
        const label = `"${fix.title}" for ${diagnostic.code}: ${diagnostic.message}`;
        assert.ok(count(after, diagnostic.code) < count(before, diagnostic.code), `${label} changes nothing`);
        assert.ok(count(after, 'syntax') <= count(before, 'syntax'), `${label} breaks the JSON`);
      }
    }
  });
}

test('every rule has a fixture', () => {
  const covered = new Set(files.map(codeOf));
  assert.deepEqual(
    rules.map(rule => rule.code).filter(code => !covered.has(code)),
    [],
  );
});

test('every fixture belongs to a rule', () => {
  const codes = new Set(rules.map(rule => rule.code));
  assert.deepEqual(
    files.filter(file => !codes.has(codeOf(file))),
    [],
  );
});

test('no golden file is stale', () => {
  assertNoStale(folder, '.txt');
});

test('every file in rules/ is in the registry under its own name', () => {
  const names = readdirSync(join(projectRoot, 'runtime/analysis/rules')).map(name =>
    name.replace(/\.ts$/, ''),
  );
  assert.deepEqual(rules.map(rule => rule.code).sort(), names.sort());
});

test('a rule says that it has a quick fix exactly if a fixture gets one', () => {
  const fixed = new Set(
    files.flatMap(file => {
      const { diagnostics } = analyze(readFileSync(join(folder, file), 'utf8'), { fileName: file });
      return diagnostics.flatMap(diagnostic => (diagnostic.fixes ? [diagnostic.code] : []));
    }),
  );
  for (const rule of rules) assert.equal(fixed.has(rule.code), rule.fix !== undefined, rule.code);
});

test('docs/rules.md says what the rules say', () => {
  const page = readFileSync(join(projectRoot, 'docs/rules.md'), 'utf8');
  assert.equal(page, renderRulesPage(), 'docs/rules.md is stale: run node runtime/analysis/generate.ts');
});

function count(diagnostics: readonly { readonly code: string }[], code: string): number {
  return diagnostics.filter(diagnostic => diagnostic.code === code).length;
}
