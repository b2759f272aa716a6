import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { PtyRig, unwrap } from './pty-rig.ts';

test('stdout and stderr of a piped child are in their files, whole, when its exit is told', async () => {
  await using rig = await PtyRig.start();
  const outputFile = join(rig.folder, 'out');
  const { id } = await rig.shell('seq 1 300000; seq 1 1000 >&2; exit 6', { kind: 'pipe', outputFile });
  const exit = await rig.exitOf(id);
  const numbers = (to: number): string => Array.from({ length: to }, (_, index) => `${index + 1}\n`).join('');
  assert.equal(readFileSync(outputFile, 'utf8'), numbers(300_000));
  assert.equal(readFileSync(`${outputFile}.err`, 'utf8'), numbers(1000));
  const { code, stdoutBytes, stderrBytes } = exit;
  assert.deepEqual([code, stdoutBytes, stderrBytes], [6, numbers(300_000).length, numbers(1000).length]);
});

test('viewers of a piped child see what is rendered, once, and the exit after the last of it', async () => {
  await using rig = await PtyRig.start();
  const { id, recordingFile } = await rig.shell('echo raw', {
    kind: 'pipe',
    outputFile: join(rig.folder, 'out'),
  });
  const viewing = await rig.view(id);
  await rig.exitOf(id);
  const render = async (text: string, sourceOffset: number, isFinal = false) => {
    return unwrap(await rig.client.render({ id, text, sourceOffset, isFinal }));
  };
  assert.deepEqual(await render('banner\r\n', 0), { applied: true, renderedTo: 0 });
  assert.deepEqual(await render('first\r\n', 100), { applied: true, renderedTo: 100 });
  // A daemon that was restarted renders from an older offset again.
  assert.deepEqual(await render('first\r\n', 100), { applied: false, renderedTo: 100 });
  assert.deepEqual(await render('older\r\n', 50), { applied: false, renderedTo: 100 });
  await viewing.shows('first');
  assert.deepEqual(viewing.events, []);
  assert.deepEqual(await render('last\r\n', 200, true), { applied: true, renderedTo: 200 });
  await viewing.finished();
  assert.equal(viewing.text, 'banner\r\nfirst\r\nlast\r\n');
  assert.equal(viewing.exit?.code, 0);
  assert.equal((await rig.outputOf(id)).toString(), viewing.text);
  assert.match(readFileSync(recordingFile, 'utf8'), /last/);
});

test('megabytes rendered at once reach recording and viewers whole', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell('true', { kind: 'pipe', outputFile: join(rig.folder, 'out') });
  const text = 'zażółć gęślą jaźń\r\n'.repeat(200_000);
  unwrap(await rig.client.render({ id, text, sourceOffset: 1, isFinal: true }));
  await rig.exitOf(id);
  assert.ok((await rig.outputOf(id)).equals(Buffer.from(text)));
});

test('only piped children are rendered, and only they have an end of input', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.open(['cat']);
  const rendered = await rig.client.render({ id, text: 'x', sourceOffset: 1 });
  assert.ok(!rendered.ok && rendered.failure.kind === 'wrong_kind');
  const ended = await rig.client.endInput(id);
  assert.ok(!ended.ok && ended.failure.kind === 'wrong_kind');
});

test('a piped child with an open input reads what is written until the input is ended', async () => {
  await using rig = await PtyRig.start();
  const outputFile = join(rig.folder, 'out');
  const { id } = await rig.open(['cat'], {
    kind: 'pipe',
    outputFile,
    stdin: 'open',
    maxInputBytes: 4_000_000,
  });
  const text = 'x'.repeat(3_000_000);
  unwrap(await rig.client.write(id, text));
  await eventually(() => readFileSync(outputFile).length === text.length, { what: 'all input echoed' });
  unwrap(await rig.client.endInput(id));
  const exit = await rig.exitOf(id);
  assert.deepEqual([exit.code, exit.stdoutBytes], [0, text.length]);
});

test('a piped child without input sees its end at once', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.open(['cat'], { kind: 'pipe', outputFile: join(rig.folder, 'out') });
  assert.equal((await rig.exitOf(id)).code, 0);
});

test('progress of raw output is told by offset', async () => {
  await using rig = await PtyRig.start();
  const seen: number[] = [];
  rig.client.on('output', ({ sessions }) => seen.push(...sessions.map(({ stdoutBytes }) => stdoutBytes)));
  const outputFile = join(rig.folder, 'out');
  const { id } = await rig.shell('echo one; read go; echo two', { kind: 'pipe', outputFile, stdin: 'open' });
  await eventually(() => seen.includes(4), { what: 'the first line', seen: () => seen });
  unwrap(await rig.client.write(id, '\n'));
  await rig.exitOf(id);
  assert.equal(seen.at(-1), 8);
});
