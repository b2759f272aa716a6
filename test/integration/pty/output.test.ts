import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCastLine } from '../../../runtime/pty/cast-format.ts';
import { readExitRecord } from '../../../runtime/pty/exit-record.ts';
import { attachViewer } from '../../../runtime/pty/viewer-stream.ts';
import { eventually } from '../../support/wait.ts';
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

test('a viewer that pauses loses nothing and holds nobody up', async () => {
  await using rig = await PtyRig.start();
  const file = join(rig.folder, 'text');
  // 8 MB: more than all buffers between the program and a viewer that does not read.
  writeFileSync(file, `${'0123456789'.repeat(8)}\n`.repeat(100_000));
  const { id } = await rig.shell(`read go; cat ${file}`);
  const paused = unwrap(await attachViewer(rig.address, { id }));
  const events = paused.events();
  const lively = await rig.view(id);
  await lively.stream.write('go\n');
  await lively.finished();
  assert.equal(lively.exit?.code, 0);

  const pieces: Buffer[] = [];
  for await (const event of events) {
    assert.notEqual(event.kind, 'lost');
    if (event.kind === 'data') pieces.push(Buffer.from(event.bytes));
  }
  assert.ok(Buffer.concat(pieces).equals(lively.output), 'the paused viewer has seen the same bytes');
  assert.equal(lively.output.length, lively.exit?.end);
});

test('who attaches late sees byte for byte what was seen live, also what is no text', async () => {
  await using rig = await PtyRig.start();
  const file = join(rig.folder, 'bytes');
  // Every byte value, valid UTF-8 of every length, and invalid sequences across any chunk border.
  const every = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
  const block = Buffer.concat([every, Buffer.from('zażółć 漢字 🙂 '), Buffer.from([0xe2, 0x82]), every]);
  writeFileSync(file, Buffer.concat(Array.from({ length: 2000 }, () => block)));
  const { id } = await rig.shell(`stty raw; cat ${file}`);
  const early = await rig.view(id);
  await early.finished();
  const late = await rig.outputOf(id);
  assert.ok(late.equals(early.output), 'late and early attach agree');
  assert.ok(late.equals(readFileSync(file)), 'and both are what the program printed');
});

test('attaching in the middle gives the rest, from exactly that byte', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell('seq 1 200000');
  await rig.exitOf(id);
  const all = await rig.outputOf(id);
  for (const from of [1, 262_144, 262_145, 700_001, all.length - 1, all.length]) {
    const viewing = await rig.view(id, { from });
    await viewing.finished();
    assert.ok(viewing.output.equals(all.subarray(from)), `from ${from}`);
  }
});

test('a character split over two writes arrives whole in the recording', async () => {
  await using rig = await PtyRig.start();
  const { id, recordingFile } = await rig.shell(String.raw`printf 'a\342\202'; read go; printf '\254b'`);
  const viewing = await rig.view(id);
  await eventually(() => viewing.output.length === 3, { what: 'the first half', seen: () => viewing.text });
  await viewing.stream.write('\n');
  await viewing.finished();
  assert.equal(viewing.text, 'a\u20ac\r\nb'.replace('\u20ac\r\n', '\ufffd\r\n\ufffd'));
  const recorded = readFileSync(recordingFile, 'utf8');
  // The terminal's echo came between: the halves stay as they are, and exact.
  assert.match(recorded, /"b","/);
  const whole = await rig.shell(String.raw`printf 'a\342'; printf '\202'; printf '\254b'`);
  await rig.exitOf(whole.id);
  assert.match(readFileSync(whole.recordingFile, 'utf8'), /"o","a€b"/);
});

test('the recording is asciicast v2 and holds output and sizes', async () => {
  await using rig = await PtyRig.start();
  const { id, recordingFile } = await rig.shell('echo one; read go; echo two', { title: 'a title' });
  const viewing = await rig.view(id);
  await viewing.shows('one');
  viewing.stream.resize(100, 30);
  await viewing.stream.write('\n');
  await viewing.finished();
  const [head = '', ...lines] = readFileSync(recordingFile, 'utf8').trimEnd().split('\n');
  const header: unknown = JSON.parse(head);
  assert.ok(typeof header === 'object' && header !== null && 'timestamp' in header);
  const { timestamp, ...rest } = header;
  assert.ok(Number.isInteger(timestamp));
  assert.deepEqual(rest, { version: 2, width: 80, height: 24, title: 'a title' });
  const events = lines.map(line => JSON.parse(line) as [number, string, string]);
  const times = events.map(([time]) => time);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.deepEqual([...new Set(events.map(([, code]) => code))], ['o', 'r']);
  assert.ok(events.some(([, code, data]) => code === 'r' && data === '100x30'));
  const output = events.filter(([, code]) => code === 'o').map(([, , data]) => data);
  assert.equal(output.join(''), viewing.text);
  assert.equal(parseCastLine(head).kind, 'header');
});

test('an existing recording is moved aside, never overwritten', async () => {
  await using rig = await PtyRig.start();
  const recordingFile = join(rig.folder, 'kept.cast');
  writeFileSync(recordingFile, 'precious');
  const { id } = await rig.shell('echo new', { recordingFile });
  await rig.exitOf(id);
  assert.equal(readFileSync(`${recordingFile}.1`, 'utf8'), 'precious');
  assert.match(readFileSync(recordingFile, 'utf8'), /new/);
});

test('the daemon reads any stretch of output by offset', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell('seq 1 100000');
  const exit = await rig.exitOf(id);
  const all = await rig.outputOf(id);
  const pieces: Buffer[] = [];
  for (let from = 0; from < exit.end; ) {
    const piece = unwrap(await rig.client.read({ id, from, maxBytes: 100_000 }));
    assert.equal(piece.end, exit.end);
    const bytes = Buffer.from(piece.base64, 'base64');
    assert.ok(bytes.length > 0 && bytes.length <= 100_000);
    pieces.push(bytes);
    from += bytes.length;
  }
  assert.ok(Buffer.concat(pieces).equals(all));
  assert.equal(unwrap(await rig.client.read({ id, from: exit.end, maxBytes: 10 })).base64, '');
});

test('the exit stands beside the recording for those who come after the host', async () => {
  await using rig = await PtyRig.start();
  const { id, recordingFile } = await rig.shell('exit 3');
  const exit = await rig.exitOf(id);
  assert.deepEqual(await readExitRecord(recordingFile), exit);
  assert.equal(await readExitRecord(join(rig.folder, 'none.cast')), null);
});
