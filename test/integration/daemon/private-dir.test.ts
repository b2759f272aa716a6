import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensurePrivateDir, makeFolders } from '../../../runtime/daemon/private-dir.ts';

test('folders are made for the user alone, with those above them', async t => {
  const root = mkdtempSync(join(tmpdir(), 'niia-dir-'));
  t.after(() => rmSync(root, { recursive: true }));
  const dir = join(root, 'a', 'b', 'c');
  await Promise.all([makeFolders(dir), makeFolders(dir)]);
  await makeFolders(dir);
  for (const made of [dir, join(root, 'a')]) assert.equal(statSync(made).mode & 0o777, 0o700);
  writeFileSync(join(root, 'file'), '');
  await assert.rejects(makeFolders(join(root, 'file')));
  await assert.rejects(makeFolders(join(root, 'file', 'below')));
});

test('a place where no folder can be made is refused, not tried for ever', {
  skip: process.platform !== 'linux',
}, async () => {
  const refused = await ensurePrivateDir('/proc/niia/state');
  assert.deepEqual(refused, {
    ok: false,
    failure: '"/proc/niia/state" cannot be used: no folder can be made there',
  });
});
