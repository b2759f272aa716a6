// Builds dist/: the command line, the daemon, the PTY host, the language server and the extension, with node-pty beside
// them, so that the folder runs from anywhere.  node esbuild.mjs [--dev] [--watch]
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, 'dist');
const isDev = process.argv.includes('--dev');
const isWatching = process.argv.includes('--watch');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

/** CommonJS packages inside an ES module call `require` for Node's own modules. */
const requireForBundledPackages =
  "import{createRequire as niiaRequire}from'node:module';const require=niiaRequire(import.meta.url);";

const shared = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  minify: !isDev,
  keepNames: false,
  sourcemap: isDev,
  outdir: 'dist',
  external: ['node-pty', 'vscode'],
  define: { NIIA_VERSION: JSON.stringify(version) },
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
};

/** A program, as one ES module: also its lazy imports, because an upgrade may replace dist/ under a running daemon. */
const program = {
  ...shared,
  format: 'esm',
  banner: { js: requireForBundledPackages },
  // ESM first: vscode-jsonrpc and jsonc-parser ship UMD as `main`, which a bundler cannot see through.
  mainFields: ['module', 'main'],
  // Their ES modules have other exports than what Node takes when the sources run.
  alias: {
    '@xterm/addon-serialize': '@xterm/addon-serialize/lib/addon-serialize.js',
    '@xterm/headless': '@xterm/headless/lib-headless/xterm-headless.js',
  },
};

/** One module per verb; the program itself knows them only as files that it loads when they are asked for. */
const verbs = readdirSync(join(root, 'runtime/cli/verbs')).map(file => basename(file, '.ts'));
const verbEntry = verb => [`cli/${verb}`, `runtime/cli/verbs/${verb}.ts`];

/** Leaves an import to a file that is built beside the importing one. */
const asFile = (filter, file) => ({
  name: `as-file ${filter}`,
  setup({ onResolve }) {
    onResolve({ filter }, ({ path }) => ({ path: path.replace(filter, file), external: true }));
  },
});

/**
 * Loads Node's modules by `require`. An `import` of node:fs reads every one of its exports, and some of them load streams
 * and readline: 4 ms of a start that takes 25.
 */
