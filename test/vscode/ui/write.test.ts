import assert from 'node:assert/strict';
import { uiTest } from '../support/ui-rig.ts';
import type { Workbench } from '../support/workbench.ts';

uiTest(
  'a file is written from nothing with completions, and F12 leads from an alias to its definition',
  { files: { 'connector.json': '' }, file: 'connector.json' },
  async rig => {
    const { workbench } = rig;
    const { keyboard } = workbench.page;
    await workbench.focusEditor();

    await complete(workbench, 'pipeline');
    await keyboard.type('team');
    await keyboard.press('Tab');
    await keyboard.type('shell');
    await keyboard.press('Escape');
    await hasLine(workbench, /"primary": "shell"/);

    // A second alias, whose route is completed.
    await workbench.goTo(5, 27);
    await keyboard.type(',\n"writer": "cod');
    await complete(workbench, 'codex');
    await hasLine(workbench, /"writer": "codex"/);

    // The phase takes it, by its name.
    await workbench.goTo(12, 29);
    await keyboard.type(',\n"model": "wr');
    await complete(workbench, 'writer');
    await hasLine(workbench, /"model": "writer"/);
    await keyboard.press('Control+s');
    const text = await workbench.has(
      'the saved file',
      async () => rig.read('connector.json'),
      saved => saved !== '',
    );
    assert.deepEqual(JSON.parse(text), {
      connector: '2.0',
      name: 'team',
      models: { primary: 'shell', writer: 'codex' },
      pipeline: { phases: [{ name: 'work', prompt: '', model: 'writer' }] },
    });

    await workbench.goTo(13, 30);
    await keyboard.press('F12');
    await workbench.has(
      'the cursor on the definition',
      () => workbench.statusBar(),
      items => items.some(item => item.startsWith('Ln 6, ')),
    );
  },
);

/** Asks for completions until there is the wanted one, goes there, and takes it. */
async function complete(workbench: Workbench, label: string): Promise<void> {
  const { keyboard } = workbench.page;
  // A list that was made before VS Code had our schema is made again.
  const offers = async () => {
    const shown = await workbench.completions();
    if (shown.some(isWanted)) return shown;
    await keyboard.press(shown.length === 0 ? 'Control+Space' : 'Escape');
    await workbench.hasCompletions(shown.length === 0);
    return shown;
  };
  const isWanted = (offer: string) => offer.startsWith(label);
  await workbench.has(`the completion ${label}`, offers, shown => shown.some(isWanted));
  const selected = async () => {
    const [offer] = await workbench.texts('.suggest-widget.visible .monaco-list-row.focused');
    if (offer?.startsWith(label) === false) await keyboard.press('ArrowDown');
    return offer;
  };
  await workbench.has(`${label} selected`, selected, offer => offer?.startsWith(label) === true);
  await keyboard.press('Enter');
  await workbench.has(
    'no more offers',
    () => workbench.completions(),
    shown => shown.length === 0,
  );
}

async function hasLine(workbench: Workbench, line: RegExp): Promise<void> {
  await workbench.has(
    `the line ${line}`,
    () => workbench.editorLines(),
    lines => lines.some(each => line.test(each)),
  );
}
