import assert from 'node:assert/strict';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { RunEvent } from '../../../runtime/engine/events.ts';
import { Journal } from '../../../runtime/engine/journal.ts';
import { describeJournalFailure } from '../../../runtime/engine/journal-text.ts';
import { fillDisk } from './full-disk.ts';

const AT = '2026-01-01T00:00:00.000Z';

let dir = '';
let file = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'niia-journal-'));
  file = join(dir, 'journal.ndjson');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('journal', () => {
  test('what was appended is read again, by writer and by reader', async () => {
    await writeNotes(3);
    const read = await Journal.read(file);
    assert.deepEqual(read, { ok: true, value: [note(1), note(2), note(3)] });
    assert.deepEqual((await reopen()).events, [note(1), note(2), note(3)]);
  });

  test('only the user may read it', { skip: process.platform === 'win32' }, async () => {
    await writeNotes(1);
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  test('a run that exists is not overwritten', async () => {
    await writeNotes(1);
    const again = await Journal.create(file);
    assert.equal(again.ok ? '' : again.failure.kind, 'io');
    assert.equal((await Journal.read(file)).ok, true);
  });

  test('many appends at once keep their order', async () => {
    const created = await Journal.create(file);
    assert.ok(created.ok);
    await using journal = created.value;
    const results = await Promise.all(Array.from({ length: 200 }, (_, i) => journal.append([note(i + 1)])));
    assert.ok(results.every(({ ok }) => ok));
    const read = await Journal.read(file);
    assert.deepEqual(
      read.ok && read.value.map(({ seq }) => seq),
      Array.from({ length: 200 }, (_, i) => i + 1),
    );
  });

  test('a last line that a crash tore, at any byte, is dropped, and writing goes on behind the line before', async () => {
    const whole = [note(1), note(2)].map(line).join('');
    const second = line(note(2)).length;
    for (let cut = 1; cut <= second; cut++) {
      await writeFile(file, whole.slice(0, whole.length - cut));
      const { events, journal } = await reopen(false);
      assert.deepEqual(events, [note(1)], `cut by ${cut}`);
      assert.deepEqual(await journal.append([note(2)]), { ok: true, value: undefined });
      await journal.close();
      assert.equal(await readFile(file, 'utf8'), whole);
    }
  });

  test('zeros that a crash of the machine left behind the last line are dropped', async () => {
    await writeNotes(1);
    await appendFile(file, Buffer.alloc(64));
    assert.deepEqual((await reopen()).events, [note(1)]);
  });

  const broken: readonly [string, string, RegExp][] = [
    ['a line that is no JSON', 'rubbish\n', /:2: the journal is damaged: .*JSON/],
    ['a line that is no event', '{"kind":"note","seq":2}\n', /:2: the journal is damaged/],
    ['a missing line', line(note(3)), /:2: the journal is damaged: event 3 stands where 2 belongs/],
    [
      'an event of a newer version',
      line({ ...note(2), kind: 'teleported' }),
      /:2: unknown event "teleported": a newer/,
    ],
  ];
  for (const [what, text, message] of broken) {
    test(`${what} in the middle is a failure that names file and line`, async () => {
      const content = line(note(1)) + text + line(note(4));
      await writeFile(file, content);
      const opened = await Journal.open(file);
      assert.match(opened.ok ? 'opened' : describeJournalFailure(opened.failure), message);
      assert.match(opened.ok ? 'opened' : describeJournalFailure(opened.failure), /journal\.ndjson:2/);
      assert.equal(await readFile(file, 'utf8'), content, 'a damaged journal was changed');
    });
  }

  test('fields of newer versions are ignored', async () => {
    await writeFile(file, line({ ...note(1), mood: 'good' }));
    assert.deepEqual((await reopen()).events, [note(1)]);
  });

  test('a missing journal is a failure', async () => {
    const opened = await Journal.open(file);
    assert.deepEqual(opened.ok ? '' : opened.failure.kind, 'io');
  });

  test('a full disk is a failure, and what was half written is gone when there is room again', async context => {
    const created = await Journal.create(file);
    assert.ok(created.ok);
    await using journal = created.value;
    await journal.append([note(1)]);
    const disk = await fillDisk(context);
    const [second, third] = await Promise.all([journal.append([note(2)]), journal.append([note(3)])]);
    assert.equal(second.ok ? '' : second.failure.kind, 'disk-full');
    assert.equal(third.ok ? '' : third.failure.kind, 'disk-full');
    disk.isFull = false;
    assert.equal((await journal.append([note(2)])).ok, true);
    assert.equal(await readFile(file, 'utf8'), line(note(1)) + line(note(2)));
  });
});

function note(seq: number): RunEvent {
  return { v: 1, seq, at: AT, kind: 'note', level: 'info', text: `naïve note ${seq} ✓` };
}

function line(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

async function writeNotes(count: number): Promise<void> {
  const created = await Journal.create(file);
  assert.ok(created.ok);
  await using journal = created.value;
  const events = Array.from({ length: count }, (_, i) => note(i + 1));
  assert.deepEqual(await journal.append(events), { ok: true, value: undefined });
}

async function reopen(isClosed = true): Promise<{ journal: Journal; events: readonly RunEvent[] }> {
  const opened = await Journal.open(file);
  assert.ok(opened.ok, opened.ok ? '' : describeJournalFailure(opened.failure));
  if (isClosed) await opened.value.journal.close();
  return opened.value;
}