const requireBuiltins = {
  name: 'require-builtins',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
      namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
    );
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require('${path}')`,
    }));
  },
};

/** CommonJS, as VS Code loads extensions: inside its host, `require('vscode')` is answered and an import is not. */
const extensionPart = {
  ...shared,
  format: 'cjs',
  outExtension: { '.js': '.cjs' },
  supported: { 'dynamic-import': false },
  // As for programs: jsonc-parser ships UMD as `main`, which a bundler cannot see through.
  mainFields: ['module', 'main'],
  // Only the sources look for their own place on disk.
  logOverride: { 'empty-import-meta': 'silent' },
};

/** Parts of the extension that most windows do not need, as files of their own: import to replace, file, entry. */
const lazyParts = [
  [/^\.\/language\/node-client\.ts$/, 'language-client', 'client/language/node-client.ts'],
  [/^\.\/graph-panel\.ts$/, 'graph-panel', 'client/graph/graph-panel.ts'],
  [/^\.\/host-sessions\.ts$/, 'terminal-host', 'client/terminals/host-sessions.ts'],
];

const targets = [
  {
    entry: 'runtime/cli/main.ts',
    options: {
      ...program,
      entryPoints: { niia: 'runtime/cli/main.ts' },
      plugins: [requireBuiltins, asFile(/^\.\/verbs\/(.*)\.ts$/, './cli/$1.js')],
    },
  },
  {
    // Every file costs half a millisecond to load, so the verb that editors and hooks call all the time is one file.
    entry: 'runtime/cli/verbs/validate.ts',
    options: {
      ...program,
      entryPoints: Object.fromEntries([verbEntry('validate')]),
      // Brings zod, for the few users who have a configuration.
      plugins: [requireBuiltins, asFile(/^.*\/config\/config\.ts$/, './user-config.js')],
    },
  },
  {
    // The other verbs share most of their code.
    entry: 'runtime/cli/main.ts',
    options: {
      ...program,
      entryPoints: {
        ...Object.fromEntries(verbs.filter(verb => verb !== 'validate').map(verbEntry)),
        'cli/user-config': 'runtime/config/config.ts',
      },
      splitting: true,
      chunkNames: 'cli/[name]-[hash]',
    },
  },
  {
    entry: 'runtime/daemon/main.ts',
    options: { ...program, entryPoints: { daemon: 'runtime/daemon/main.ts' } },
  },
  {
    entry: 'runtime/pty/main.ts',
    options: { ...program, entryPoints: { 'pty-host': 'runtime/pty/main.ts' } },
  },
  {
    entry: 'server/main.ts',
    options: { ...program, entryPoints: { server: 'server/main.ts' } },
  },
  {
    // A classic worker script: the only kind that every host of web extensions can start.
    entry: 'server/browser.ts',
    options: {
      ...shared,
      platform: 'browser',
      format: 'iife',
      target: 'es2022',
      mainFields: ['browser', 'module', 'main'],
      entryPoints: { 'server-browser': 'server/browser.ts' },
    },
  },
  {
    entry: 'client/extension.ts',
    options: {
      ...extensionPart,
      entryPoints: { client: 'client/extension.ts' },
      plugins: lazyParts.map(([from, file]) => asFile(from, `./${file}.cjs`)),
    },
  },
  {
    // One file: the host of web extensions loads no second one.
    entry: 'client/browser.ts',
    options: {
      ...extensionPart,
      platform: 'browser',
      target: 'es2022',
      mainFields: ['browser', 'module', 'main'],
      entryPoints: { 'client-browser': 'client/browser.ts' },
      outExtension: {},
    },
  },
  {
    entry: 'client/graph/page/main.ts',
    options: {
      ...shared,
      platform: 'browser',
      format: 'iife',
      target: 'es2023',
      entryPoints: { 'graph-page': 'client/graph/page/main.ts' },
    },
  },
  ...lazyParts.map(([, file, entry]) => ({
    entry,
    options: { ...extensionPart, entryPoints: { [file]: entry } },
  })),
].filter(target => existsSync(join(root, target.entry)));

mkdirSync(dist, { recursive: true });
writeFileSync(join(dist, 'package.json'), `${JSON.stringify({ type: 'module', version })}\n`);
copyNodePty();
if (isWatching) await Promise.all(targets.map(async target => (await context(target.options)).watch()));
else removeStale(await Promise.all(targets.map(target => build(target.options))));
if (!isWatching) escapeNonAscii('daemon.js');
makeExecutable('niia.js');
makeExecutable('server.js');

/** Removes what earlier builds left in dist/cli; last, so that there is no moment without a program. */
function removeStale(results) {
  const written = new Set(results.flatMap(result => Object.keys(result.metafile.outputs)));
  for (const file of readdirSync(join(dist, 'cli')))
    if (!written.has(`dist/cli/${file}`)) rmSync(join(dist, 'cli', file));
}

/**
 * Writes what esbuild leaves as it is (regular expressions) in escapes: a single character beyond Latin-1 makes the whole
 * text take two bytes a character, for as long as the process lives.
 */
function escapeNonAscii(name) {
  const file = join(dist, name);
  const toEscape = character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  writeFileSync(file, readFileSync(file, 'utf8').replace(/[^\0-\x7f]/g, toEscape));
}

/** The part of node-pty that runs: no sources, no tests, no debug symbols (12 MB of *.pdb). */
function copyNodePty() {
  const from = join(root, 'node_modules', 'node-pty');
  const to = join(dist, 'node_modules', 'node-pty');
  if (isSameVersion(from, to)) return;
  rmSync(to, { recursive: true, force: true });
  for (const part of ['LICENSE', 'lib', 'prebuilds']) {
    cpSync(join(from, part), join(to, part), {
      recursive: true,
      filter: file => !file.endsWith('.pdb') && !file.endsWith('.map') && !file.endsWith('.test.js'),
    });
  }
  for (const folder of readdirSync(join(to, 'prebuilds'))) {
    const spawnHelper = join(to, 'prebuilds', folder, 'spawn-helper');
    if (existsSync(spawnHelper)) chmodSync(spawnHelper, 0o755);
  }
  // Last: its presence says that the copy is complete.
  cpSync(join(from, 'package.json'), join(to, 'package.json'));
}

function isSameVersion(from, to) {
  const manifest = folder => readFileSync(join(folder, 'package.json'), 'utf8');
  return existsSync(join(to, 'package.json')) && manifest(from) === manifest(to);
}

function makeExecutable(file) {
  if (existsSync(join(dist, file))) chmodSync(join(dist, file), 0o755);
}
