/** What the session plugins need to know about a worker (spec §3), from its plan. */
import type { GitGuard } from '../git/git-guard.ts';
import type { WorktreeRequest } from '../git/prepare-worktree.ts';
import type { PromptValues } from '../runner/prompt.ts';
import type { SessionContext, SessionPlugin, SetupRunner } from '../session/session-plugin.ts';
import { userPlugin } from '../session/user-plugin.ts';
import type { Session } from '../spec/workflow.ts';
import { expandText } from './route-texts.ts';
import type { RunServices, WorkerCase } from './run-services.ts';

/** What differs from call to call. */
export interface ContextParts {
  readonly values: PromptValues;
  /** Absent: the session has its place already, or works in the workspace. */
  readonly worktree?: { readonly guard: GitGuard; readonly request: WorktreeRequest };
  readonly runSetup?: SetupRunner;
  readonly signal?: AbortSignal;
}

/** The context of a worker's session plugins. */
export function sessionContext(
  services: RunServices,
  one: WorkerCase,
  { values, worktree, runSetup, signal }: ContextParts,
): SessionContext {
  const { linkedDirectories } = services;
  return {
    workspace: one.planned.place.kind === 'in-place' ? one.planned.place.dir : services.plan.workspace,
    settings: settingsOf(one, values),
    clientEnv: services.env,
    ...(worktree === undefined ? {} : { git: { ...worktree, linkedDirectories } }),
    ...(services.plan.scratchpad ? { scratchpadDir: services.dir.scratchpad } : {}),
    ...(runSetup === undefined ? {} : { runSetup }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/** The user's own plugins, in their order. */
export function userPlugins(services: RunServices): readonly SessionPlugin[] {
  return services.plan.sessionPlugins.map((argv, position) => userPlugin({ argv, position }));
}

function settingsOf({ planned }: WorkerCase, values: PromptValues): Session {
  const { place, permission, timeoutMs, setup, sandbox } = planned;
  const env = Object.entries(planned.env).map(([name, text]) => [name, expandText(text, values)]);
  return {
    worktree: place.kind === 'in-place' ? false : place.slug,
    sandbox: sandbox === undefined || sandbox === false ? false : sandboxOf(sandbox),
    env: Object.fromEntries(env),
    permission,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(setup === undefined ? {} : { setup }),
  };
}

function sandboxOf(
  sandbox: Exclude<WorkerCase['planned']['sandbox'], false | undefined>,
): Session['sandbox'] {
  const { network, write, readDeny } = sandbox;
  return { write, readDeny, ...(network === undefined ? {} : { network }) };
}
