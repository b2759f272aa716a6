import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, extname, isAbsolute, join, resolve } from 'node:path';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Finds a program as the system would start it: on PATH, or the path itself if the name has a separator (relative to
 * `cwd`). On Windows with the endings of PATHEXT. Gives the absolute path of the first executable file, else undefined.
 */
export async function findProgram(
  name: string,
  env: Variables,
  cwd: string,
  platform: NodeJS.Platform = process.platform,
): Promise<string | undefined> {
  const endings = endingsOf(name, env, platform);
  for (const folder of foldersOf(name, env, cwd, platform)) {
    for (const ending of endings) {
      const file = join(folder, name + ending);
      if (await isExecutable(file, platform)) return file;
    }
  }
  return undefined;
}

/** Value of a variable; names do not differ by case on Windows. */
export function variable(
  env: Variables,
  name: string,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  if (platform !== 'win32' || env[name] !== undefined) return env[name];
  const found = Object.keys(env).find(key => key.toUpperCase() === name.toUpperCase());
  return found === undefined ? undefined : env[found];
}

function foldersOf(name: string, env: Variables, cwd: string, platform: NodeJS.Platform): readonly string[] {
  if (isAbsolute(name)) return [''];
  if (name.includes('/') || (platform === 'win32' && name.includes('\\'))) return [cwd];
  const path = variable(env, 'PATH', platform) ?? '';
  // POSIX: an empty entry is the current directory.
  return path.split(delimiter).map(folder => resolve(cwd, folder.replace(/^"(.*)"$/, '$1')));
}

function endingsOf(name: string, env: Variables, platform: NodeJS.Platform): readonly string[] {
  if (platform !== 'win32') return [''];
  const endings = (variable(env, 'PATHEXT', platform) ?? '.COM;.EXE;.BAT;.CMD').split(';').filter(Boolean);
  const hasEnding = endings.some(ending => ending.toLowerCase() === extname(name).toLowerCase());
  return hasEnding ? [''] : endings;
}

async function isExecutable(file: string, platform: NodeJS.Platform): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    if (platform !== 'win32') await access(file, constants.X_OK);
    return true;
  } catch {
    // Not there, or not ours to look at: either way not to be started.
    return false;
  }
}
