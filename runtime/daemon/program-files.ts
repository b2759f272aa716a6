/** Where the project's own programs stand, built (`dist/`) or as sources, and which Node runs them (design §2). */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute paths of the programs. */
export interface ProgramFiles {
  readonly cli: string;
  readonly daemon: string;
  readonly ptyHost: string;
  /** Folder of the whole project or package. */
  readonly root: string;
}

/** From here on libuv loses no output of a terminal (facts: node ≥ 24.21); older ones work, with more care. */
const GOOD_MAJOR = 24;

/** The programs that belong to the running code. */
export function programFiles(): ProgramFiles {
  const here = fileURLToPath(import.meta.url);
  if (here.endsWith('.ts')) {
    const runtime = dirname(dirname(here));
    return {
      cli: join(runtime, 'cli', 'main.ts'),
      daemon: join(runtime, 'daemon', 'main.ts'),
      ptyHost: join(runtime, 'pty', 'main.ts'),
      root: dirname(runtime),
    };
  }
  // The command line is split into chunks that stand in dist/cli.
  const dist = basename(dirname(here)) === 'cli' ? dirname(dirname(here)) : dirname(here);
  return {
    cli: join(dist, 'niia.js'),
    daemon: join(dist, 'daemon.js'),
    ptyHost: join(dist, 'pty-host.js'),
    root: dirname(dist),
  };
}

/** The Node that daemon and PTY host run on: the setting, else the newest of ours and the running one. */
export function chooseNode(setting: string | undefined, root: string): string {
  if (setting !== undefined) return setting;
  if (majorOf(process.version) >= GOOD_MAJOR && process.versions.electron === undefined)
    return process.execPath;
  const own = ownNode(root);
  if (!existsSync(own)) return process.execPath;
  return versionOf(own) > majorOf(process.version) ? own : process.execPath;
}

/** The Node that the project's scripts bring (test/setup.mjs). */
function ownNode(root: string): string {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  return join(root, '.tools', 'node_modules', `node-${platform}-${process.arch}`, 'bin', name);
}

function versionOf(file: string): number {
  try {
    return majorOf(execFileSync(file, ['--version'], { encoding: 'utf8', timeout: 5_000 }));
  } catch {
    return 0;
  }
}

function majorOf(version: string): number {
  return Number(/^v?(\d+)/.exec(version)?.[1] ?? 0);
}
