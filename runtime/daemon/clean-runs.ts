/** `niia clean`: removes ended runs whose work is safe elsewhere; keeps and names the rest (spec §3). */
import { posix } from 'node:path';
import { isAncestor, isReachableWithout, listBranches, readBranch } from '../git/commits.ts';
import type { GitGuard } from '../git/git-guard.ts';
import { findHeldWork } from '../git/held-work.ts';
import { exists } from '../git/path-exists.ts';
import { deleteMergedBranch, removeWorktree } from '../git/remove-worktree.ts';
import { runBranch } from '../git/run-branches.ts';
import { describeHeldWork, describeWorktreeFailure } from '../git/worktree-failure.ts';
import { listWorktreeRecords } from '../git/worktree-record.ts';
import type { Params, Responses, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { ownEnvironment } from './env-file.ts';
import { failure } from './failure.ts';
import type { RunManager } from './run-manager.ts';
import { openRunRepository } from './run-repository.ts';
import { readRun, type StoredRun } from './stored-run.ts';

type Kept = Responses['run/clean']['kept'][number];

/** Cleans one ended run, or all. `dryRun` only says what would go. */
export async function cleanRuns(
  runs: RunManager,
  { run, dryRun }: Params<'run/clean'>,
): Promise<Result<Responses['run/clean'], RpcFailure>> {
  const shown = run === undefined ? undefined : await runs.show(run);
  if (shown !== undefined && !shown.ok) return shown;
  if (run !== undefined && runs.find(run) !== undefined)
    return err(failure('run-going-on', `Run "${run}" has not ended: stop it first.`));
  const names = run === undefined ? await endedRuns(runs) : [run];
  const removed: string[] = [];
  const kept: Kept[] = [];
  for (const name of names) {
    const left = await cleanOne(runs, name, dryRun);
    kept.push(...left);
    if (left.length > 0) continue;
    removed.push(name);
    if (!dryRun) await runs.remove(name);
  }
  return ok({ removed, kept });
}

async function endedRuns(runs: RunManager): Promise<readonly string[]> {
  const rows = await runs.list(true);
  return rows.map(({ run }) => run).filter(run => runs.find(run) === undefined);
}

/** What of a run has to stay; empty = it may go. */
async function cleanOne(runs: RunManager, run: string, dryRun: boolean): Promise<readonly Kept[]> {
  const dir = runs.dirOf(run);
  const stored = await readRun(dir);
  if (!stored.ok) return [{ what: run, why: stored.failure }];
  const guard = await openRunRepository(stored.value.plan, dir, ownEnvironment());
  // Without its repository there is nothing of the run left but its own records.
  if (!guard.ok || guard.value === undefined) return [];
  return dryRun ? inspect(guard.value, run, stored.value) : removeSafe(guard.value, run, stored.value);
}

const UNMERGED = 'it has commits that are nowhere else; merge it, or delete it yourself';

/** What `removeSafe` would keep. */
async function inspect(guard: GitGuard, run: string, { started }: StoredRun): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  const head = await readBranch(guard, runBranch(run));
  const tip = head.ok ? head.value : undefined;
  const safe = [tip, started.base].filter(commit => commit !== undefined);
  for (const record of await listWorktreeRecords(guard.dir)) {
    const held = (await exists(record.path)) ? await findHeldWork(guard, record, safe) : ok(undefined);
    if (!held.ok) kept.push({ what: record.path, why: describeWorktreeFailure(held.failure) });
    else if (held.value !== undefined) kept.push({ what: record.path, why: describeHeldWork(held.value) });
  }
  for (const [branch, commit] of await listBranches(guard, folderOf(run))) {
    if (branch !== runBranch(run) && tip !== undefined && (await isIn(guard, commit, tip))) continue;
    const isSafe = await isReachableWithout(guard, folderOf(run), commit);
    if (!isSafe.ok || !isSafe.value) kept.push({ what: branch, why: UNMERGED });
  }
  return kept;
}

async function isIn(guard: GitGuard, commit: string, tip: string): Promise<boolean> {
  const contained = await isAncestor(guard, commit, tip);
  return contained.ok && contained.value;
}

function folderOf(run: string): string {
  return posix.dirname(runBranch(run));
}

async function removeSafe(guard: GitGuard, run: string, { started }: StoredRun): Promise<readonly Kept[]> {
  const kept: Kept[] = [];
  const head = await readBranch(guard, runBranch(run));
  const safe = [head.ok ? head.value : undefined, started.base].filter(commit => commit !== undefined);
  for (const record of await listWorktreeRecords(guard.dir)) {
    const removal = await removeWorktree(guard, record, safe);
    if (!removal.ok) kept.push({ what: record.path, why: describeWorktreeFailure(removal.failure) });
    else if (removal.value.kind === 'kept')
      kept.push({ what: record.path, why: describeHeldWork(removal.value.held) });
  }
  const branches = [...(await listBranches(guard, folderOf(run))).keys()];
  // The run branch last: it keeps the merged work of the others reachable.
  for (const branch of branches.sort((a, b) => Number(a === runBranch(run)) - Number(b === runBranch(run)))) {
    const deleted = await deleteMergedBranch(guard, branch);
    if (!deleted.ok) kept.push({ what: branch, why: describeWorktreeFailure(deleted.failure) });
    else if (deleted.value === 'kept') kept.push({ what: branch, why: UNMERGED });
  }
  return kept;
}
