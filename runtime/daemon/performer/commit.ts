/** Commits what a worker did on the worker's own branch (spec §5.4). */
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { commitWorktree } from '../../git/commit.ts';
import { countChangedFiles } from '../../git/diff.ts';
import { describeGitFailure, describeWorktreeFailure } from '../../git/worktree-failure.ts';
import { ok } from '../../result.ts';
import { gitOf, type RunServices, type WorkerCase, workerCase, worktreeOf } from '../run-services.ts';

/** Longest first line of a commit message, in characters. */
const MAX_SUBJECT = 72;

/** Commits everything; what is committed already is found and not committed again. */
export async function performCommit(
  services: RunServices,
  command: Extract<Command, { readonly kind: 'commit' }>,
  context: PerformContext,
): Promise<void> {
  const one = workerCase(context.plan, context.currentState(), command.worker);
  const worktree = await worktreeOf(services, one.worker);
  if (worktree === undefined) throw new Error(`the worktree of ${command.worker} is not known any more`);
  const guard = gitOf(services, context.signal);
  const model = one.worker.work.turn?.label;
  const done = await commitWorktree(guard, {
    worktree,
    worker: one.planned.id,
    ...(model === undefined ? {} : { model }),
    message: messageOf(services, one),
  });
  if (context.signal.aborted) return;
  if (!done.ok) throw new Error(`its work could not be committed: ${describeWorktreeFailure(done.failure)}`);
  const { head, changedFiles } = done.value;
  const files =
    changedFiles === undefined ? await countChangedFiles(guard, worktree.base, head) : ok(changedFiles);
  if (context.signal.aborted) return;
  if (!files.ok) throw new Error(describeGitFailure(files.failure));
  await context.emit({
    kind: 'committed',
    worker: command.worker,
    attempt: command.attempt,
    // The worker may have committed by itself: what counts is whether its branch moved.
    ...(head === worktree.base ? {} : { commit: head }),
    files: files.value,
  });
}

/** First line: phase, worker and the beginning of the answer. */
function messageOf(services: RunServices, { phase, planned, worker }: WorkerCase): string {
  const summary = worker.answer === undefined ? '' : `: ${worker.answer.summary}`;
  const subject = services.secrets.redact(`${phase.name}/${planned.id}${summary}`);
  const short = subject.length > MAX_SUBJECT ? `${subject.slice(0, MAX_SUBJECT - 1)}…` : subject;
  return `${short}\n\nNiia-Run: ${services.run}\nNiia-Worker: ${planned.key}\n`;
}
