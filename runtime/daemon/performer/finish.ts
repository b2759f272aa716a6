/** The end of a run: removes what is safe elsewhere, keeps and names the rest (spec §3 "Nothing is lost"). */
import { posix } from 'node:path';
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { listBranches, readBranch } from '../../git/commits.ts';
import type { GitGuard } from '../../git/git-guard.ts';
import { deleteMergedBranch, removeWorktree } from '../../git/remove-worktree.ts';
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
  const safe = await safeCommits(services, guard);
  for (const record of await listWorktreeRecords(guard.dir)) {
    if (context.signal.aborted) return;
    await cleanWorktree(guard, record, safe, context);
  }
  await cleanBranches(services, guard, context);
}

/** Commits in which the work of workers counts as kept: the head of the run branch, and where the run began. */
async function safeCommits(services: RunServices, guard: GitGuard): Promise<readonly string[]> {
  const head = await readBranch(guard, runBranch(services.run));
  return [head.ok ? head.value : undefined, services.started.base].filter(commit => commit !== undefined);
}

async function cleanWorktree(
  guard: GitGuard,
  record: WorktreeRecord,
  safe: readonly string[],
  context: PerformContext,
): Promise<void> {
  const { slug, path: dir, branch } = record;
  const removed = await removeWorktree(guard, record, safe);
  if (context.signal.aborted) return;
  if (!removed.ok) {
    const why = describeWorktreeFailure(removed.failure);
    await context.emit({ kind: 'worktree-kept', slug, dir, branch, why });
  } else if (removed.value.kind === 'kept') {
    const why = describeHeldWork(removed.value.held);
    await context.emit({ kind: 'worktree-kept', slug, dir, branch, why });
  } else {
    await context.emit({ kind: 'worktree-removed', slug, dir });
    if (removed.value.branch === 'deleted') await context.emit({ kind: 'branch-removed', branch });
  }
}

/** Branches without a worktree: of workers whose worktree a later phase took over, and the run's own if it is empty. */
async function cleanBranches(services: RunServices, guard: GitGuard, context: PerformContext): Promise<void> {
  const kept = new Set((await listWorktreeRecords(guard.dir)).map(({ branch }) => branch));
  const head = runBranch(services.run);
  const branches = (await listBranches(guard, posix.dirname(head))).filter(
    name => name !== head && !kept.has(name),
  );
  for (const branch of [...branches, head]) {
    if (context.signal.aborted) return;
    const deleted = await deleteMergedBranch(guard, branch);
    if (deleted.ok && deleted.value === 'deleted') await context.emit({ kind: 'branch-removed', branch });
  }
}
