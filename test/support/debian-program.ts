/** Programs of the system that tests drive: found on PATH, or installed where that is ours to do. */
import { type SpawnSyncOptionsWithStringEncoding, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** A program, or the reason why the tests that need it are skipped. */
export type SystemProgram =
  | { readonly kind: 'found'; readonly path: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** Longest an installation may take, in ms: a browser is 100 MB. */
const installTimeoutMs = 150_000;

/**
 * Finds a program; if it is missing and we are root on a Debian, installs its package first. Installing is left alone
 * with NIIA_NO_INSTALL set.
 */
export function systemProgram(name: string, debianPackage = name): SystemProgram {
  const path = onPath(name);
  if (path !== undefined) return { kind: 'found', path };
  const refusal = install(debianPackage);
  const installed = onPath(name);
  if (installed !== undefined) return { kind: 'found', path: installed };
  const reason = `${name} is not installed${refusal === undefined ? '' : ` (${refusal})`}`;
  console.error(`SKIPPED: ${reason}`);
  return { kind: 'missing', reason };
}

/** What node:test takes as `skip`. */
export function skipWithout(program: SystemProgram): string | false {
  return program.kind === 'missing' ? program.reason : false;
}

/** The path of a program that is there; for tests that `skipWithout` lets run. */
export function pathOf(program: SystemProgram): string {
  if (program.kind === 'missing') throw new Error(program.reason);
  return program.path;
}

function onPath(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map(folder => join(folder, name))
    .find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs a package; undefined = done, else why not. */
function install(debianPackage: string): string | undefined {
  if (process.env.NIIA_NO_INSTALL) return 'NIIA_NO_INSTALL is set';
  if (process.getuid?.() !== 0) return `install it: apt-get install ${debianPackage}`;
  if (onPath('apt-get') === undefined) return 'there is no apt-get';
  console.error(`installing ${debianPackage} …`);
  const options: SpawnSyncOptionsWithStringEncoding = {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: installTimeoutMs,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  };
  const command = ['install', '-y', '--no-install-recommends', debianPackage];
  if (spawnSync('apt-get', command, options).status === 0) return undefined;
  // The lists may be older than what the mirrors have.
  spawnSync('apt-get', ['update'], options);
  const { status, stderr } = spawnSync('apt-get', command, options);
  return status === 0 ? undefined : `apt-get failed: ${stderr.trim().split('\n').at(-1)}`;
}
