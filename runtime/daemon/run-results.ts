/** What clients do with the work of a run: look at it, merge it, clean it away (spec §5.4, §3 "Nothing is lost"). */
import { fold } from '../engine/apply.ts';
import { workerOf } from '../engine/state.ts';
import { countCommitsAhead, readBranch } from '../git/commits.ts';
import { listChanges, readPatch } from '../git/diff.ts';
import type { GitGuard } from '../git/git-guard.ts';
import { describeUserMergeFailure, mergeIntoUserBranch } from '../git/merge-into-user.ts';
import { runBranch } from '../git/run-branches.ts';
import { describeGitFailure } from '../git/worktree-failure.ts';
import type { Params, Responses, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { ownEnvironment } from './env-file.ts';
import { failure, unknownRun } from './failure.ts';
import type { RunManager } from './run-manager.ts';
import { openRunRepository } from './run-repository.ts';
import { readRun, type StoredRun } from './stored-run.ts';

/** Two commits of a run and what reads them. */
export interface Range {
  readonly guard: GitGuard;
  readonly stored: StoredRun;
  readonly base: string;
  readonly head: string;
  /** Branch that `head` is on, if it is still there. */
  readonly branch?: string;
}

/** What changed between where the run (or one of its workers) began and where it stands. */
export async function diffRun(
  runs: RunManager,
  { run, worker, stat }: Params<'run/diff'>,
): Promise<Result<Responses['run/diff'], RpcFailure>> {
  const range = await rangeOf(runs, run, worker);
  if (!range.ok) return range;
  const { guard, base, head } = range.value;
  if (stat) {
    const changes = await listChanges(guard, base, head);
    if (!changes.ok) return err(failure('git', describeGitFailure(changes.failure)));
    const lines = changes.value.map(
      ({ path, added, deleted }) => `${added ?? '-'}\t${deleted ?? '-'}\t${path}\n`,
    );
    return ok({ diff: lines.join(''), isTruncated: false, base, head });
  }
  const patch = await readPatch(guard, base, head);
  if (!patch.ok) return err(failure('git', describeGitFailure(patch.failure)));
  return ok({ diff: patch.value.text, isTruncated: patch.value.isTruncated, base, head });
}

/** Merges the run branch into the branch that the user has checked out, or says whether that would work. */
export async function mergeRun(
  runs: RunManager,
  { run, dryRun }: Params<'run/merge'>,
): Promise<Result<Responses['run/merge'], RpcFailure>> {
  const range = await rangeOf(runs, run);
  if (!range.ok) return range;
  const { guard, stored, base, head } = range.value;
  if (runs.find(run) !== undefined)
    return err(failure('run-going-on', `Run "${run}" has not ended: wait for it, or stop it first.`));
  const changes = await listChanges(guard, base, head);
  if (!changes.ok) return err(failure('git', describeGitFailure(changes.failure)));
  const commits = await countCommitsAhead(guard, [head], [base]);
  if (!commits.ok) return err(failure('git', describeGitFailure(commits.failure)));
  const merged = await mergeIntoUserBranch(guard, {
    cwd: stored.plan.repository?.root ?? stored.plan.workspace,
    from: head,
    message: `Merge run ${run}`,
    isDryRun: dryRun === true,
  });
  if (!merged.ok)
    return err(failure(merged.failure.kind, `Not merged: ${describeUserMergeFailure(merged.failure)}.`));
  const { branch, head: commit, kind } = merged.value;
  // The branch has it all already.
  if (kind === 'already_merged') return ok({ branch, commit, files: 0, commits: 0 });
  return ok({ branch, commit, files: changes.value.length, commits: commits.value });
}

/**
 * The commits that the work of a run, or of one of its workers, lies between. Fails for an unknown run or worker and for
 * a run without repository.
 */
export async function rangeOf(
  runs: RunManager,
  run: string,
  worker?: string,
): Promise<Result<Range, RpcFailure>> {
  const dir = runs.dirOf(run);
  const shown = await runs.show(run);
  if (!shown.ok) return shown;
  const stored = await readRun(dir);
  if (!stored.ok) return err(unknownRun(run));
  const { plan, started, events } = stored.value;
  const guard = await openRunRepository(plan, dir, ownEnvironment());
  if (!guard.ok) return err(failure('repository', guard.failure));
  if (guard.value === undefined || started.base === undefined)
    return err(failure('no-repository', `Run "${run}" did not work in a git repository.`, 2));
  if (worker === undefined)
    return headOf(run, { guard: guard.value, stored: stored.value, base: started.base });
  const state = workerOf(fold(plan, events), worker);
  if (state === undefined)
    return err(failure('unknown-worker', `Run "${run}" has no worker "${worker}".`, 2));
  const branch = state.place?.branch;
  const tip = branch === undefined ? undefined : await readBranch(guard.value, branch);
  const base = state.place?.base ?? started.base;
  const onBranch = tip?.ok ? tip.value : undefined;
  const head = onBranch ?? state.commit ?? lastCommit(stored.value, worker) ?? base;
  return ok({
    guard: guard.value,
    stored: stored.value,
    base,
    head,
    ...(onBranch !== undefined && branch !== undefined && { branch }),
  });
}

async function headOf(run: string, range: Omit<Range, 'head'>): Promise<Result<Range, RpcFailure>> {
  const tip = await readBranch(range.guard, runBranch(run));
  if (!tip.ok) return err(failure('git', describeGitFailure(tip.failure)));
  const merged = range.stored.events.findLast(event => event.kind === 'merged');
  const head = tip.value ?? (merged?.kind === 'merged' ? merged.head : range.base);
  return ok({ ...range, head, ...(tip.value !== undefined && { branch: runBranch(run) }) });
}

/** The commit of a worker whose branch is gone because it was merged. */
function lastCommit({ events }: StoredRun, worker: string): string | undefined {
  const committed = events.findLast(event => event.kind === 'committed' && event.worker === worker);
  return committed?.kind === 'committed' ? committed.commit : undefined;
}
