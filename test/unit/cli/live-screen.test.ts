import assert from 'node:assert/strict';
import { test } from 'node:test';
import headless from '@xterm/headless';
import { LiveScreen } from '../../../runtime/cli/run/live-screen.ts';
import { createStyle } from '../../../runtime/cli/style.ts';
import type { Output } from '../../../runtime/cli/terminal.ts';

/** A real terminal emulator as output, with a resize that can be triggered. */
function createEmulator(columns: number, rows: number) {
  const terminal = new headless.Terminal({ cols: columns, rows, allowProposedApi: true, convertEol: true });
  const listeners = new Set<() => void>();
  const output: Output = {
    isTerminal: true,
    canRedraw: true,
    style: createStyle(false),
    size: () => ({ columns: terminal.cols, rows: terminal.rows }),
    write: text => terminal.write(text),
    writeBytes: async bytes => terminal.write(bytes),
    onResize: listener => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const lines = async () => {
    await new Promise<void>(resolve => terminal.write('', resolve));
    const buffer = terminal.buffer.active;
    const texts = Array.from(
      { length: buffer.length },
      (_, row) => buffer.getLine(row)?.translateToString(true) ?? '',
    );
    return texts.join('\n').trimEnd().split('\n');
  };
  const resize = async (cols: number) => {
    await lines();
    terminal.resize(cols, rows);
    for (const listener of listeners) listener();
  };
  return { output, lines, resize };
}

test('what is printed stands above the block, which is redrawn below it', async () => {
  const { output, lines } = createEmulator(40, 10);
  let block: readonly string[] = ['one', 'two'];
  {
    using screen = new LiveScreen(output, () => block);
    screen.print('first message\n');
    block = ['ONE', 'two', 'three'];
    screen.print('second message\n');
    assert.deepEqual(await lines(), ['first message', 'second message', 'ONE', 'two', 'three']);
  }
  assert.deepEqual(await lines(), ['first message', 'second message']);
});

test('a block that gets shorter leaves nothing of the longer one', async () => {
  const { output, lines } = createEmulator(40, 10);
  let block: readonly string[] = ['a long first line', 'two', 'three'];
  using screen = new LiveScreen(output, () => block);
  block = ['short'];
  screen.pause();
  screen.resume();
  assert.deepEqual(await lines(), ['short']);
});

test('a narrower terminal that folds the lines shows the block once', async () => {
  const { output, lines, resize } = createEmulator(40, 10);
  const { size } = output;
  using screen = new LiveScreen(output, () => ['x'.repeat(size().columns - 1), 'end']);
  screen.print('before\n');
  await resize(20);
  assert.deepEqual(await lines(), ['before', 'x'.repeat(19), 'end']);
});

test('a block as tall as the terminal does not scroll away what is above it twice', async () => {
  const { output, lines } = createEmulator(40, 6);
  const block = ['1', '2', '3', '4', '5'];
  using screen = new LiveScreen(output, () => block);
  screen.print('hello\n');
  screen.print('world\n');
  assert.deepEqual(await lines(), ['hello', 'world', ...block]);
});
