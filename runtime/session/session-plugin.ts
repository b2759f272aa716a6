import type { Environment } from '../git/git-environment.ts';
import type { GitGuard } from '../git/git-guard.ts';
import type { WorktreeRequest } from '../git/prepare-worktree.ts';
import type { WorktreeFailure } from '../git/worktree-failure.ts';
import type { Worktree } from '../git/worktree-record.ts';
import type { Result } from '../result.ts';
import type { Permission, Session } from '../spec/workflow.ts';

/**
 * Where and how one worker's process runs: what the session plugins work on, one after the other (spec §3). Plain data,
 * so that a restarted daemon can clean up what it finds.
 */
export interface SessionConfig {
  readonly id: string;
  readonly cwd: string;
  /** The complete environment of the process. */
  readonly env: Readonly<Record<string, string>>;
  /** What stands before the worker's own argv: a sandbox, a wrapper. */
  readonly argvPrefix: readonly string[];
  readonly permission: Permission;
  /** Milliseconds the worker may live; absent: no limit. */
  readonly timeoutMs?: number;
  /** The run's scratchpad; absent if it is off. */
  readonly scratchpadDir?: string;
  /** Absent where the session runs in the workspace itself. */
  readonly worktree?: SessionWorktree;
  /** Secret values, to be given to `createRedactor`; never to be journaled. */
  readonly redact: readonly string[];
  /** What user session plugins want back at cleanup, by the plugin's position. */
  readonly pluginStates: Readonly<Record<string, unknown>>;
  /** What a person should know, in words. */
  readonly notes: readonly string[];
}

/** The worktree of a session. */
export interface SessionWorktree extends Worktree {
  readonly origin: 'created' | 'adopted' | 'reused';
  /** `session.setup` has run here before. */
  readonly isSetUp: boolean;
}

/** What the plugins may use. */
export interface SessionContext {
  /** The user's working tree, or the folder where there is no repository. */
  readonly workspace: string;
  /** The worker's settings, placeholders expanded. */
  readonly settings: Session;
  /** The environment of the client that started the run: what `${env:NAME}` reads. */
  readonly clientEnv: Environment;
  /** Absent: no repository, or the settings say `worktree: false`. */
  readonly git?: SessionGit;
  /** The run's scratchpad directory; absent if it is off. */
  readonly scratchpadDir?: string;
  /** Runs `session.setup`; the caller shows its output. Absent: failure where a setup is asked for. */
  readonly runSetup?: SetupRunner;
  /** Cleanup only: commits whose work counts as merged. Absent: the worktree stays. */
  readonly mergedInto?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What a worktree is made from. */
export interface SessionGit {
  readonly guard: GitGuard;
  readonly request: WorktreeRequest;
  /** Setting: directories that are linked from the workspace, `node_modules` and the like. */
  readonly linkedDirectories: readonly string[];
}

/** Runs the setup command of a new worktree to its end. */
export type SetupRunner = (
  argv: readonly string[],
  session: SessionConfig,
) => Promise<{
  /** Undefined if it did not start or a signal ended it. */
  readonly exitCode: number | undefined;
  /** Set where it is no failure of the command itself. */
  readonly endedBy?: SetupEnd;
  readonly lastOutput: string;
}>;

/** What ended a setup from outside: its terminal died, or the worker's time was up. */
export type SetupEnd = 'lost' | 'timed_out';

/** Why a session cannot be had. No message contains a secret value. */
export type SessionFailure =
  | WorktreeFailure
  | { readonly kind: 'scratchpad'; readonly path: string; readonly message: string }
  | { readonly kind: 'missing_variable'; readonly variable: string; readonly neededBy: string }
  | { readonly kind: 'sandbox_unavailable'; readonly message: string }
  | {
      readonly kind: 'setup';
      readonly code: number | undefined;
      readonly endedBy?: SetupEnd;
      readonly lastOutput: string;
    }
  | {
      readonly kind: 'plugin';
      readonly program: string;
      readonly action: PluginAction;
      readonly message: string;
    };

/** What a user session plugin is called for. */
export type PluginAction = 'apply' | 'cleanup';

/**
 * One step of a session's making: a function from one configuration to the next, plus its cleanup. Both may be called
 * again for the same session after a crash, and must then come to the same end.
 */
export interface SessionPlugin {
  readonly name: string;
  readonly apply: (
    session: SessionConfig,
    context: SessionContext,
  ) => Promise<Result<SessionConfig, SessionFailure>>;
  readonly cleanup?: (
    session: SessionConfig,
    context: SessionContext,
  ) => Promise<Result<SessionConfig, SessionFailure>>;
}
