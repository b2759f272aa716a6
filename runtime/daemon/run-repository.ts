/** The git side of a run: its guard, and its branch `niia/<run>/head` (spec §5.4). */

import { join } from 'node:path';
import { moveBranch, readBranch } from '../git/commits.ts';
import type { GitGuard } from '../git/git-guard.ts';
import { openGuard } from '../git/open-guard.ts';
import { readRepository } from '../git/repository.ts';
import { runBranch } from '../git/run-branches.ts';
import { describeGitFailure, describeWorktreeFailure } from '../git/worktree-failure.ts';
import type { Plan } from '../plan/plan.ts';
import { err, ok, type Result } from '../result.ts';
import type { Environment } from './env-file.ts';
import type { RunDir } from './run-dir.ts';
import type { RunServices } from './run-services.ts';

/**
 * Opens the guard of a run's repository. The first time this must happen before any worker runs: it remembers the
 * configuration as it was. Undefined: the run has no repository. The failure is a sentence for people.
 */
export async function openRunRepository(
  plan: Plan,
  dir: RunDir,
  env: Environment,
): Promise<Result<GitGuard | undefined, string>> {
  if (plan.repository === undefined) return ok(undefined);
  const access = { env };
  const repository = await readRepository(plan.repository.root, access);
  if (!repository.ok) return err(describeGitFailure(repository.failure));
  if (repository.value.kind === 'no_repository')
    return err(`${plan.repository.root} is not a git repository any more`);
  const guard = await openGuard({ repository: repository.value, dir: join(dir.root, 'git'), access });
  return guard.ok ? guard : err(describeGitFailure(guard.failure));
}

/** Heads being looked up, by guard: the workers of a phase ask at once, and one answer serves them all. */
const lookups = new Map<string, Promise<Result<string, string>>>();

/** The head of the run branch, which is made at the run's base if it is not there. The failure is for people. */
export function ensureRunBranch(
  { run, started }: Pick<RunServices, 'run' | 'started'>,
  guard: GitGuard,
): Promise<Result<string, string>> {
  const known = lookups.get(guard.dir);
  if (known !== undefined) return known;
  const lookup = readOrMake(runBranch(run), started.base, guard).finally(() => lookups.delete(guard.dir));
  lookups.set(guard.dir, lookup);
  return lookup;
}

async function readOrMake(
  branch: string,
  base: string | undefined,
  guard: GitGuard,
): Promise<Result<string, string>> {
  const head = await readBranch(guard, branch);
  if (!head.ok) return err(describeGitFailure(head.failure));
  if (head.value !== undefined) return ok(head.value);
  if (base === undefined) return err('the run has no base commit');
  const made = await moveBranch(guard, { branch, from: undefined, to: base, why: 'run started' });
  return made.ok ? ok(base) : err(describeWorktreeFailure(made.failure));
}
