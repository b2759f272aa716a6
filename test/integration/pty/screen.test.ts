import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { headerLine, positionLine, resizeLine, writeOutput } from '../../../runtime/pty/cast-format.ts';
import { Screens } from '../../../runtime/pty/screen.ts';
import { PtyRig, unwrap } from './pty-rig.ts';

const HEADER = headerLine({ cols: 20, rows: 5, timestamp: 0 });

function outputLine(seconds: number, bytes: Buffer): string {
  const line = Buffer.alloc(bytes.length * 6 + 100);
  return line.toString('utf8', 0, writeOutput(line, 0, seconds, bytes));
}

/** A recording written by the test, and what reads screens. */
class ScreenRig {
  readonly folder = mkdtempSync(join(tmpdir(), 'niia-screen-'));
  readonly file = join(this.folder, 'a.cast');
  readonly screens = new Screens();

  constructor() {
    writeFileSync(this.file, HEADER);
  }

  print(text: string): void {
    appendFileSync(this.file, outputLine(0, Buffer.from(text)));
  }

  async screen() {
    return unwrap(await this.screens.screen(this.file));
  }

  [Symbol.dispose](): void {
    this.screens.dispose();
    rmSync(this.folder, { recursive: true });
  }
}

test('a screen shows what a program painted, whole or in parts', async () => {
  using rig = new ScreenRig();
  rig.print('one\r\ntwo\x1b]2;a title\x07');
  const first = await rig.screen();
  assert.deepEqual([first.text, first.cols, first.rows, first.title], ['one\ntwo', 20, 5, 'a title']);
  // An escape sequence that two events share: the screen goes on where it was.
  rig.print('\x1b[');
  await rig.screen();
  rig.print('1;1HONE');
  const second = await rig.screen();
  assert.equal(second.text, 'ONE\ntwo');
  assert.equal(second.offset, 'one\r\ntwo\x1b]2;a title\x07\x1b[1;1HONE'.length);
});

test('a change of size holds from where it was recorded', async () => {
  using rig = new ScreenRig();
  rig.print('x'.repeat(15));
  appendFileSync(rig.file, resizeLine(1, { cols: 40, rows: 3 }));
  rig.print(`\r\n${'y'.repeat(30)}`);
  const { text, cols, rows } = await rig.screen();
  assert.deepEqual([cols, rows], [40, 3]);
  assert.equal(text, `${'x'.repeat(15)}\n${'y'.repeat(30)}`);
});

test('what a screen gives as escape sequences paints the same screen again', async () => {
  using rig = new ScreenRig();
  rig.print('\x1b[31mred\x1b[0m plain\r\n\x1b[?1049h\x1b[2;3Hfull screen');
  const original = await rig.screen();
  using copy = new ScreenRig();
  copy.print(original.ansi);
  assert.equal((await copy.screen()).text, original.text);
  assert.match(original.text, /full screen/);
});

test('a long recording is taken up near its end, with the size and offset that hold there', async () => {
  using rig = new ScreenRig();
  const line = `${'z'.repeat(1022)}\r\n`;
  let offset = 0;
  for (let block = 0; block < 12; block++) {
    const bytes = Buffer.from(line.repeat(1024));
    appendFileSync(rig.file, positionLine(block, offset, { cols: 30, rows: 4 }));
    for (let at = 0; at < bytes.length; at += 32_768) {
      appendFileSync(rig.file, outputLine(block, bytes.subarray(at, at + 32_768)));
    }
    offset += bytes.length;
  }
  rig.print('the end');
  const screen = await rig.screen();
  assert.deepEqual([screen.cols, screen.rows, screen.offset], [30, 4, offset + 7]);
  assert.match(screen.text, /the end$/);
});

test('a recording that is not there is a failure, and one that appears later is found', async () => {
  using rig = new ScreenRig();
  const file = join(rig.folder, 'later.cast');
  const missing = await rig.screens.screen(file);
  assert.ok(!missing.ok && missing.failure.kind === 'no_recording');
  writeFileSync(file, HEADER + outputLine(0, Buffer.from('here')));
  assert.equal(unwrap(await rig.screens.screen(file)).text, 'here');
});

test('many screens are kept within bounds and each stays right', async () => {
  using rig = new ScreenRig();
  const files = Array.from({ length: 20 }, (_, index) => join(rig.folder, `${index}.cast`));
  for (const [index, file] of files.entries()) {
    writeFileSync(file, HEADER + outputLine(0, Buffer.from(`screen ${index}`)));
  }
  for (let round = 0; round < 2; round++) {
    const texts = await Promise.all(files.map(async file => unwrap(await rig.screens.screen(file)).text));
    assert.deepEqual(
      texts,
      files.map((_, index) => `screen ${index}`),
    );
  }
});

test('the screen of a live session agrees with its output offset', async () => {
  await using rig = await PtyRig.start();
  using screens = { screens: new Screens(), [Symbol.dispose]: () => {} };
  const { id, recordingFile } = await rig.shell(String.raw`printf 'hello\033[3;5Hthere'`);
  const exit = await rig.exitOf(id);
  const screen = unwrap(await screens.screens.screen(recordingFile));
  assert.equal(screen.text, 'hello\n\n    there');
  assert.equal(screen.offset, exit.end);
  screens.screens.dispose();
});
