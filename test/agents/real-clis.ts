/**
 * The real AI CLIs, fetched from npm into `.tools/agents/` when a test wants one. Each lies in a folder of its own with a
 * `bin/` for PATH: `npm install` into a shared folder would remove the others.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How one CLI is had from npm. */
interface NpmProgram {
  readonly name: string;
  /** With `{platform}-{arch}` where the program is native: it then needs neither a script at installation nor Node. */
  readonly package: string;
  readonly version: string;
  /** From the folder with `node_modules`. */
  readonly file: string;
}

/** The CLIs and the versions their adapters were tested with, in the order in which a short round takes them. */
const npmPrograms = [
  {
    name: 'claude',
    package: '@anthropic-ai/claude-code-{platform}-{arch}',
    version: '2.1.330',
    file: 'node_modules/@anthropic-ai/claude-code-{platform}-{arch}/claude',
  },
  { name: 'codex', package: '@openai/codex', version: '0.169.0', file: 'node_modules/.bin/codex' },
  { name: 'gemini', package: '@google/gemini-cli', version: '0.61.0', file: 'node_modules/.bin/gemini' },
  {
    name: 'opencode',
    package: 'opencode-{platform}-{arch}',
    version: '1.18.33',
    file: 'node_modules/opencode-{platform}-{arch}/bin/opencode',
  },
  {
    name: 'copilot',
    package: '@github/copilot-{platform}-{arch}',
    version: '1.0.102',
    file: 'node_modules/.bin/copilot-{platform}-{arch}',
  },
  { name: 'qwen', package: '@qwen-code/qwen-code', version: '0.24.4', file: 'node_modules/.bin/qwen' },
  // Of later versions npm did not have all parts when this was written.
  { name: 'pi', package: '@earendil-works/pi-coding-agent', version: '0.87.1', file: 'node_modules/.bin/pi' },
  { name: 'cline', package: 'cline', version: '3.0.65', file: 'node_modules/.bin/cline' },
] as const satisfies readonly NpmProgram[];

/** Name of a CLI that npm has. */
export type CliName = (typeof npmPrograms)[number]['name'];

/** All CLIs that npm has; those that a short round takes come first. */
export const cliNames: readonly CliName[] = npmPrograms.map(({ name }) => name);

/** A CLI on this machine, or why it cannot be had (then its tests are skipped, loudly). */
export type RealCli =
  | { readonly kind: 'ready'; readonly program: string; readonly binDir: string; readonly version: string }
  | { readonly kind: 'missing'; readonly why: string };

const agentsFolder = fileURLToPath(new URL('../../.tools/agents', import.meta.url));

/** Installs the CLI if it is not there yet (once per machine, up to 5 minutes). */
export function ensureCli(name: CliName): RealCli {
  const { version, ...found } = npmProgram(name);
  const folder = join(agentsFolder, `${name}-${version}`);
  const binDir = join(folder, 'bin');
  const program = join(binDir, name);
  const ready = { kind: 'ready', program, binDir, version } as const;
  if (existsSync(program)) return ready;
  if (process.platform === 'win32') return { kind: 'missing', why: 'the installer links programs' };
  mkdirSync(agentsFolder, { recursive: true });
  // Installed beside its place and then renamed: another round may be at it too.
  const draft = mkdtempSync(join(agentsFolder, '.draft-'));
  try {
    install(`${found.package}@${version}`, draft);
    const file = join(draft, found.file);
    if (!existsSync(file)) return { kind: 'missing', why: `${found.package} has no ${found.file}` };
    link(join(draft, 'bin', name), file);
    if (!existsSync(folder)) renameSync(draft, folder);
    return ready;
  } catch (error) {
    if (existsSync(program)) return ready;
    const why = `npm could not install ${found.package}@${version}: ${String(error).slice(0, 500)}`;
    return { kind: 'missing', why };
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

function npmProgram(wanted: CliName): NpmProgram {
  const found = npmPrograms.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`no such CLI: ${wanted}`);
  const native = (text: string): string =>
    text.replace('{platform}', process.platform).replace('{arch}', process.arch);
  return { ...found, package: native(found.package), file: native(found.file) };
}

function install(what: string, prefix: string): void {
  // The engine check is off because the tests bring a Node that is new enough.
  const flags = ['--ignore-scripts', '--no-save', '--no-audit', '--no-fund', '--engine-strict=false'];
  execFileSync('npm', ['install', '--prefix', prefix, ...flags, what], {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 300_000,
  });
}

function link(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(relative(dirname(path), target), path);
}
