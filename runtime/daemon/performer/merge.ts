/** Merges a worker's branch into the run branch (spec §5.4). No working tree is touched. */
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { mergeIntoBranch } from '../../git/merge.ts';
import { runBranch } from '../../git/run-branches.ts';
import { describeWorktreeFailure } from '../../git/worktree-failure.ts';
import { branchOf } from '../plan-names.ts';
import { gitOf, type RunServices, workerCase } from '../run-services.ts';

/** Merges; a branch that is merged already stays so. A conflict changes nothing and is reported with its files. */
export async function performMerge(
  services: RunServices,
  command: Extract<Command, { readonly kind: 'merge' }>,
  context: PerformContext,
): Promise<void> {
  const { phase, worker: key } = command;
  const { worker } = workerCase(context.plan, context.currentState(), key);
  if (worker.commit === undefined) throw new Error(`${key} has nothing to merge`);
  const merged = await mergeIntoBranch(gitOf(services, context.signal), {
    into: runBranch(services.run),
    from: worker.commit,
    message: `Merge ${key}`,
  });
  if (context.signal.aborted) return;
  if (!merged.ok)
    throw new Error(`the branch of ${key} could not be merged: ${describeWorktreeFailure(merged.failure)}`);
  if (merged.value.kind === 'conflict') {
    const branch = worker.place?.branch ?? branchOf(context.plan, services.run, key);
    await context.emit({
      kind: 'merge-conflict',
      phase,
      worker: key,
      branch,
      files: [...merged.value.files],
    });
  } else {
    await context.emit({ kind: 'merged', phase, worker: key, head: merged.value.head });
  }
}
