import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseCastLine } from '../../../runtime/pty/cast-format.ts';
import { attachViewer } from '../../../runtime/pty/viewer-stream.ts';
import { eventually } from '../../support/wait.ts';
import { PtyRig, unwrap, Viewing } from './pty-rig.ts';

const canMount = process.platform === 'linux' && process.getuid?.() === 0;
const skip = canMount ? false : 'needs root on Linux, to mount a small tmpfs';

/** A file system of one megabyte. */
class SmallDisk {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'none', folder]);
  }

  [Symbol.dispose](): void {
    execFileSync('umount', ['-l', this.folder]);
  }
}

test('a full disk stops the recording, and nothing else', { skip }, async () => {
  await using rig = await PtyRig.start();
  using disk = new SmallDisk(join(rig.folder, 'small'));
  const failures: string[] = [];
  rig.client.on('recording_failed', ({ id, file, message }) => failures.push(`${id} ${file} ${message}`));
  const file = join(rig.folder, 'text');
  writeFileSync(file, `${'x'.repeat(98)}\n`.repeat(50_000));
  const recordingFile = join(disk.folder, 'a.cast');
  const { id } = await rig.shell(`read go; cat ${file}`, { recordingFile });
  const live = new Viewing(unwrap(await attachViewer(rig.address, { id })), true);
  const stuck = unwrap(await attachViewer(rig.address, { id }));
  await live.stream.write('\n');
  await live.finished();

  assert.equal(live.exit?.code, 0);
  assert.equal(live.exit?.end, 5_000_000 + 2, 'the program printed everything');
  await eventually(() => failures.length === 1, { what: 'the failure', seen: () => failures });
  assert.match(failures[0] ?? '', new RegExp(`^${id} ${recordingFile} ENOSPC`));
  const [info] = unwrap(await rig.client.list()).sessions;
  assert.match(info?.recordingFailure ?? '', /ENOSPC/);

  // Who was too slow is told which bytes are gone, gets the rest, and the end.
  const kinds: string[] = [];
  let next = 0;
  for await (const event of stuck.events()) {
    if (event.kind === 'lost') {
      assert.equal(event.from, next);
      next = event.to;
    } else if (event.kind === 'data') {
      assert.equal(event.offset, next);
      next += event.bytes.length;
    }
    if (event.kind !== kinds.at(-1)) kinds.push(event.kind);
  }
  assert.equal(next, 5_000_002);
  assert.deepEqual(kinds, ['data', 'lost', 'data', 'exit']);
  const lines = readFileSync(recordingFile, 'utf8').split('\n');
  assert.ok(
    lines.slice(0, -1).every(line => parseCastLine(line).kind !== 'other'),
    'what was recorded is readable',
  );
});

test('raw output that no longer fits is told, and the child is not held up', { skip }, async () => {
  await using rig = await PtyRig.start();
  using disk = new SmallDisk(join(rig.folder, 'small'));
  const failures: string[] = [];
  rig.client.on('recording_failed', ({ file, message }) => failures.push(`${file} ${message}`));
  const outputFile = join(disk.folder, 'out');
  const { id } = await rig.shell('yes | head -c 5000000; echo done >&2; exit 3', {
    kind: 'pipe',
    outputFile,
  });
  const exit = await rig.exitOf(id);
  assert.equal(exit.code, 3);
  assert.ok(exit.stdoutBytes < 1_100_000);
  assert.ok(
    failures.some(text => text.startsWith(`${outputFile} ENOSPC`)),
    failures.join(),
  );
});

test('a recording that cannot be created does not keep a session from running', async () => {
  await using rig = await PtyRig.start();
  const blocked = join(rig.folder, 'file');
  writeFileSync(blocked, '');
  const { id } = await rig.shell('echo works', { recordingFile: join(blocked, 'a.cast') });
  const exit = await rig.exitOf(id);
  assert.equal(exit.code, 0);
  assert.equal((await rig.outputOf(id)).toString(), 'works\r\n');
  assert.match(unwrap(await rig.client.list()).sessions[0]?.recordingFailure ?? '', /ENOTDIR|EEXIST/);
});
