import { workerEnvironment } from '../git/git-environment.ts';
import { describeWorktreeFailure } from '../git/worktree-failure.ts';
import { ok, type Result } from '../result.ts';
import { envPlugin } from './env-plugin.ts';
import { permissionPlugin, sandboxPlugin, timeoutPlugin } from './limit-plugins.ts';
import { scratchpadPlugin } from './scratchpad-plugin.ts';
import type { SessionConfig, SessionContext, SessionFailure, SessionPlugin } from './session-plugin.ts';
import { setupPlugin } from './setup-plugin.ts';
import { worktreePlugin } from './worktree-plugin.ts';

/**
 * All session plugins in the spec's order (§3). The user's own stand where they see what the session became and are
 * themselves inside the sandbox.
 */
export function sessionPlugins(userPlugins: readonly SessionPlugin[] = []): readonly SessionPlugin[] {
  return [
    worktreePlugin,
    scratchpadPlugin,
    envPlugin,
    permissionPlugin,
    ...userPlugins,
    sandboxPlugin,
    timeoutPlugin,
    setupPlugin,
  ];
}

/** A session before any plugin: in the workspace, with the client's environment. */
export function startingSession(id: string, context: SessionContext): SessionConfig {
  return {
    id,
    cwd: context.workspace,
    env: workerEnvironment(context.clientEnv),
    argvPrefix: [],
    permission: 'ask',
    redact: [],
    pluginStates: {},
    notes: [],
  };
}

/**
 * Makes a session ready for its process. On failure everything that was made for it is cleaned up again, a worktree
 * only if it is new and empty of work.
 */
export async function applySession(
  plugins: readonly SessionPlugin[],
  start: SessionConfig,
  context: SessionContext,
): Promise<Result<SessionConfig, SessionFailure>> {
  let session = start;
  const applied: SessionPlugin[] = [];
  for (const plugin of plugins) {
    const next = await plugin.apply(session, context);
    if (!next.ok) {
      const isNew = session.worktree?.origin === 'created';
      await cleanUpSession(applied, session, isNew ? { ...context, mergedInto: [] } : context);
      return next;
    }
    session = next.value;
    applied.push(plugin);
  }
  return ok(session);
}

/** What is left to say after a session was cleaned up. */
export interface SessionCleanup {
  /** With notes on what was kept, and where. */
  readonly session: SessionConfig;
  readonly failures: readonly SessionFailure[];
}

/** Cleans up after a session, last plugin first. Every plugin gets its turn, whatever the others' fail with. */
export async function cleanUpSession(
  plugins: readonly SessionPlugin[],
  session: SessionConfig,
  context: SessionContext,
): Promise<SessionCleanup> {
  let current = session;
  const failures: SessionFailure[] = [];
  for (const plugin of [...plugins].reverse()) {
    const next = (await plugin.cleanup?.(current, context)) ?? ok(current);
    if (next.ok) current = next.value;
    else failures.push(next.failure);
  }
  return { session: current, failures };
}

/** One line for people: what is wrong and what to do. */
export function describeSessionFailure(failure: SessionFailure): string {
  switch (failure.kind) {
    case 'scratchpad':
      return `cannot make the scratchpad "${failure.path}": ${failure.message}`;
    case 'missing_variable':
      return `the environment has no variable "${failure.variable}", which "${failure.neededBy}" reads; set it and run again`;
    case 'sandbox_unavailable':
      return failure.message;
    case 'setup':
      return `the setup command failed${failure.code === undefined ? '' : ` with exit code ${failure.code}`}: ${failure.lastOutput}`;
    case 'plugin':
      return `session plugin "${failure.program}" failed at ${failure.action}: ${failure.message}`;
    default:
      return describeWorktreeFailure(failure);
  }
}
