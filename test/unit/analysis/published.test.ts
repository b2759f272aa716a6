import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { analyze } from '../../../runtime/analysis/analyze.ts';
import { renderDiagnostics } from '../../../runtime/analysis/render.ts';
import { assertGolden, assertNoStale, connectorFiles, fixtures, projectRoot } from './golden.ts';

const folder = join(fixtures, 'published');

for (const file of connectorFiles(folder)) {
  test(`the published form ${file} has no errors and the expected normal form`, () => {
    const text = readFileSync(join(folder, file), 'utf8');
    const { document, diagnostics, workflow } = analyze(text, { fileName: file });
    const errors = diagnostics.filter(diagnostic => diagnostic.severity === 'error');
    assert.equal(errors.length, 0, renderDiagnostics(document, errors));
    const golden = join(folder, file.replace(/\.json$/, '.workflow.json'));
    assertGolden(golden, `${JSON.stringify(workflow, null, 2)}\n`);
  });
}

test('no golden normal form is stale', () => {
  assertNoStale(folder, '.workflow.json');
});

const examples = join(projectRoot, 'examples');

for (const file of readdirSync(examples).filter(name => name.endsWith('connector.json'))) {
  test(`the example ${file} validates cleanly`, () => {
    const text = readFileSync(join(examples, file), 'utf8');
    const { document, diagnostics, workflow } = analyze(text, { fileName: file });
    assert.equal(renderDiagnostics(document, diagnostics), `${file}: ok\n`);
    assert.ok(workflow);
  });
}
