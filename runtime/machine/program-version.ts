import { execFile } from 'node:child_process';
import { stat } from 'node:fs/promises';
import type { Variables } from './find-program.ts';

/** A CLI that takes longer than this to say its version is not waited for. */
const TIMEOUT_MS = 3000;
const MAX_OUTPUT_BYTES = 64 * 1024;
const MAX_VERSION_LENGTH = 100;

const known = new Map<string, Promise<string | undefined>>();

/**
 * Asks a program for its version: the first line it prints, or undefined if it fails or takes longer than 3 s. Remembered
 * in this process for as long as the file does not change.
 */
export async function programVersion(
  program: string,
  args: readonly string[],
  env: Variables,
): Promise<string | undefined> {
  const key = JSON.stringify([program, args, await changeTime(program)]);
  const found = known.get(key) ?? askVersion(program, args, env);
  known.set(key, found);
  return found;
}

function askVersion(program: string, args: readonly string[], env: Variables): Promise<string | undefined> {
  return new Promise(resolve => {
    const options = {
      env: { ...env },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      maxBuffer: MAX_OUTPUT_BYTES,
      windowsHide: true,
    } as const;
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      resolve(error === null ? firstLine(stdout) || firstLine(stderr) || undefined : undefined);
    });
    child.stdin?.end();
  });
}

function firstLine(text: string): string {
  const line = text.split(/\r?\n/).find(candidate => candidate.trim() !== '') ?? '';
  // A version is for display: no control characters reach a terminal from here.
  return line
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '')
    .trim()
    .slice(0, MAX_VERSION_LENGTH);
}

async function changeTime(program: string): Promise<number> {
  try {
    return (await stat(program)).mtimeMs;
  } catch {
    return 0;
  }
}
