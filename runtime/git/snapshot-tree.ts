import { ok, type Result } from '../result.ts';
import type { GitGuard } from './git-guard.ts';
import type { GitFailure } from './run-git.ts';
import { joinNul } from './tree-listing.ts';
import type { WorktreeFailure } from './worktree-failure.ts';
import type { Worktree } from './worktree-record.ts';
import {
  closeView,
  openView,
  type PendingChanges,
  readPendingChanges,
  viewGit,
  type WorktreeView,
} from './worktree-view.ts';

/**
 * Writes a worktree as it stands, uncommitted files included, as a tree object: to be compared with commits. Neither its
 * branch nor its index changes.
 */
export async function snapshotWorktree(
  guard: GitGuard,
  worktree: Worktree,
): Promise<Result<string, WorktreeFailure>> {
  const view = await openView(guard, worktree);
  if (!view.ok) return view;
  try {
    const pending = await readPendingChanges(guard, view.value);
    return pending.ok ? await writeViewTree(guard, view.value, pending.value) : pending;
  } finally {
    await closeView(view.value);
  }
}

/** Takes the pending changes into the view's index and writes it as a tree. */
export async function writeViewTree(
  guard: GitGuard,
  view: WorktreeView,
  { changed, deleted }: PendingChanges,
): Promise<Result<string, GitFailure>> {
  // Deletions first: a folder may stand where a file was.
  const steps = [
    { paths: [...deleted, ...view.foreign], args: ['--force-remove'] },
    { paths: changed, args: ['--add', '--remove', '--replace'] },
  ];
  for (const { paths, args } of steps) {
    if (paths.length === 0) continue;
    const input = joinNul(paths);
    const updated = await viewGit(guard, view, ['update-index', ...args, '-z', '--stdin'], { input });
    if (!updated.ok) return updated;
  }
  const written = await viewGit(guard, view, ['write-tree']);
  return written.ok ? ok(written.value.stdout.trim()) : written;
}
