/** What is to be seen on the pictures: each scene has a window of its own, on the demo. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { UiRig } from '../../vscode/support/ui-rig.ts';
import type { Workbench } from '../../vscode/support/workbench.ts';

/** Plays in a window and takes pictures by name. */
export type Scene = (rig: UiRig, take: (picture: string) => Promise<void>) => Promise<void>;

/** All scenes. */
export const scenes: readonly Scene[] = [writing, watching, failing];

async function writing(rig: UiRig, take: (picture: string) => Promise<void>): Promise<void> {
  const { workbench } = rig;
  const { keyboard } = workbench.page;
  await hasLens(workbench, 'Run phase');
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
  await goAfter(rig, '"name": "res', 1);
  await workbench.command('Rename Symbol');
  await workbench.page.locator('.rename-box:visible').first().waitFor();
  await take('editor-rename');
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
}

async function watching(rig: UiRig, take: (picture: string) => Promise<void>): Promise<void> {
  const { workbench } = rig;
  await hasLens(workbench, 'Run phase');
  await workbench.clickLens('Run', 0);
  await workbench.has(
    'three terminals',
    () => workbench.terminals(),
    tabs => tabs.length >= 3,
  );
  await workbench.showTerminal('research/');
  await workbench.command('View: Show Connector Runs');
  await workbench.has(
    'output',
    () => workbench.terminalText(),
    text => text.trim().length > 20,
  );
  await take('watch-terminals');
  await hasLens(workbench, '✓');
  await workbench.command('View: Toggle Panel Visibility');
  await take('runs-tree');
  await workbench.command('connector.json: Show Graph');
  await workbench.page.locator('iframe.webview.ready').first().waitFor();
  await workbench.command('View: Toggle Primary Side Bar Visibility');
  await take('graph');
  await workbench.command('connector.json: Show Changes');
  await workbench.quickInput.pick('demo');
  await workbench.page.locator('.multiDiffEntry').first().waitFor();
  await take('review');
}

/** The style check fails, as it would on a real repository. */
async function failing(rig: UiRig, take: (picture: string) => Promise<void>): Promise<void> {
  const { workbench } = rig;
  const script = join(rig.folder, 'demo/research-style.sh');
  writeFileSync(
    script,
    `${readFileSync(script, 'utf8')}\necho "src/titles.js:3:1 - error: no tests"; exit 2\n`,
  );
  await hasLens(workbench, 'Run phase');
  await workbench.clickLens('Run', 0);
  await hasLens(workbench, '✗');
  await workbench.command('View: Focus Problems');
  await workbench.has(
    'the problem',
    () => workbench.problems(),
    rows => rows.some(row => row.includes('exit code 2')),
  );
  await take('problems');
}

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
