import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type Clock, realClock } from '../../../client/terminals/clock.ts';
import { Frames } from '../../../client/terminals/frames.ts';
import type { Speed } from '../../../client/terminals/replay-pace.ts';
import { ReplayTerminal } from '../../../client/terminals/replay-terminal.ts';
import { eventually } from '../../support/wait.ts';
import { StillClock } from '../../unit/client/terminals/still-clock.ts';
import { PtyRig, unwrap } from '../pty/pty-rig.ts';

/** The tab of a replay: all that was written into it, and what it was called and how large it was, one after the other. */
class ReplayTab implements Disposable {
  readonly terminal: ReplayTerminal;
  readonly names: string[] = [];
  readonly sizes: string[] = [];
  text = '';

  constructor(file: string, speed: Speed, clock: Clock = realClock) {
    this.terminal = new ReplayTerminal({ name: 'w1', file, speed, frames: new Frames(clock) });
    this.terminal.onDidWrite(text => {
      this.text += text;
    });
    this.terminal.onDidChangeName(name => this.names.push(name));
    this.terminal.onDidOverrideDimensions(size => this.sizes.push(`${size?.columns}x${size?.rows}`));
    this.terminal.open();
  }

  async shows(wanted: RegExp): Promise<void> {
    await eventually(() => wanted.test(this.text), { what: String(wanted), seen: () => this.text });
  }

  [Symbol.dispose](): void {
    this.terminal.close();
  }
}

const END = /── end of the recording; Enter plays it again ──/;

test('a recorded session is played with its sizes, without what it asked of its terminal, and again at Enter', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell('printf "before\\033[c\\n"; read size; stty size; echo "a → 世界"');
  const view = await rig.view(session.id);
  await view.shows('before');
  unwrap(await rig.client.resize(session.id, 50, 10));
  await view.stream.write('\r');
  await rig.exitOf(session.id);

  using tab = new ReplayTab(session.recordingFile ?? '', 'instant');
  await tab.shows(END);
  assert.match(tab.text, /before\r\n[\s\S]*10 50[\s\S]*a → 世界/);
  assert.equal(tab.text.includes('\u001b[c'), false);
  assert.equal(tab.sizes.at(-1), '50x10');
  assert.deepEqual(tab.names, ['▶ instant w1', '■ instant w1']);

  tab.terminal.handleInput('\r');
  const ends = () => tab.text.split(END).length === 3;
  await eventually(ends, { what: 'the second end', seen: () => tab.text });
  assert.equal(tab.text.match(/世界/g)?.length, 2);
});

test('space stops a replay and lets it go on, arrows change its speed, and long pauses are cut short', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'niia-replay-'));
  try {
    const file = join(folder, 'w1.cast');
    const lines = [{ version: 2, width: 80, height: 24 }, [0.1, 'o', 'one'], [600, 'o', 'two']];
    writeFileSync(file, lines.map(line => `${JSON.stringify(line)}\n`).join(''));
    const clock = new StillClock();
    using tab = new ReplayTab(file, 1, clock);
    const waits = () => eventually(() => clock.timers === 1, { what: 'a pause', seen: () => tab.text });
    await waits();
    await clock.pass(100);
    await tab.shows(/one/);
    await waits();
    tab.terminal.handleInput(' ');
    await clock.pass(60_000);
    assert.doesNotMatch(tab.text, /two/);
    tab.terminal.handleInput(' ');
    tab.terminal.handleInput('\u001b[C');
    await clock.pass(499);
    assert.doesNotMatch(tab.text, /two/, 'two seconds at most, at four times the speed');
    await clock.pass(1);
    await tab.shows(/two/);
    const ended = () => clock.pass(100).then(() => END.test(tab.text));
    await eventually(ended, { what: 'the end', seen: () => tab.text });
    assert.deepEqual(tab.names, ['▶ 1× w1', '⏸ 1× w1', '▶ 1× w1', '▶ 4× w1', '■ 4× w1']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('a replay says why it cannot be shown', async () => {
  using tab = new ReplayTab(join(tmpdir(), 'niia-no-such.cast'), 'instant');
  await tab.shows(/── The recording cannot be read: ENOENT/);
});
