import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PtyRig, unwrap } from './pty-rig.ts';

test('no byte is lost when 200 programs print 20 KB each and exit at once', async () => {
  await using rig = await PtyRig.start();
  const file = join(rig.folder, 'text');
  const line = `${'x'.repeat(62)}\n`;
  writeFileSync(file, line.repeat(320));
  const expected = line.replace('\n', '\r\n').repeat(320);
  const specs = Array.from({ length: 200 }, () => rig.spec(['cat', file]));
  await Promise.all(specs.map(async spec => unwrap(await rig.client.open(spec))));
  for (const { id } of specs) {
    const exit = await rig.exitOf(id);
    assert.deepEqual([exit.code, exit.signal, exit.end, exit.leftovers], [0, null, expected.length, 0]);
    assert.equal((await rig.outputOf(id)).toString(), expected);
  }
});
