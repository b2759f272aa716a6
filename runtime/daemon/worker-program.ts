/** The `niia` that a worker finds on its PATH: a small script that runs this very build with this very Node. */
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './run-dir.ts';

/** Writes the script into `<stateDir>/bin` and returns that folder. Written again with every start of the daemon. */
export async function installWorkerProgram(stateDir: string, node: string, cli: string): Promise<string> {
  const dir = join(stateDir, 'bin');
  await mkdir(dir, { recursive: true, mode: 0o700 });
  if (process.platform === 'win32') {
    await writeWhole(join(dir, 'niia.cmd'), `@"${node}" "${cli}" %*\r\n`, 0o700);
  } else {
    const file = join(dir, 'niia');
    await writeWhole(file, `#!/bin/sh\nexec ${quote(node)} ${quote(cli)} "$@"\n`, 0o700);
    await chmod(file, 0o700);
  }
  return dir;
}

/** Puts a folder first on PATH. Windows writes the variable's name as it likes. */
export function withPathFirst(
  env: Readonly<Record<string, string>>,
  dir: string,
): Readonly<Record<string, string>> {
  const isWindows = process.platform === 'win32';
  const name = isWindows ? (Object.keys(env).find(key => key.toUpperCase() === 'PATH') ?? 'Path') : 'PATH';
  const rest = env[name];
  const separator = isWindows ? ';' : ':';
  return { ...env, [name]: rest === undefined || rest === '' ? dir : `${dir}${separator}${rest}` };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
