import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { PtyRig, unwrap } from './pty-rig.ts';

test('a recording hides secrets, also one that comes in two pieces, and keeps every offset', async () => {
  await using rig = await PtyRig.start();
  const spec = {
    ...rig.spec(['sh', '-c', "stty -echo; printf 'a-hunter2-b-hun'; read go; printf 'ter2-c-hunt'"]),
    mask: ['hunter2'],
  };
  unwrap(await rig.client.open(spec));
  const live = await rig.view(spec.id);
  await eventually(() => live.output.length === 15, { what: 'the first piece', seen: () => live.text });
  await live.stream.write('\n');
  await live.finished();
  assert.equal(live.text, 'a-hunter2-b-hunter2-c-hunt', 'who watches sees what the program prints');
  const recording = readFileSync(spec.recordingFile, 'utf8');
  assert.doesNotMatch(recording, /hunter2/);
  const outputs = recording
    .trim()
    .split('\n')
    .slice(1)
    .map((line): unknown[] => JSON.parse(line))
    .filter(([, kind]) => kind === 'o')
    .map(([, , text]) => text);
  assert.equal(outputs.join(''), 'a-*******-b-*******-c-hunt');
});
