/** A branch of the user's own naming at the head of a run: what a pull request is made from. */
import { moveBranch, readBranch } from '../git/commits.ts';
import { type GitGuard, referenceGit } from '../git/git-guard.ts';
import { plantedPrograms } from '../git/open-guard.ts';
import { describeGitFailure, describeWorktreeFailure } from '../git/worktree-failure.ts';
import type { Params, Responses, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { failure } from './failure.ts';
import type { RunManager } from './run-manager.ts';
import { rangeOf } from './run-results.ts';

/** Makes the branch. One that stands at that very commit already is fine; another commit under the name is a failure. */
export async function createUserBranch(
  runs: RunManager,
  { run, name }: Params<'run/branch'>,
): Promise<Result<Responses['run/branch'], RpcFailure>> {
  const range = await rangeOf(runs, run);
  if (!range.ok) return range;
  const { guard, stored, base, head } = range.value;
  if (head === base) return err(failure('no-work', `Run "${run}" has no commit: there is nothing to share.`));
  const checked = await checkName(guard, name, head);
  if (!checked.ok) return checked;
  const made = await moveBranch(guard, {
    branch: name,
    from: checked.value,
    to: head,
    why: `branch of run ${run}`,
  });
  if (!made.ok) return err(failure(made.failure.kind, describeWorktreeFailure(made.failure)));
  const [remotes, planted] = await Promise.all([listRemotes(guard), plantedPrograms(guard)]);
  if (!planted.ok) return err(failure('git', describeGitFailure(planted.failure)));
  return ok({
    branch: name,
    commit: head,
    root: stored.plan.repository?.root ?? stored.plan.workspace,
    remotes,
    planted: planted.value.map(setting => setting.name),
  });
}

/** Where the branch stands now: nowhere, or at the commit that is wanted. */
async function checkName(
  guard: GitGuard,
  name: string,
  head: string,
): Promise<Result<string | undefined, RpcFailure>> {
  // As git itself asks of a branch: one that begins with "-" would be an option to it.
  const ref = `refs/heads/${name}`;
  const valid = await referenceGit(guard, ['check-ref-format', ref], { okCodes: [0, 1] });
  if (!valid.ok) return err(failure('git', describeGitFailure(valid.failure)));
  if (valid.value.exitCode !== 0 || name.startsWith('-') || name === 'HEAD')
    return err(failure('bad-branch', `"${name}" is no name for a git branch.`, 2));
  if (name.startsWith('niia/'))
    return err(failure('bad-branch', 'Branches below "niia/" belong to runs. Choose another name.', 2));
  const current = await readBranch(guard, name);
  if (!current.ok) return err(failure('git', describeGitFailure(current.failure)));
  if (current.value === undefined || current.value === head) return current;
  return err(failure('branch-exists', `There is a branch "${name}" already. Choose another name.`, 2));
}

async function listRemotes(guard: GitGuard): Promise<readonly string[]> {
  const listed = await referenceGit(guard, ['remote']);
  return listed.ok ? listed.value.stdout.split('\n').filter(remote => remote !== '') : [];
}
