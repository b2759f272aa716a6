import assert from 'node:assert/strict';
import { join } from 'node:path';
import { uiTest } from '../support/ui-rig.ts';

/** Says where it works, waits for a word on its terminal, and leaves the word in a file. */
const worker = (name: string) => ({
  name,
  prompt: `echo "${name} works in $(basename "$PWD")"; read -r word; echo "$word" > ${name}.txt; echo "${name} wrote $word"`,
});

const connector = {
  connector: '2.1',
  name: 'watch',
  task: 'Write a word each.',
  models: { primary: 'shell' },
  pipeline: { phases: [{ name: 'write', workers: ['red', 'green', 'blue'].map(worker) }] },
};

uiTest(
  'a phase that is run from its lens has three workers in three terminal tabs in three worktrees, which outlive the window, and its work is merged',
  { files: { 'connector.json': JSON.stringify(connector, null, 2) }, file: 'connector.json' },
  async rig => {
    const { workbench, folder, server } = rig;
    await workbench.has(
      'the lenses',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.includes('Run phase')),
    );
    await workbench.clickLens('Run phase');

    const hasTabs = (tabs: readonly string[], ...names: readonly string[]) =>
      names.every(name => tabs.some(tab => tab.startsWith(`${name} `)));
    await workbench.has(
      'three terminals',
      () => workbench.terminals(),
      tabs => tabs.length === 3 && hasTabs(tabs, 'red', 'green', 'blue'),
    );
    for (const name of ['red', 'green', 'blue']) {
      await workbench.showTerminal(name);
      const text = `${name} works in watch-write-${name}`;
      await workbench.has(
        text,
        () => workbench.terminalText(),
        shown => shown.includes(text),
      );
    }
    assert.equal(rig.git('worktree', 'list').split('\n').length, 4);

    await workbench.showTerminal('red');
    await workbench.typeIntoTerminal('taken over\n');
    await workbench.has(
      'what was typed',
      () => workbench.terminalText(),
      text => text.includes('red wrote taken over'),
    );

    // The window goes; the workers stay, and are found again with all they have said.
    await workbench.open(server, { folder, file: join(folder, 'connector.json') });
    await workbench.has(
      'the run that goes on',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.startsWith('◌')),
    );
    // Whether the panel is still open is VS Code's affair: it keeps that when it finds the time.
    await workbench.command('Terminal: Focus on Terminal View');
    await workbench.has(
      'the terminals after a reload',
      () => workbench.terminals(),
      tabs => hasTabs(tabs, 'green', 'blue'),
    );
    for (const name of ['green', 'blue']) {
      await workbench.showTerminal(name);
      const text = `${name} works in watch-write-${name}`;
      await workbench.has(
        text,
        () => workbench.terminalText(),
        shown => shown.includes(text),
      );
      await workbench.typeIntoTerminal(`${name} after the reload\n`);
    }
    await workbench.has(
      'the lens of success',
      () => workbench.lenses(),
      lenses => lenses.some(text => text.startsWith('✓')),
    );

    await workbench.command('connector.json: Merge Into Your Branch');
    await workbench.quickInput.pick('watch');
    await workbench.button(/^Merge/);
    await workbench.has(
      'the merged work',
      async () => rig.git('ls-files'),
      files => files.includes('blue.txt'),
    );
    assert.equal(rig.read('red.txt'), 'taken over\n');
    assert.equal(rig.read('green.txt'), 'green after the reload\n');
  },
);
