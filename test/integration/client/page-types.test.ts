import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));

test('the script of the graph’s page has right types, with the types of a browser', () => {
  const checked = spawnSync(
    process.execPath,
    ['node_modules/typescript/bin/tsc', '--noEmit', '--pretty', 'false', '-p', 'client/graph/page'],
    { cwd: root, encoding: 'utf8' },
  );
  assert.equal(checked.stdout + checked.stderr, '');
  assert.equal(checked.status, 0);
});
