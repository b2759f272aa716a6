/** What is to be seen on the pictures: each scene has a window of its own, on the demo. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UiRig } from '../../vscode/support/ui-rig.ts';
import type { Workbench } from '../../vscode/support/workbench.ts';

/** A scene. */
export interface Scene {
  readonly name: string;
  /** What is added to files of the demo, by path. */
  readonly additions: Readonly<Record<string, string>>;
  /** Plays in a window and takes pictures by name. */
  play(rig: UiRig, take: (picture: string) => Promise<void>): Promise<void>;
}

/** Workers wait for this file of the repository, so that they are seen at work. */
const gate = '.git/gate';
const waitForGate = 'until [ -e "$(git rev-parse --git-common-dir)/gate" ]; do sleep 0.2; done\n';

/** A file is written. */
export const writing: Scene = {
  name: 'writing',
  additions: {},
  async play(rig, take) {
    const { workbench } = rig;
    const { keyboard } = workbench.page;
    await hasLens(workbench, 'Run phase');
    await workbench.restPointer();
    await goAfter(rig, '"primary": "shell"');
    await keyboard.type(',\n"fast": "');
    await keyboard.press('Control+Space');
    await workbench.has(
      'completions',
      () => workbench.completions(),
      offers => offers.some(offer => offer.includes('codex')),
    );
    await take('editor-completion');
    await keyboard.press('Escape');
    await keyboard.type('shell');
    await goAfter(rig, '"name": "imp', 1);
    await workbench.command('Show or Focus Hover');
    await workbench.page.locator('.monaco-hover:not(.hidden) .hover-contents').first().waitFor();
    await take('editor-hover');
    await keyboard.press('Escape');
    await keyboard.press('Escape');
    await goAfter(rig, '"name": "implement",', 1);
    await keyboard.type('\n"model": "slow",\n"needs": ["reserch"],');
    await workbench.command('View: Focus Problems');
    await workbench.has(
      'problems',
      () => workbench.problems(),
      rows => rows.some(row => row.includes('reserch')),
    );
    await take('editor-diagnostics');
  },
};

/** A run is watched and reviewed. */
export const watching: Scene = {
  name: 'watching',
  additions: { 'demo/research-style.sh': waitForGate, 'demo/research-history.sh': waitForGate },
  async play(rig, take) {
    const { workbench } = rig;
    await hasLens(workbench, 'Run phase');
    await workbench.command('View: Show Connector Runs');
    await workbench.clickLens('Run', 0);
    await workbench.has(
      'three terminals',
      () => workbench.terminals(),
      tabs => tabs.length === 3,
    );
    await workbench.widenTerminalTabs(120);
    await workbench.showTerminal('tests');
    await workbench.has(
      'a worker that is done, and two at work',
      () => workbench.tree('Connector Runs'),
      rows => has(rows, /tests.*succeeded/s) && has(rows, /style.*working/s),
    );
    await workbench.has(
      'output',
      () => workbench.terminalText(),
      text => text.includes('succeeded'),
    );
    await workbench.restPointer();
    await take('watch-terminals');
    await workbench.command('connector.json: Show Graph');
    await workbench.page.locator('iframe.webview.ready').first().waitFor();
    await workbench.command('View: Toggle Panel Visibility');
    await workbench.command('View: Toggle Primary Side Bar Visibility');
    await take('graph');
    writeFileSync(join(rig.folder, gate), '');
    await hasLens(workbench, '✓');
    await workbench.command('View: Close All Editors');
    await workbench.command('View: Show Connector Runs');
    await workbench.command('connector.json: Show Changes');
    await workbench.quickInput.pick('demo');
    await workbench.page.locator('.multiDiffEntry').first().waitFor();
    await workbench.has(
      'the changed lines',
      () => workbench.texts('.multiDiffEntry .view-line'),
      lines => has(lines, /export function slugify/),
    );
    await take('review');
  },
};

/** The style check fails, as it would on a real repository. */
export const failing: Scene = {
  name: 'failing',
  additions: {
    'demo/research-style.sh': '\necho "src/titles.js:3:1 - error: no doc comment"; exit 2\n',
  },
  async play(rig, take) {
    const { workbench } = rig;
    await hasLens(workbench, 'Run phase');
    await workbench.clickLens('Run', 0);
    await hasLens(workbench, '✗');
    await workbench.command('View: Focus Problems');
    await workbench.has(
      'the problem',
      () => workbench.problems(),
      rows => has(rows, /exit code 2/),
    );
    await workbench.command('Notifications: Clear All Notifications');
    await workbench.restPointer();
    await take('problems');
  },
};

/** Puts the cursor behind a text of the saved file, with lines that were typed above it since. */
async function goAfter(rig: UiRig, text: string, addedLines = 0): Promise<void> {
  const before = rig.read('demo.connector.json').split(text)[0] ?? '';
  const lines = before.split('\n');
  await rig.workbench.goTo(lines.length + addedLines, (lines.at(-1)?.length ?? 0) + text.length + 1);
}

async function hasLens(workbench: Workbench, part: string): Promise<void> {
  await workbench.has(
    `the lens ${part}`,
    () => workbench.lenses(),
    lenses => lenses.some(text => text.includes(part)),
  );
}

function has(texts: readonly string[], pattern: RegExp): boolean {
  return texts.some(text => pattern.test(text));
}
