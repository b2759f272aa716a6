/**
 * The second part of `npm run pictures`: the pictures of VS Code in docs/images, from the packed extension in a real
 * window, and the icon. `npm run pictures -- --look DIR` takes those of the dark and the high contrast themes, too.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from '../../vscode/support/browser.ts';
import { UiRig } from '../../vscode/support/ui-rig.ts';
import { scenes } from './scenes.ts';

const root = join(import.meta.dirname, '../../..');
const images = join(root, 'docs/images');
const { values } = parseArgs({ options: { look: { type: 'string' } }, strict: false });

/** The theme of the README, and those to look at. */
const themes = [
  { name: 'Default Light Modern', folder: images },
  ...(typeof values.look === 'string'
    ? ['Default Dark Modern', 'Default High Contrast', 'Default High Contrast Light'].map(name => ({
        name,
        folder: join(String(values.look), name.replaceAll(' ', '-').toLowerCase()),
      }))
    : []),
];

await drawIcon();
for (const { name, folder } of themes) {
  for (const scene of scenes) {
    await using rig = await UiRig.open('latest', {
      files: demoFiles(),
      file: 'demo.connector.json',
      size: { width: 1200, height: 760 },
      settings: {
        'workbench.colorTheme': name,
        'editor.minimap.enabled': false,
        'window.commandCenter': false,
        'workbench.layoutControl.enabled': false,
        'terminal.integrated.tabs.location': 'left',
      },
    });
    try {
      await scene(rig, picture => rig.workbench.shot(join(folder, `${picture}.png`)));
    } catch (error) {
      console.error(await rig.explain(scene.name), error);
      process.exitCode = 1;
    }
  }
}

/** The demo's repository, as `npm run demo` makes it. */
function demoFiles(): Readonly<Record<string, string>> {
  const place = mkdtempSync(join(tmpdir(), 'pictures-'));
  try {
    const examples = join(root, 'examples');
    cpSync(join(examples, 'demo/project'), place, { recursive: true });
    cpSync(join(examples, 'demo.connector.json'), join(place, 'demo.connector.json'));
    const isScript = (file: string) => !relative(join(examples, 'demo'), file).startsWith('project');
    cpSync(join(examples, 'demo'), join(place, 'demo'), { recursive: true, filter: isScript });
    const files = readdirSync(place, { recursive: true, encoding: 'utf8' }).filter(file =>
      statSync(join(place, file)).isFile(),
    );
    return Object.fromEntries(files.map(file => [file, readFileSync(join(place, file), 'utf8')]));
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** icon.png, which marketplaces show, from icon.svg. */
async function drawIcon(): Promise<void> {
  await using browser = await openBrowser({ width: 256, height: 256 });
  const svg = readFileSync(join(images, 'icon.svg'), 'utf8');
  await browser.page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg}`);
  await browser.page.screenshot({ path: join(images, 'icon.png'), omitBackground: true });
}
