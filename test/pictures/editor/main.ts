/**
 * The second part of `npm run pictures`: the pictures of VS Code in docs/images, from the packed extension in a real
 * window, and the icon. `npm run pictures -- --look DIR` takes some to look at only: in more themes, and in German.
 */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from '../../vscode/support/browser.ts';
import { UiRig } from '../../vscode/support/ui-rig.ts';
import { failing, type Scene, watching, writing } from './scenes.ts';

const root = join(import.meta.dirname, '../../..');
const images = join(root, 'docs/images');
const { values } = parseArgs({ options: { look: { type: 'string' } }, strict: false });

/** How pictures are taken: of which scenes, how the window looks, and where they go. */
interface Album {
  readonly folder: string;
  readonly theme: string;
  readonly scenes: readonly Scene[];
  readonly locale?: string;
}

const published: readonly Album[] = [
  { folder: images, theme: 'Default Light Modern', scenes: [writing, watching, failing] },
  { folder: join(images, 'dark'), theme: 'Default Dark Modern', scenes: [watching, failing] },
  { folder: join(images, 'high-contrast'), theme: 'Default High Contrast', scenes: [watching] },
];

function albumsToLookAt(folder: string): readonly Album[] {
  const scenes = [writing, watching, failing];
  const album = (name: string, theme: string) => ({ folder: join(folder, name), theme, scenes });
  return [
    { ...album('german', 'Default Light Modern'), locale: 'de' },
    album('high-contrast', 'Default High Contrast'),
    album('high-contrast-light', 'Default High Contrast Light'),
  ];
}

const albums = typeof values.look === 'string' ? albumsToLookAt(values.look) : published;
if (albums === published) await drawIcon();
for (const album of albums) for (const scene of album.scenes) await takePictures(album, scene);

async function takePictures({ folder, theme, locale }: Album, scene: Scene): Promise<void> {
  await using rig = await UiRig.open('latest', {
    files: demoFiles(scene.additions),
    file: 'demo.connector.json',
    size: { width: 1200, height: 760 },
    ...(locale !== undefined && { locale }),
    settings: {
      'workbench.colorTheme': theme,
      'editor.minimap.enabled': false,
      'window.commandCenter': false,
      'workbench.layoutControl.enabled': false,
      'terminal.integrated.tabs.location': 'left',
    },
  });
  try {
    await scene.play(rig, picture => rig.workbench.shot(join(folder, `${picture}.png`)));
  } catch (error) {
    console.error(await rig.explain(scene.name), error);
    process.exitCode = 1;
  }
}

/** The demo's repository, as `npm run demo` makes it, with what a scene adds to its files. */
function demoFiles(additions: Scene['additions']): Readonly<Record<string, string>> {
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
    const read = (file: string) => `${readFileSync(join(place, file), 'utf8')}${additions[file] ?? ''}`;
    return Object.fromEntries(files.map(file => [file, read(file)]));
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
