// Packs what package.json's `files` lists into niia.vsix. Built first by `npm run package`; vsce needs Node 22.
import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packagePath = join(root, 'niia.vsix');
/** Everybody who installs the extension downloads the terminals of all platforms with it. */
const maxBytes = 4_000_000;

rmSync(packagePath, { force: true });
await createVSIX({
  cwd: root,
  packagePath,
  // Everything is bundled, and node-pty is in dist/.
  dependencies: false,
  readmePath: 'docs/vscode.md',
  allowMissingRepository: true,
  // The page's links lead to files in the package; there is no public repository to lead to.
  rewriteRelativeLinks: false,
});
const { size } = statSync(packagePath);
console.log(`niia.vsix: ${(size / 1e6).toFixed(2)} MB`);
if (size > maxBytes) throw new Error(`niia.vsix is larger than ${maxBytes / 1e6} MB`);
