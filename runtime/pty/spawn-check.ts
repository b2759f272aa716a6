import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, extname, isAbsolute, join, resolve } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import type { LeaderSpec, SpawnFailure } from './leader.ts';

/**
 * Checks what would make a spawn fail, before it: inside a terminal such a failure is just text on the screen
 * ("execvp(3) failed.") and exit code 1. Returns the program's path.
 */
export function checkSpawn(spec: Pick<LeaderSpec, 'argv' | 'cwd' | 'env'>): Result<string, SpawnFailure> {
  const strings = checkStrings(spec);
  if (!strings.ok) return strings;
  const cwd = checkDirectory(spec.cwd);
  return cwd.ok ? findProgram(spec) : cwd;
}

/** The kernel's limits for one argument (MAX_ARG_STRLEN) and, by default, for all of them with the environment. */
const MAX_ARGUMENT_BYTES = 128 * 1024 - 1;
const MAX_ARGUMENTS_BYTES = 2 * 1024 * 1024 - 16 * 1024;
const POINTER_BYTES = 8;

function checkStrings({ argv, env }: Pick<LeaderSpec, 'argv' | 'env'>): Result<null, SpawnFailure> {
  const strings = [...argv, ...Object.entries(env).map(([name, value]) => `${name}=${value}`)];
  if (strings.some(text => text.includes('\0')))
    return failed('EINVAL', 'an argument or variable contains a NUL');
  if (process.platform !== 'linux') return ok(null);
  const sizes = strings.map(text => Buffer.byteLength(text) + 1);
  const longest = Math.max(...sizes);
  if (longest > MAX_ARGUMENT_BYTES) {
    return failed(
      'E2BIG',
      `an argument or variable of ${longest} bytes is longer than the system allows (128 KiB)`,
    );
  }
  const total = sizes.reduce((sum, size) => sum + size + POINTER_BYTES, 0);
  if (total <= MAX_ARGUMENTS_BYTES) return ok(null);
  return failed(
    'E2BIG',
    `${total} bytes of arguments and environment are more than the system allows (2 MiB)`,
  );
}

function checkDirectory(cwd: string): Result<null, SpawnFailure> {
  if (!isAbsolute(cwd)) return failed('EINVAL', `working directory "${cwd}" is not an absolute path`);
  const stat = statSync(cwd, { throwIfNoEntry: false });
  if (stat === undefined) return failed('ENOENT', `working directory "${cwd}" does not exist`);
  if (!stat.isDirectory()) return failed('ENOTDIR', `working directory "${cwd}" is not a directory`);
  if (!isAllowed(cwd, constants.X_OK))
    return failed('EACCES', `working directory "${cwd}" cannot be entered`);
  return ok(null);
}

function findProgram({
  argv,
  cwd,
  env,
}: Pick<LeaderSpec, 'argv' | 'cwd' | 'env'>): Result<string, SpawnFailure> {
  const program = argv[0] ?? '';
  if (program === '') return failed('EINVAL', 'the program name is empty');
  const isPath = program.includes('/') || (process.platform === 'win32' && program.includes('\\'));
  const directories = isPath ? [''] : searchPath(env);
  let denied: string | null = null;
  for (const directory of directories) {
    for (const name of candidates(program, env)) {
      const file = resolve(cwd, join(directory, name));
      const verdict = judge(file);
      if (verdict === 'program') return ok(file);
      if (verdict === 'denied') denied ??= file;
    }
  }
  if (denied !== null) return failed('EACCES', `"${denied}" is not executable`);
  return failed('ENOENT', isPath ? `"${program}" does not exist` : `"${program}" is not on PATH`);
}

function searchPath(env: Readonly<Record<string, string>>): readonly string[] {
  const path = env.PATH ?? Object.entries(env).find(([name]) => name.toUpperCase() === 'PATH')?.[1];
  return (path ?? '/usr/bin:/bin').split(delimiter).filter(entry => entry !== '');
}

function candidates(program: string, env: Readonly<Record<string, string>>): readonly string[] {
  if (process.platform !== 'win32' || extname(program) !== '') return [program];
  const extensions = (env.PATHEXT ?? '.COM;.EXE;.BAT;.CMD').split(';');
  return extensions.map(extension => program + extension);
}

function judge(file: string): 'program' | 'denied' | 'absent' {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (stat === undefined) return 'absent';
  return stat.isFile() && isAllowed(file, constants.X_OK) ? 'program' : 'denied';
}

function isAllowed(file: string, mode: number): boolean {
  try {
    accessSync(file, mode);
    return true;
  } catch {
    return false;
  }
}

function failed(code: string, message: string): Result<never, SpawnFailure> {
  return err({ kind: 'spawn_failed', code, message });
}
