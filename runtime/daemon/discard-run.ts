/** Throws away what a run left behind, because the user said so: the one place where work that is nowhere else may go. */
import { join, posix } from 'node:path';
import { fold } from '../engine/apply.ts';
import { workerOf } from '../engine/state.ts';
import { countCommitsOnlyIn, listBranches, readBranch } from '../git/commits.ts';
import type { GitGuard } from '../git/git-guard.ts';
import { findHeldWork } from '../git/held-work.ts';
import { exists } from '../git/path-exists.ts';
import { discardBranch, discardWorktree } from '../git/remove-worktree.ts';
import { runBranch } from '../git/run-branches.ts';
import { describeGitFailure, describeHeldWork, describeWorktreeFailure } from '../git/worktree-failure.ts';
import { listWorktreeRecords, type WorktreeRecord } from '../git/worktree-record.ts';
import type { DiscardedWorktree, Params, Responses, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { failure } from './failure.ts';
import type { RunManager } from './run-manager.ts';
import { type Range, rangeOf } from './run-results.ts';

type Kept = Responses['run/discard']['kept'][number];

/** What is to go. */
interface Leftovers {
  readonly guard: GitGuard;
  readonly worktrees: readonly WorktreeRecord[];
  readonly branches: readonly string[];
  /** Pattern of the branches whose commits do not count as kept elsewhere. */
  readonly scope: string;
}

/**
 * Removes the worktrees of an ended run, or of one of its workers, and its branches if asked to. Folders that an unfinished
 * run works in, and branches that a folder has checked out, are kept and named.
 */
export async function discardRun(
  runs: RunManager,
  { run, worker, branches, dryRun }: Params<'run/discard'>,
): Promise<Result<Responses['run/discard'], RpcFailure>> {
  if (runs.find(run) !== undefined)
    return err(failure('run-going-on', `Run "${run}" has not ended: stop it first.`));
  const range = await rangeOf(runs, run, worker);
  if (!range.ok) return range;
  const found = await findLeftovers(run, range.value, worker);
  const inUse = await placesInUse(runs);
  const kept: Kept[] = [];
  const worktrees: DiscardedWorktree[] = [];
  for (const record of found.worktrees) {
    const user = inUse.get(record.path);
    const gone =
      user === undefined
        ? await discardOne(found.guard, record, dryRun)
        : err(`run "${user}" works in it; stop that run first`);
    if (gone.ok) worktrees.push(gone.value);
    else kept.push({ what: record.path, why: gone.failure });
  }
  const commits = branches ? await countCommitsOnlyIn(found.guard, found.branches, found.scope) : ok(0);
  if (!commits.ok) return err(failure('git', describeGitFailure(commits.failure)));
  const deleted: string[] = [];
  for (const branch of branches ? found.branches : []) {
    const checkedOutIn = dryRun ? ok(undefined) : await discardBranch(found.guard, branch);
    if (!checkedOutIn.ok) kept.push({ what: branch, why: describeWorktreeFailure(checkedOutIn.failure) });
    else if (checkedOutIn.value === undefined) deleted.push(branch);
    else kept.push({ what: branch, why: `it is checked out in ${checkedOutIn.value}` });
  }
  return ok({ worktrees, branches: deleted, commits: commits.value, kept });
}

async function findLeftovers(
  run: string,
  { guard, stored }: Range,
  worker: string | undefined,
): Promise<Leftovers> {
  const folder = posix.dirname(runBranch(run));
  const records = await listWorktreeRecords(guard.dir);
  const all = [...(await listBranches(guard, folder)).keys()];
  if (worker === undefined) return { guard, worktrees: records, branches: all, scope: `${folder}/*` };
  const place = workerOf(fold(stored.plan, stored.events), worker)?.place;
  const branches = all.filter(branch => branch === place?.branch);
  const worktrees = records.filter(({ slug }) => slug === place?.slug);
  return { guard, worktrees, branches, scope: place?.branch ?? '' };
}

/** Folders that unfinished runs work in, and which run: a worktree session can go on in a later run. */
async function placesInUse(runs: RunManager): Promise<ReadonlyMap<string, string>> {
  const places = await Promise.all(
    runs.live.map(async ({ run, dir }) => {
      const records = await listWorktreeRecords(join(dir.root, 'git'));
      return records.map(({ path }) => [path, run] as const);
    }),
  );
  return new Map(places.flat());
}

/** The failure is a reason for people. */
async function discardOne(
  guard: GitGuard,
  record: WorktreeRecord,
  isDry: boolean,
): Promise<Result<DiscardedWorktree, string>> {
  const { path: dir, branch } = record;
  // The branch stays for now: what it has is said of the branch.
  const held = (await exists(dir))
    ? await findHeldWork(guard, record, await tipOf(guard, branch))
    : ok(undefined);
  const holds = held.ok ? held.value && describeHeldWork(held.value) : describeWorktreeFailure(held.failure);
  if (!isDry) {
    const gone = await discardWorktree(guard, record);
    if (!gone.ok) return err(describeWorktreeFailure(gone.failure));
  }
  return ok({ dir, ...(holds !== undefined && { holds }) });
}

async function tipOf(guard: GitGuard, branch: string): Promise<readonly string[]> {
  const tip = await readBranch(guard, branch);
  return tip.ok && tip.value !== undefined ? [tip.value] : [];
}
