/**
 * The folder of one run, and where everything in it stands (design §5). Private to the user (0700): answers and
 * recordings hold what the user and the workers wrote.
 */
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** Paths of one run. All absolute. */
export interface RunDir {
  readonly root: string;
  /** The plan as it was received, plain JSON. */
  readonly plan: string;
  /** The events, one JSON document a line. */
  readonly journal: string;
  /** The client's environment, mode 0600; exists only while the run is unfinished (design §2). */
  readonly env: string;
  /** `answers/<phase>/<worker>.md`. */
  readonly answers: string;
  readonly scratchpad: string;
  /** Recordings (asciicast v2) and raw outputs, by session id. */
  readonly sessions: string;
  /** Prompt files handed to CLIs, by session id. */
  readonly prompts: string;
  /** Outputs of steps. */
  readonly steps: string;
}

/** The paths of a run below the state directory's `runs` folder. Creates nothing. */
export function runDirOf(runsDir: string, run: string): RunDir {
  const root = join(runsDir, run);
  return {
    root,
    plan: join(root, 'plan.json'),
    journal: join(root, 'journal.ndjson'),
    env: join(root, 'env.json'),
    answers: join(root, 'answers'),
    scratchpad: join(root, 'scratchpad'),
    sessions: join(root, 'sessions'),
    prompts: join(root, 'prompts'),
    steps: join(root, 'steps'),
  };
}

/** Makes the folders of a run, mode 0700. Folders that exist are fine: the call may be made again after a crash. */
export async function createRunDir(dir: RunDir): Promise<void> {
  for (const folder of [dir.root, dir.answers, dir.scratchpad, dir.sessions, dir.prompts, dir.steps])
    await mkdir(folder, { recursive: true, mode: 0o700 });
}

/** Writes a file so that after a crash it is there whole or not at all. Parent folders are made. */
export async function writeWhole(file: string, text: string, mode = 0o600): Promise<void> {
  // Always the same name: what a crash leaves is taken when the work is done again.
  const draft = join(dirname(file), `.${basename(file)}.tmp`);
  try {
    await writeFile(draft, text, { mode });
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(draft, text, { mode });
  }
  await rename(draft, file);
}

/** The text of a file; undefined if there is none. Other errors are thrown. */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Ids of all runs that have a folder, oldest name first. No `runs` folder means no runs. */
export async function listRunIds(runsDir: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(runsDir, { withFileTypes: true });
    return entries
      .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(entry => entry.name)
      .sort();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

/** Whether an error is a system error of one of these codes (`ENOENT`, …). */
export function isErrno(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(String(error.code));
}
