/** The session of a worker: where it runs and with what environment (spec §3), as the session plugins make it. */
import type { FailureReason } from '../agents/adapter.ts';
import type { PerformContext } from '../engine/performer.ts';
import { remainingMs } from '../engine/state.ts';
import type { WorktreeRequest } from '../git/prepare-worktree.ts';
import { err, ok, type Result } from '../result.ts';
import {
  applySession,
  describeSessionFailure,
  sessionPlugins,
  startingSession,
} from '../session/apply-session.ts';
import type {
  SessionFailure as PluginFailure,
  SessionConfig,
  SessionContext,
  SetupRunner,
} from '../session/session-plugin.ts';
import { keepPluginStates, readPluginStates } from './plugin-states.ts';
import { gitOf, type RunServices, type WorkerCase, worktreeOf } from './run-services.ts';
import { sessionContext, userPlugins } from './session-settings.ts';
import { promptValues } from './turn-texts.ts';
import { withPathFirst } from './worker-program.ts';

/** Terminal size of a worker that nobody watches yet. */
export const WORKER_TERMINAL = { cols: 120, rows: 40 } as const;

/** Why a session cannot be had. */
export interface SessionFailure {
  readonly reason: FailureReason;
  readonly message: string;
}

/** Makes a worker's session from nothing: its worktree, its environment, its setup (spec §3, order of application). */
export async function prepareSession(
  services: RunServices,
  context: PerformContext,
  one: WorkerCase,
  parts: { readonly request?: WorktreeRequest; readonly runSetup: SetupRunner },
): Promise<Result<SessionConfig, SessionFailure>> {
  const { request, runSetup } = parts;
  const plugins = sessionContext(services, one, {
    values: await promptValues(services, context, one),
    ...(request === undefined ? {} : { worktree: { guard: gitOf(services, context.signal), request } }),
    runSetup,
    signal: context.signal,
  });
  const all = sessionPlugins(userPlugins(services));
  const session = await applySession(all, begin(services, one, plugins), plugins);
  if (!session.ok) return err(asFailure(session.failure));
  await keepPluginStates(services, one, session.value);
  return ok(remember(services, one, session.value));
}

/**
 * The session of a worker that has its place. After a restart of the daemon it is made again, but for the worktree, which
 * is the one the journal names: its worker may be at work in it.
 */
export async function sessionOf(
  services: RunServices,
  context: PerformContext,
  one: WorkerCase,
): Promise<Result<SessionConfig, SessionFailure>> {
  const known = services.sessions.get(cacheKey(one));
  if (known !== undefined) return ok(known);
  const values = await promptValues(services, context, one);
  const plugins = sessionContext(services, one, { values, signal: context.signal });
  const record = await worktreeOf(services, one.worker);
  const start = begin(services, one, plugins);
  const dir = one.worker.place?.dir ?? start.cwd;
  const placed: SessionConfig = {
    ...start,
    cwd: dir,
    ...(record === undefined ? {} : { worktree: { ...record, origin: 'adopted' } }),
    pluginStates: await readPluginStates(services, one),
  };
  const all = sessionPlugins(userPlugins(services)).filter(
    ({ name }) => name !== 'worktree' && name !== 'setup',
  );
  const session = await applySession(all, placed, plugins);
  return session.ok ? ok(remember(services, one, session.value)) : err(asFailure(session.failure));
}

/** Variables that tell a worker's own `niia` where it is; they win over whatever the plugins set. */
export function workerEnvironment(
  services: RunServices,
  { planned }: WorkerCase,
  session: SessionConfig,
): Readonly<Record<string, string>> {
  const own = {
    NIIA_RUN: services.run,
    NIIA_WORKER: planned.key,
    NIIA_PHASE: planned.phase,
    NIIA_WORKSPACE: services.plan.workspace,
    NIIA_FILE: services.plan.file,
    NIIA_DEPTH: String(services.started.depth),
    ...(services.home === undefined ? {} : { NIIA_HOME: services.home }),
  };
  return withPathFirst({ ...session.env, ...own }, services.binDir);
}

/** End of a worker's time in ms since 1970; undefined = it has no limit (spec §3 `timeout_ms`). */
export function deadlineOf(
  { planned, worker }: WorkerCase,
  context: PerformContext,
  session?: SessionConfig,
): number | undefined {
  const limits = [session?.timeoutMs ?? planned.timeoutMs, context.plan.limits.timeoutPerAgentMs];
  const known = limits.filter(ms => ms !== undefined);
  if (known.length === 0) return undefined;
  const now = Date.now();
  return now + remainingMs(worker.work, Math.min(...known), now);
}

function begin(services: RunServices, { planned }: WorkerCase, plugins: SessionContext): SessionConfig {
  return startingSession(`${services.run}/${planned.key}`, plugins);
}

function remember(services: RunServices, one: WorkerCase, session: SessionConfig): SessionConfig {
  services.secrets.add(session.redact);
  services.sessions.set(cacheKey(one), session);
  return session;
}

function cacheKey({ worker }: WorkerCase): string {
  return `${worker.key}#${worker.attempt}`;
}

function asFailure(failure: PluginFailure): SessionFailure {
  const message = describeSessionFailure(failure);
  switch (failure.kind) {
    case 'sandbox_unavailable':
      return { reason: { kind: 'sandbox_unavailable' }, message };
    case 'setup':
      if (failure.endedBy !== undefined) return { reason: { kind: failure.endedBy }, message };
      return { reason: { kind: 'setup', code: failure.code ?? -1 }, message };
    default:
      return { reason: { kind: 'crashed' }, message };
  }
}
