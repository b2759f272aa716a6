import { ok, type Result } from '../result.ts';
import { countCommitsAhead } from './commits.ts';
import type { GitGuard } from './git-guard.ts';
import type { HeldWork, WorktreeFailure } from './worktree-failure.ts';
import type { Worktree } from './worktree-record.ts';
import { closeView, openView, readPendingChanges, type WorktreeView } from './worktree-view.ts';

const MAX_LISTED_PATHS = 20;

/**
 * What a worktree holds that exists nowhere else: uncommitted changes (untracked files count, ignored ones do not),
 * commits that none of `mergedInto` contains, or repositories of its own. Undefined: it may go (spec §3, "Nothing is
 * lost").
 */
export async function findHeldWork(
  guard: GitGuard,
  worktree: Worktree,
  mergedInto: readonly string[],
): Promise<Result<HeldWork | undefined, WorktreeFailure>> {
  const view = await openView(guard, worktree);
  if (!view.ok) return view;
  try {
    const uncommitted = await findUncommitted(guard, view.value);
    if (!uncommitted.ok || uncommitted.value !== undefined) return uncommitted;
    const ahead = await countAhead(guard, view.value, mergedInto);
    if (!ahead.ok) return ahead;
    return ok(ahead.value > 0 ? { kind: 'unmerged', commits: ahead.value } : undefined);
  } finally {
    await closeView(view.value);
  }
}

/** Whether nothing in a worktree is uncommitted. */
export async function isClean(
  guard: GitGuard,
  worktree: Worktree,
): Promise<Result<boolean, WorktreeFailure>> {
  const view = await openView(guard, worktree);
  if (!view.ok) return view;
  try {
    const uncommitted = await findUncommitted(guard, view.value);
    return uncommitted.ok ? ok(uncommitted.value === undefined) : uncommitted;
  } finally {
    await closeView(view.value);
  }
}

/** How many commits of a worktree (its HEAD, its branch) none of the others contains. */
export async function commitsAhead(
  guard: GitGuard,
  worktree: Worktree,
  others: readonly string[],
): Promise<Result<number, WorktreeFailure>> {
  const view = await openView(guard, worktree);
  if (!view.ok) return view;
  try {
    return await countAhead(guard, view.value, others);
  } finally {
    await closeView(view.value);
  }
}

async function countAhead(guard: GitGuard, view: WorktreeView, others: readonly string[]) {
  return await countCommitsAhead(guard, [...new Set([view.head, view.tip])], [view.worktree.base, ...others]);
}

async function findUncommitted(
  guard: GitGuard,
  view: WorktreeView,
): Promise<Result<HeldWork | undefined, WorktreeFailure>> {
  const pending = await readPendingChanges(guard, view);
  if (!pending.ok) return pending;
  const { changed, deleted, staged, nestedRepositories } = pending.value;
  const paths = [...new Set([...changed, ...deleted, ...staged])].sort();
  if (paths.length > 0) {
    return ok({ kind: 'uncommitted', paths: paths.slice(0, MAX_LISTED_PATHS), count: paths.length });
  }
  if (nestedRepositories.length > 0) return ok({ kind: 'nested_repository', paths: nestedRepositories });
  return ok(undefined);
}
