/** The changed files of a run or worker, side by side: for clients that show them in an editor. */
import { fold } from '../engine/apply.ts';
import { workerOf } from '../engine/state.ts';
import { listChangedFiles, readBlob } from '../git/changed-files.ts';
import { countCommitsAhead } from '../git/commits.ts';
import { exists } from '../git/path-exists.ts';
import { snapshotWorktree } from '../git/snapshot-tree.ts';
import { describeGitFailure, describeWorktreeFailure } from '../git/worktree-failure.ts';
import { readWorktreeRecord, type Worktree } from '../git/worktree-record.ts';
import type { Params, Responses, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { failure } from './failure.ts';
import type { RunManager } from './run-manager.ts';
import { type Range, rangeOf } from './run-results.ts';

/** More files than anybody looks through one by one. */
const MAX_FILES = 2_000;

/** Larger files are for other programs than an editor's diff. */
const MAX_BLOB_BYTES = 8 * 1024 * 1024;

/** A range whose new side may be a worktree as it stands. */
interface LiveRange extends Range {
  readonly liveDir?: string;
}

/** Lists what a run or worker changed, or what two workers have different (`worker` is the old side). */
export async function listRunChanges(
  runs: RunManager,
  { run, worker, against }: Params<'run/changes'>,
): Promise<Result<Responses['run/changes'], RpcFailure>> {
  const range = await liveRangeOf(runs, run, against ?? worker);
  if (!range.ok) return range;
  const old = against === undefined ? undefined : await liveRangeOf(runs, run, worker);
  if (old !== undefined && !old.ok) return old;
  const { guard, stored, head, branch, liveDir } = range.value;
  const base = old?.value.head ?? range.value.base;
  const files = await listChangedFiles(guard, base, head);
  if (!files.ok) return err(failure('git', describeGitFailure(files.failure)));
  const commits =
    liveDir === undefined && old?.value.liveDir === undefined
      ? await countCommitsAhead(guard, [head], [base])
      : ok(0);
  if (!commits.ok) return err(failure('git', describeGitFailure(commits.failure)));
  return ok({
    root: stored.plan.repository?.root ?? stored.plan.workspace,
    base,
    head,
    ...(branch !== undefined && { branch }),
    ...(liveDir !== undefined && { liveDir }),
    commits: commits.value,
    files: files.value.slice(0, MAX_FILES),
    isTruncated: files.value.length > MAX_FILES,
  });
}

/** Reads a file's content by its object id. */
export async function readRunBlob(
  runs: RunManager,
  { run, object }: Params<'run/blob'>,
): Promise<Result<Responses['run/blob'], RpcFailure>> {
  const range = await rangeOf(runs, run);
  if (!range.ok) return range;
  const blob = await readBlob(range.value.guard, object, MAX_BLOB_BYTES);
  return blob.ok ? ok({ base64: blob.value }) : err(failure('git', describeGitFailure(blob.failure)));
}

/** A worker that has committed nothing yet is taken as its worktree stands; so is one that failed, whose work is kept there. */
async function liveRangeOf(
  runs: RunManager,
  run: string,
  worker: string | undefined,
): Promise<Result<LiveRange, RpcFailure>> {
  const range = await rangeOf(runs, run, worker);
  if (!range.ok || worker === undefined) return range;
  const worktree = await uncommittedWorktree(range.value, worker);
  if (worktree === undefined) return range;
  const tree = await snapshotWorktree(range.value.guard, worktree);
  if (!tree.ok) return err(failure('git', describeWorktreeFailure(tree.failure)));
  return ok({ ...range.value, head: tree.value, liveDir: worktree.path });
}

async function uncommittedWorktree({ guard, stored }: Range, worker: string): Promise<Worktree | undefined> {
  const state = workerOf(fold(stored.plan, stored.events), worker);
  const slug = state?.place?.slug;
  if (slug === undefined || state?.commit !== undefined) return undefined;
  const record = await readWorktreeRecord(guard.dir, slug);
  return record?.stage === 'ready' && (await exists(record.path)) ? record : undefined;
}
