import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { renderProgramHelp, renderVerbHelp } from '../../../runtime/cli/help.ts';
import { createStyle } from '../../../runtime/cli/style.ts';
import { verbTable } from '../../../runtime/cli/verb-table.ts';

const docs = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
const plain = createStyle(false);

test('the help lists every verb and fits on a terminal', () => {
  const help = renderProgramHelp(plain);
  for (const { name } of verbTable) assert.match(help, new RegExp(`^ {2}${name} `, 'm'));
  for (const line of help.split('\n')) assert.ok(line.length <= 100, line);
});

for (const entry of verbTable) {
  test(`niia ${entry.name} is documented with all its options, in its own help and in docs/cli.md`, async () => {
    const { spec } = (await entry.load()).verb;
    assert.equal(spec.name, entry.name);
    const help = renderVerbHelp(spec, plain);
    assert.ok(docs.includes(`### \`niia ${entry.name}`), 'no section in docs/cli.md');
    for (const name of Object.keys(spec.options)) {
      assert.ok(help.includes(`--${name}`));
      assert.ok(docs.includes(`--${name}`), `--${name} is missing in docs/cli.md`);
    }
    for (const line of help.split('\n')) assert.ok(line.length <= 125, line);
  });
}
