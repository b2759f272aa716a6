/**
 * The environment that a run's workers get: the client's at `run`, `retry` or `resume` (design §2). It may hold secrets,
 * so it stands in one file of mode 0600, outside journal and report, and goes when the run ends.
 */
import { rm } from 'node:fs/promises';
import { isErrno, readIfThere, writeWhole } from './run-dir.ts';

/** Variable name → value. */
export type Environment = Readonly<Record<string, string>>;

/** Variables that tell a process which session it is in: a run started inside a worker must not hand them on. */
const OWN_VARIABLES = /^NIIA_(RUN|WORKER|DEPTH|SESSION|PTY_HOST|PHASE|SCRATCHPAD|CONTEXT)$/;

/** An environment without what tells a worker where it is. */
export function withoutOwnVariables(env: Environment): Environment {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !OWN_VARIABLES.test(name)));
}

/** The daemon's own environment, for work that no client's environment is at hand for. */
export function ownEnvironment(): Environment {
  return Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Keeps the environment of a run. Throws system errors (full disk, read-only directory). */
export async function writeEnvFile(file: string, env: Environment): Promise<void> {
  await writeWhole(file, JSON.stringify(withoutOwnVariables(env)), 0o600);
}

/** The kept environment; undefined if there is none (the run ended) or the file cannot be understood. */
export async function readEnvFile(file: string): Promise<Environment | undefined> {
  const text = await readIfThere(file);
  if (text === undefined) return undefined;
  const value = parse(text);
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** Deletes the kept environment. None there is fine. */
export async function deleteEnvFile(file: string): Promise<void> {
  try {
    await rm(file);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
