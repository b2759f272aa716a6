/** The end of a run: removes what is safe elsewhere, keeps and names the rest (spec §3 "Nothing is lost"). */
import { posix } from 'node:path';
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { listBranches, readBranch } from '../../git/commits.ts';
import type { GitGuard } from '../../git/git-guard.ts';
import { deleteBranchesMergedInto, deleteMergedBranch, removeWorktree } from '../../git/remove-worktree.ts';
import { runBranch } from '../../git/run-branches.ts';
import { describeHeldWork, describeWorktreeFailure } from '../../git/worktree-failure.ts';
import { listWorktreeRecords, type WorktreeRecord } from '../../git/worktree-record.ts';
import { cleanUpSession, describeSessionFailure, startingSession } from '../../session/apply-session.ts';
import { deleteEnvFile } from '../env-file.ts';
import { listKeptSessions } from '../plugin-states.ts';
import { type RunServices, workerCase } from '../run-services.ts';
import { releaseSessions } from '../session-release.ts';
import { sessionContext, userPlugins } from '../session-settings.ts';
import { promptValues } from '../turn-texts.ts';

/** Cleans up and ends the run. Done again after a crash, it finds the rest of what there is to do. */
export async function performFinish(
  services: RunServices,
  command: Extract<Command, { readonly kind: 'finish' }>,
  context: PerformContext,
): Promise<void> {
  await cleanSessions(services, context);
  const { git } = services;
  if (git.ok && git.value !== undefined) await cleanRepository(services, git.value, context);
  if (context.signal.aborted) return;
  await releaseSessions(services.pty, services.run);
  await deleteEnvFile(services.dir.env);
  await context.emit({ kind: 'run-ended', outcome: command.outcome, message: command.message });
}

/** Calls the user's session plugins for cleanup, while the worktrees are still there. */
async function cleanSessions(services: RunServices, context: PerformContext): Promise<void> {
  for (const { key, cwd, pluginStates } of await listKeptSessions(services)) {
    const one = workerCase(context.plan, context.currentState(), key);
    const values = await promptValues(services, context, one);
    const plugins = sessionContext(services, one, { values, signal: context.signal });
    const start = { ...startingSession(`${services.run}/${key}`, plugins), cwd, pluginStates };
    const { failures } = await cleanUpSession(userPlugins(services), start, plugins);
    for (const failure of failures) {
      const text = services.secrets.redact(describeSessionFailure(failure));
      await context.emit({ kind: 'note', level: 'warning', text, worker: key });
    }
  }
}

/** A worktree that cannot be removed is kept and said; it never keeps the run from ending. */
async function cleanRepository(services: RunServices, git: GitGuard, context: PerformContext): Promise<void> {
  const guard = { ...git, access: { ...git.access, signal: context.signal } };
  const folder = posix.dirname(runBranch(services.run));
  const head = await readBranch(guard, runBranch(services.run));
  const merged =
    head.ok && head.value !== undefined ? await listBranches(guard, folder, head.value) : new Map();
  const waiting = [...(await listWorktreeRecords(guard.dir))];
  const cleanNext = async (): Promise<void> => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) {
      if (context.signal.aborted) return;
      const safe = [head.ok ? head.value : undefined, services.started.base, merged.get(record.branch)];
      await cleanWorktree(
        guard,
        record,
        safe.filter(commit => commit !== undefined),
        context,
      );
    }
  };
  await Promise.all(Array.from({ length: CLEANERS }, cleanNext));
  const isEmpty = head.ok && head.value === services.started.base;
  await cleanBranches(services, guard, context, { keepsHead: !isEmpty });
}

/** Worktrees that are removed at once: more would only wait for the disk. */
const CLEANERS = 4;

/** `safe`: commits in whose history the worktree's work is kept. */
async function cleanWorktree(
  guard: GitGuard,
  record: WorktreeRecord,
  safe: readonly string[],
  context: PerformContext,
): Promise<void> {
  const { slug, path: dir, branch } = record;
  const removed = await removeWorktree(guard, record, safe, { keepsBranch: true });
  if (context.signal.aborted) return;
  if (!removed.ok) {
    const why = describeWorktreeFailure(removed.failure);
    await context.emit({ kind: 'worktree-kept', slug, dir, branch, why });
  } else if (removed.value.kind === 'kept') {
    const why = describeHeldWork(removed.value.held);
    await context.emit({ kind: 'worktree-kept', slug, dir, branch, why });
  } else {
    await context.emit({ kind: 'worktree-removed', slug, dir });
  }
}

/** Branches of workers that are merged, one by one those whose commits other branches hold, last the run's own. */
async function cleanBranches(
  services: RunServices,
  guard: GitGuard,
  context: PerformContext,
  { keepsHead }: { readonly keepsHead: boolean },
): Promise<void> {
  const head = runBranch(services.run);
  const folder = posix.dirname(head);
  const merged = await deleteBranchesMergedInto(guard, folder, head);
  for (const branch of merged.ok ? merged.value : []) await context.emit({ kind: 'branch-removed', branch });
  const kept = new Set((await listWorktreeRecords(guard.dir)).map(({ branch }) => branch));
  const others = [...(await listBranches(guard, folder)).keys()].filter(
    name => name !== head && !kept.has(name),
  );
  // The run's own branch stays as long as it holds anything: `niia diff` and `niia merge` name it (spec §5.4).
  for (const branch of keepsHead ? others : [...others, head]) {
    if (context.signal.aborted) return;
    const deleted = await deleteMergedBranch(guard, branch);
    if (deleted.ok && deleted.value === 'deleted') await context.emit({ kind: 'branch-removed', branch });
  }
}
