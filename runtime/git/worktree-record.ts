import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { nameKey } from './safe-name.ts';

/**
 * A worktree of a run. What stands here was learned when the worktree was made and is never read from the tree, where
 * the worker could have changed it.
 */
export interface Worktree {
  /** Name of the folder; safe for refs and file names. */
  readonly slug: string;
  /** Absolute path of the folder. */
  readonly path: string;
  /** The worktree's own directory in the repository's `worktrees`. */
  readonly gitDir: string;
  /** The worker's branch, without `refs/heads/`. */
  readonly branch: string;
  /** The commit the work starts from. */
  readonly base: string;
  /** Paths (relative, `/`) that no commit of ours takes: linked directories and copied files. */
  readonly excluded: readonly string[];
}

/** How far a worktree got; kept beside it so that a restart goes on where a crash ended. */
export interface WorktreeProgress {
  /** `claimed`: the name is ours, git may not know it; `added`: no files yet; `ready`: checked out. */
  readonly stage: 'claimed' | 'added' | 'ready';
  /** `session.setup` has run here. */
  readonly isSetUp: boolean;
}

/** A worktree and its progress, as remembered in the run's state. */
export type WorktreeRecord = Worktree & WorktreeProgress;

const recordSchema = z.object({
  slug: z.string(),
  path: z.string(),
  gitDir: z.string(),
  branch: z.string(),
  base: z.string(),
  excluded: z.array(z.string()),
  stage: z.enum(['claimed', 'added', 'ready']),
  isSetUp: z.boolean(),
});

/** The record of a slug in a guard's directory; undefined if this run has none. */
export async function readWorktreeRecord(
  guardDir: string,
  slug: string,
): Promise<WorktreeRecord | undefined> {
  return await readRecordFile(recordFile(guardDir, slug));
}

/** All worktrees of a run, by slug. */
export async function listWorktreeRecords(guardDir: string): Promise<readonly WorktreeRecord[]> {
  const files = await readdir(recordsDir(guardDir)).catch(() => []);
  const records = await Promise.all(
    files
      .filter(file => file.endsWith('.json'))
      .sort()
      .map(file => readRecordFile(join(recordsDir(guardDir), file))),
  );
  return records.filter(record => record !== undefined);
}

/** Remembers a worktree, whole or not at all. */
export async function writeWorktreeRecord(guardDir: string, record: WorktreeRecord): Promise<void> {
  await mkdir(recordsDir(guardDir), { recursive: true });
  const file = recordFile(guardDir, record.slug);
  const draft = `${file}.${randomUUID()}`;
  await writeFile(draft, JSON.stringify(record, undefined, 2));
  await rename(draft, file);
}

/** Forgets a worktree. */
export async function deleteWorktreeRecord(guardDir: string, slug: string): Promise<void> {
  await rm(recordFile(guardDir, slug), { force: true });
}

function recordsDir(guardDir: string): string {
  return join(guardDir, 'worktrees');
}

function recordFile(guardDir: string, slug: string): string {
  return join(recordsDir(guardDir), `${nameKey(slug)}.json`);
}

async function readRecordFile(file: string): Promise<WorktreeRecord | undefined> {
  try {
    return recordSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    // A record that cannot be read is none: the folder then counts as somebody else's, and is left alone.
    return undefined;
  }
}
