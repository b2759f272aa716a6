import { err, ok, type Result } from '../result.ts';
import { AnswerCache } from './answer-cache.ts';
import { type BranchUpdate, updateBranch } from './branch-updates.ts';
import { type GitGuard, guardedGit, referenceGit } from './git-guard.ts';
import { findCheckoutByFiles, readBranchFile, readHeadFile } from './ref-files.ts';
import type { GitFailure } from './run-git.ts';
import type { WorktreeFailure } from './worktree-failure.ts';

/** The commit a branch (without `refs/heads/`) points at; undefined if there is no such branch. */
export async function readBranch(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  branch: string,
): Promise<Result<string | undefined, GitFailure>> {
  const commit = await readBranchFile(guard.commonDir, branch);
  return commit === undefined ? await readCommit(guard, `refs/heads/${branch}`) : ok(commit);
}

/** The commit that a worktree's HEAD stands on; undefined if it stands on none. */
export async function readWorktreeHead(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  gitDir: string,
): Promise<Result<string | undefined, GitFailure>> {
  const head = await readHeadFile(gitDir);
  if (head.kind === 'commit') return ok(head.commit);
  const commit = head.kind === 'branch' ? await readBranchFile(guard.commonDir, head.branch) : undefined;
  return commit === undefined ? await readCommit(guard, 'HEAD', gitDir) : ok(commit);
}

/**
 * Moves a branch, only if it still points where the caller saw it (undefined: only if it does not exist). Fails with
 * `branch_moved` otherwise.
 */
export async function moveBranch(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  move: BranchUpdate,
): Promise<Result<void, WorktreeFailure>> {
  if (move.from === move.to) return ok(undefined);
  const updated = await updateBranch(guard, move);
  if (updated.ok) return ok(undefined);
  const current = await readBranch(guard, move.branch);
  if (current.ok && current.value === move.to) return ok(undefined);
  if (current.ok && current.value !== move.from) return err({ kind: 'branch_moved', branch: move.branch });
  return updated;
}

/** Whether every commit of `ancestor` is in the history of `descendant`. */
export async function isAncestor(
  guard: GitGuard,
  ancestor: string,
  descendant: string,
): Promise<Result<boolean, GitFailure>> {
  if (ancestor === descendant) return ok(true);
  const args = ['merge-base', '--is-ancestor', ancestor, descendant];
  const answer = await guardedGit(guard, args, { okCodes: [0, 1] });
  return answer.ok ? ok(answer.value.exitCode === 0) : answer;
}

/** The best common ancestor of two commits; undefined if their histories share nothing. */
export async function findMergeBase(
  guard: GitGuard,
  one: string,
  other: string,
): Promise<Result<string | undefined, GitFailure>> {
  const answer = await guardedGit(guard, ['merge-base', one, other], { okCodes: [0, 1] });
  return answer.ok ? ok(answer.value.stdout.trim() || undefined) : answer;
}

/** How many commits the heads have that none of the others contains. */
export async function countCommitsAhead(
  guard: GitGuard,
  heads: readonly string[],
  others: readonly string[],
): Promise<Result<number, GitFailure>> {
  const open = heads.filter(head => !others.includes(head));
  if (open.length === 0) return ok(0);
  const counted = await guardedGit(guard, ['rev-list', '--count', ...open, '--not', ...others]);
  return counted.ok ? ok(Number(counted.value.stdout.trim())) : counted;
}

const trees = new AnswerCache<string>(1000);

/** The tree of a commit. */
export async function readTree(guard: GitGuard, commit: string): Promise<Result<string, GitFailure>> {
  const known = trees.get(commit);
  if (known !== undefined) return ok(known);
  const answer = await guardedGit(guard, ['rev-parse', '--verify', `${commit}^{tree}`]);
  if (!answer.ok) return answer;
  const tree = answer.value.stdout.trim();
  trees.set(commit, tree);
  return ok(tree);
}

/** Remembers the tree of a commit that we wrote. */
export function rememberTree(commit: string, tree: string): void {
  trees.set(commit, tree);
}

/** The first folder that has the branch checked out, the user's own included; undefined if none has. */
export async function findCheckout(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  branch: string,
): Promise<Result<string | undefined, GitFailure>> {
  const found = findCheckoutByFiles(guard.commonDir, branch);
  if (found !== 'unclear') return ok(found.path);
  const args = ['for-each-ref', '--format=%(worktreepath)', `refs/heads/${branch}`];
  const answer = await referenceGit(guard, args);
  return answer.ok ? ok(answer.value.stdout.trim() || undefined) : answer;
}

async function readCommit(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  name: string,
  gitDir?: string,
): Promise<Result<string | undefined, GitFailure>> {
  const args = ['rev-parse', '-q', '--verify', `${name}^{commit}`];
  const options = { okCodes: [0, 1], ...(gitDir === undefined ? {} : { gitDir }) };
  const answer = await referenceGit(guard, args, options);
  return answer.ok ? ok(answer.value.stdout.trim() || undefined) : answer;
}

/**
 * Whether a commit is in the history of a reference outside of a folder of branches (`niia/<run>`), or of HEAD: whether it
 * would survive that folder.
 */
export async function isReachableWithout(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  folder: string,
  commit: string,
): Promise<Result<boolean, GitFailure>> {
  const args = ['--max-count=1', commit, '--not', ...referencesBut(`${folder}/*`)];
  const lost = await referenceGit(guard, ['rev-list', ...args]);
  return lost.ok ? ok(lost.value.stdout.trim() === '') : lost;
}

/** How many commits would be lost with these branches: all that a pattern (`niia/<run>/*`, a name) stands for. */
export async function countCommitsOnlyIn(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  branches: readonly string[],
  pattern: string,
): Promise<Result<number, GitFailure>> {
  if (branches.length === 0) return ok(0);
  const heads = branches.map(branch => `refs/heads/${branch}`);
  const args = ['--count', ...heads, '--not', ...referencesBut(pattern)];
  const counted = await referenceGit(guard, ['rev-list', ...args]);
  return counted.ok ? ok(Number(counted.value.stdout.trim())) : counted;
}

function referencesBut(pattern: string): readonly string[] {
  return [`--exclude=${pattern}`, '--branches', '--tags', '--remotes', 'HEAD'];
}

/**
 * Branches below a folder of names (`niia/<run>`), without `refs/heads/`, and where they point; `mergedInto`: only those
 * whose commits are all in the history of that commit. None where git fails.
 */
export async function listBranches(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  folder: string,
  mergedInto?: string,
): Promise<ReadonlyMap<string, string>> {
  const only = mergedInto === undefined ? [] : [`--merged=${mergedInto}`];
  const format = '--format=%(objectname) %(refname:lstrip=2)';
  const listed = await referenceGit(guard, ['for-each-ref', format, ...only, `refs/heads/${folder}/`]);
  if (!listed.ok) return new Map();
  const lines = listed.value.stdout.split('\n').filter(line => line !== '');
  return new Map(lines.map(line => [line.slice(line.indexOf(' ') + 1), line.slice(0, line.indexOf(' '))]));
}
