// Brings what the project's scripts need, on a machine with nothing but Node 20 and npm: the locked packages, and
// Node 24 (from npm, in .tools/) where the machine's Node is older. No dependencies of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's folder. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The Node that daemon, PTY host, tests and scripts run on where the machine's own is older. */
const NODE_VERSION = '24.21.0';
const MINIMUM_MAJOR = 24;

/** Runs npm in the project without a shell. npm is found beside the Node that runs us, else on PATH. */
function npm(args) {
  const command = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    throw new Error(`npm ${args.join(' ')} failed: ${result.error?.message ?? firstErrors(result.stderr)}`);
  }
}

/** What npm says is wrong, without its usage text. */
function firstErrors(stderr) {
  const errors = stderr
    .split('\n')
    .filter(line => line.startsWith('npm error') && line.length > 'npm error '.length);
  return (errors.length > 0 ? errors.slice(0, 12) : [stderr.trim()]).join('\n');
}

/** Installs the locked packages unless what is installed already fits package-lock.json. */
export function ensurePackages() {
  const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const stamp = join(root, 'node_modules', '.niia-lock');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('installing packages (once)…');
  npm(['ci', '--ignore-scripts']);
  writeFileSync(stamp, lock);
}

/** Path of a Node ≥ 24: the running one, or the project's own, installed on first use. */
export function ensureNode() {
  if (Number(process.versions.node.split('.')[0]) >= MINIMUM_MAJOR) return process.execPath;
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = `node-${platform}-${process.arch}`;
  const prefix = join(root, '.tools');
  const file = join(prefix, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (existsSync(file) && versionOf(file) === `v${NODE_VERSION}`) return file;
  console.error(`installing Node ${NODE_VERSION} into .tools/ (once; this machine has ${process.version})…`);
  mkdirSync(prefix, { recursive: true });
  npm(['install', '--prefix', prefix, '--no-save', '--ignore-scripts', `${name}@${NODE_VERSION}`]);
  return file;
}

function versionOf(file) {
  return execFileSync(file, ['--version'], { encoding: 'utf8' }).trim();
}
