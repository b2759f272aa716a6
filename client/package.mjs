// Packs what package.json's `files` lists into niia.vsix. Built first by `npm run package`; vsce needs Node 22.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createVSIX } from '@vscode/vsce';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const packagePath = join(root, 'niia.vsix');
/** Everybody who installs the extension downloads the terminals of all platforms with it. */
const maxBytes = 4_000_000;

const stage = mkdtempSync(join(tmpdir(), 'niia-package-'));
try {
  const { files, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const name of files.filter(each => existsSync(join(root, each))))
    cpSync(join(root, name), join(stage, name), { recursive: true, filter: isForUsers });
  writeFileSync(join(stage, 'package.json'), `${JSON.stringify(extensionManifest(manifest), null, 2)}\n`);
  rmSync(packagePath, { force: true });
  await createVSIX({
    cwd: stage,
    packagePath,
    // Everything is bundled, and node-pty is in dist/.
    dependencies: false,
    readmePath: 'docs/vscode.md',
    allowMissingRepository: true,
    // The page's links lead to files in the package; there is no public repository to lead to.
    rewriteRelativeLinks: false,
  });
} finally {
  rmSync(stage, { recursive: true, force: true });
}
const { size } = statSync(packagePath);
console.log(`niia.vsix: ${(size / 1e6).toFixed(2)} MB`);
if (size > maxBytes) throw new Error(`niia.vsix is larger than ${maxBytes / 1e6} MB`);

/** Most pictures are for readers of the repository, 1 MB of them; raw numbers are for those who measure. */
function isForUsers(file) {
  return (
    /images[\\/](icon\.png|run\.svg)$/.test(file) || !/docs[\\/](images[\\/].*|benchmarks\.json)$/.test(file)
  );
}

/**
 * The manifest without what only serves the sources. `type` among it: in a package of ES modules, the host of web
 * extensions loads no script called .js, and VS Code before 1.110 none called otherwise.
 */
function extensionManifest({ type, private: _, bin, scripts, dependencies, devDependencies, ...manifest }) {
  return manifest;
}
