import type { LockFailure } from './repository-lock.ts';
import type { GitFailure } from './run-git.ts';

/** Why a worktree could not be made, read or changed. Nothing was lost. */
export type WorktreeFailure =
  | GitFailure
  | LockFailure
  /** The folder of worktrees cannot be written. */
  | { readonly kind: 'worktrees_dir'; readonly path: string; readonly message: string }
  /** The folder of worktrees lies inside the user's working tree. */
  | { readonly kind: 'inside_workspace'; readonly path: string; readonly workspace: string }
  /** The branch is checked out in another folder. */
  | { readonly kind: 'branch_in_use'; readonly branch: string; readonly path: string }
  | { readonly kind: 'bad_slug'; readonly slug: string }
  /** The folder is gone, or no folder any more. */
  | { readonly kind: 'worktree_missing'; readonly path: string }
  /** The work in it is not merged, so it cannot be moved to another commit. */
  | { readonly kind: 'worktree_holds_work'; readonly path: string; readonly held: HeldWork }
  /** Two commits or two processes moved a branch at the same time. */
  | { readonly kind: 'branch_moved'; readonly branch: string };

/** What a worktree holds that exists nowhere else (spec §3, "Nothing is lost"). */
export type HeldWork =
  /** Uncommitted changes; at most the first 20 paths. */
  | { readonly kind: 'uncommitted'; readonly paths: readonly string[]; readonly count: number }
  /** Commits that the merged work does not contain. */
  | { readonly kind: 'unmerged'; readonly commits: number }
  /** Repositories inside the tree (own or submodules with files), which we do not look into. */
  | { readonly kind: 'nested_repository'; readonly paths: readonly string[] };

/** One line for people: what is wrong and what to do. */
export function describeWorktreeFailure(failure: WorktreeFailure): string {
  switch (failure.kind) {
    case 'git':
      return describeGitFailure(failure);
    case 'lock':
      return `cannot lock the repository (${failure.file}): ${failure.message}`;
    case 'worktrees_dir':
      return `cannot write the worktrees folder "${failure.path}": ${failure.message}; make it writable or set another one`;
    case 'inside_workspace':
      return `the worktrees folder "${failure.path}" lies inside the workspace "${failure.workspace}"; choose one outside`;
    case 'branch_in_use':
      return `branch "${failure.branch}" is checked out in "${failure.path}"; check out another branch there`;
    case 'bad_slug':
      return `"${failure.slug}" is no safe worktree name`;
    case 'worktree_missing':
      return `the worktree "${failure.path}" is gone`;
    case 'worktree_holds_work':
      return `the worktree "${failure.path}" holds ${describeHeldWork(failure.held)}`;
    case 'branch_moved':
      return `branch "${failure.branch}" was moved by someone else meanwhile; try again`;
  }
}

/** Says what a kept worktree holds. */
export function describeHeldWork(held: HeldWork): string {
  switch (held.kind) {
    case 'uncommitted':
      return `${held.count} uncommitted ${held.count === 1 ? 'change' : 'changes'} (${held.paths.slice(0, 3).join(', ')}${held.count > 3 ? ', …' : ''})`;
    case 'unmerged':
      return `${held.commits} unmerged ${held.commits === 1 ? 'commit' : 'commits'}`;
    case 'nested_repository':
      return `a repository of its own (${held.paths.join(', ')})`;
  }
}

/** Says what git said. */
export function describeGitFailure(failure: GitFailure): string {
  switch (failure.reason) {
    case 'not_installed':
      return 'git is not installed, or not on PATH';
    case 'not_started':
      return `git did not start: ${failure.stderrTail}`;
    case 'aborted':
      return `stopped: ${failure.command}`;
    case 'timed_out':
      return `took too long: ${failure.command}`;
    case 'output_too_large':
      return `printed too much: ${failure.command}`;
    case 'exit': {
      const code = failure.exitCode === undefined ? 'a signal' : `exit code ${failure.exitCode}`;
      return `${failure.command} failed with ${code}: ${failure.stderrTail || '(no message)'}`;
    }
  }
}
