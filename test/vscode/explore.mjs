// Look at the extension in a real VS Code: opens a folder with the extension as it is in dist/, runs your steps, and
// leaves pictures.
//   node test/vscode/explore.mjs FOLDER [STEPS.mjs] [--file PATH] [--floor] [--vsix] [--driver] [--untrusted] [--theme NAME]
//                                       [--shots DIR] [--size 1280x800] [--settings JSON]
// STEPS.mjs exports `async function steps({ workbench, page, server, shot })`; workbench is test/vscode/support/workbench.ts,
// shot('name') takes a picture. Build first (npm run build;
// npm run package for --vsix). PATH is inherited: put fake CLIs there.
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { openBrowser } from './support/browser.ts';
import { builtPackage } from './support/built-package.ts';
import { ensureVsCode } from './support/installation.ts';
import { VsCodeServer } from './support/vscode-server.ts';
import { Workbench } from './support/workbench.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    file: { type: 'string' },
    floor: { type: 'boolean', default: false },
    vsix: { type: 'boolean', default: false },
    driver: { type: 'boolean', default: false },
    untrusted: { type: 'boolean', default: false },
    theme: { type: 'string', default: 'Default Light Modern' },
    shots: { type: 'string', default: '/tmp/shots' },
    size: { type: 'string', default: '1280x800' },
    settings: { type: 'string', default: '{}' },
  },
});
const [folder = '.', stepsFile] = positionals;
const root = join(import.meta.dirname, '../..');
const { steps } =
  stepsFile === undefined ? { steps: undefined } : await import(pathToFileURL(resolve(stepsFile)).href);

await using server = await VsCodeServer.start({
  installation: ensureVsCode(values.floor ? 'floor' : 'latest'),
  ...(values.vsix ? { packages: [builtPackage()] } : { linked: [root] }),
  hasDriver: values.driver,
  asksForTrust: values.untrusted,
  settings: { 'workbench.colorTheme': values.theme, ...JSON.parse(values.settings) },
});
const [width, height] = values.size.split('x').map(Number);
await using browser = await openBrowser({ width, height });
const { page } = browser;
const workbench = new Workbench(page);
page.on('pageerror', error => console.error(`page: ${error.message}`));
const shot = async name => {
  const file = resolve(values.shots, `${name}.png`);
  await workbench.shot(file);
  console.log(file);
};
try {
  await workbench.open(server, {
    folder: resolve(folder),
    ...(values.file === undefined ? {} : { file: resolve(folder, values.file) }),
  });
  await steps?.({ workbench, page, server, shot });
  await shot('end');
} catch (error) {
  await shot('failed');
  console.error(error, `\n${server.log()}`);
  process.exitCode = 1;
}
