import type { PlanNote } from './plan.ts';
import type { PhasePair, PlanContext } from './plan-context.ts';

/** What the state of the repository means for a run that wants worktrees (spec §3 `worktree`). */
export function checkRepository(phases: readonly PhasePair[], { facts }: PlanContext): readonly PlanNote[] {
  const { repository } = facts;
  const wantsWorktree = phases.some(phase =>
    phase.source.workers.some(worker => worker.session.worktree !== false),
  );
  if (!wantsWorktree) return [];
  switch (repository.kind) {
    case 'none':
      return [
        {
          severity: 'warning',
          code: 'no-repository',
          message: `${facts.workspace} is not in a git repository: workers work in the folder itself, one at a time unless read-only, and nothing is committed or merged; run "git init" and commit to give each its own worktree`,
        },
      ];
    case 'unborn':
      return [
        {
          severity: 'blocker',
          code: 'unborn-head',
          message: `the repository ${repository.root} has no commit yet, so there is nothing to start worktrees from: make a first commit, or set "worktree": false`,
          exitCode: 2,
        },
      ];
    case 'unusable':
      return [{ severity: 'blocker', code: 'repository', message: repository.message, exitCode: 2 }];
    case 'found':
      return [
        ...(repository.isDirty ? [dirtyNote(repository.head)] : []),
        ...(repository.branch === undefined ? [detachedNote(repository.head)] : []),
      ];
  }
}

function dirtyNote(head: string): PlanNote {
  const message = `the workspace has uncommitted changes: workers start from the last commit (${head.slice(0, 7)}) and do not see them`;
  return { severity: 'note', code: 'dirty', message };
}

function detachedNote(head: string): PlanNote {
  const message = `HEAD is detached at ${head.slice(0, 7)}: the run starts from there; "niia merge" will want a branch`;
  return { severity: 'note', code: 'detached-head', message };
}
