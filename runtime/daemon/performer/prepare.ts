/** Gives a worker its place: a worktree made ready to run, or the workspace itself (spec §3). */
import { dirname } from 'node:path';
import type { Command } from '../../engine/commands.ts';
import type { PerformContext } from '../../engine/performer.ts';
import { workerOf } from '../../engine/state.ts';
import type { WorktreeRequest } from '../../git/prepare-worktree.ts';
import { safeName } from '../../git/safe-name.ts';
import type { PlannedWorker } from '../../plan/plan.ts';
import { err, ok, type Result } from '../../result.ts';
import type { SessionConfig } from '../../session/session-plugin.ts';
import { branchOf } from '../plan-names.ts';
import { type LeftSession, leftSession } from '../resumed-session.ts';
import { ensureRunBranch } from '../run-repository.ts';
import { gitOf, type RunServices, type WorkerCase, workerCase } from '../run-services.ts';
import { setupRunner } from '../setup.ts';
import { prepareSession, type SessionFailure } from '../worker-session.ts';

type PrepareCommand = Extract<Command, { readonly kind: 'prepare' }>;

/** Makes the place ready; what is ready already, from an earlier attempt or before a crash, is taken over. */
export async function performPrepare(
  services: RunServices,
  command: PrepareCommand,
  context: PerformContext,
): Promise<void> {
  const one = workerCase(context.plan, context.currentState(), command.worker);
  const left = await sessionLeftTo(services, one);
  const session = await makeSession(services, command, context, one, left);
  if (context.signal.aborted) return;
  const { worker, attempt } = command;
  if (!session.ok) {
    const { reason, message } = session.failure;
    const outcome = { kind: 'failed', reason, message: services.secrets.redact(message) } as const;
    return context.emit({ kind: 'worker-ended', worker, attempt, outcome });
  }
  for (const text of session.value.notes)
    await context.emit({ kind: 'note', level: 'warning', text, worker });
  // An attempt after the first is there because the one before came to nothing: it begins anew.
  const conversation = attempt === 1 ? left?.conversation : undefined;
  const place = { ...placeOf(session.value), ...(conversation && { conversation }) };
  await context.emit({ kind: 'worktree-ready', worker, attempt, ...place });
}

async function makeSession(
  services: RunServices,
  command: PrepareCommand,
  context: PerformContext,
  one: WorkerCase,
  left: LeftSession | undefined,
): Promise<Result<SessionConfig, SessionFailure>> {
  const request = await worktreeRequest(services, context, one, left);
  if (!request.ok) return err({ reason: { kind: 'crashed' }, message: request.failure });
  return prepareSession(services, context, one, {
    ...(request.value === undefined ? {} : { request: request.value }),
    runSetup: setupRunner(services, command, context, one),
  });
}

function placeOf({ cwd, worktree }: SessionConfig) {
  if (worktree === undefined) return { dir: cwd };
  const { path: dir, slug, branch, base, gitDir } = worktree;
  return { dir, slug, branch, base, gitDir };
}

/** The worktree to ask for; undefined for a worker in place. The failure is a sentence for people. */
async function worktreeRequest(
  services: RunServices,
  context: PerformContext,
  { planned, worker }: WorkerCase,
  left: LeftSession | undefined,
): Promise<Result<WorktreeRequest | undefined, string>> {
  const { place } = planned;
  if (place.kind === 'in-place') return ok(undefined);
  // Not under this worker's signal: others may wait for the same answer.
  const head = await ensureRunBranch(services, gitOf(services));
  if (!head.ok) return head;
  const slug = worker.place?.slug ?? wishedSlug(services, planned);
  if (place.resume !== undefined && left === undefined)
    return err(`there is no worktree session "${place.resume}" to go on with`);
  return ok({
    slug,
    branch: worker.place?.branch ?? left?.branch ?? branchOf(context.plan, services.run, planned.key),
    base: head.value,
    worktreesDir: dirname(place.dir),
    mayReuse: isFree(context, slug, planned.key),
    resume: place.resume !== undefined,
  });
}

/** What there is to go on with, for a worker that is to (spec §3 `resume`). */
async function sessionLeftTo(
  services: RunServices,
  { planned, worker }: WorkerCase,
): Promise<LeftSession | undefined> {
  if (planned.place.kind !== 'worktree' || planned.place.resume === undefined) return undefined;
  const slug = worker.place?.slug ?? wishedSlug(services, planned);
  return await leftSession(dirname(services.dir.root), slug);
}

/** Whether every other worker of this run that had the worktree has ended (spec §3: same slug in a later phase). */
function isFree(context: PerformContext, slug: string, key: string): boolean {
  const state = context.currentState();
  for (const other of state.index.workers.keys()) {
    const worker = other === key ? undefined : workerOf(state, other);
    if (worker?.place?.slug === slug && worker.progress.kind !== 'ended') return false;
  }
  return true;
}

function wishedSlug(services: RunServices, { place }: PlannedWorker): string {
  if (place.kind !== 'worktree') return '';
  return safeName((place.resume ?? place.slug).replaceAll('{run}', services.run));
}
