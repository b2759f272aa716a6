import * as z from 'zod';
import { runBounded } from '../git/bounded-process.ts';
import { workerEnvironment } from '../git/git-environment.ts';
import { err, ok, type Result } from '../result.ts';
import type {
  PluginAction,
  SessionConfig,
  SessionContext,
  SessionFailure,
  SessionPlugin,
} from './session-plugin.ts';

/** Version of what user session plugins read and answer; see docs/session-plugins.md. */
export const PLUGIN_PROTOCOL_VERSION = 1;

const MAX_ANSWER_BYTES = 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 30_000;

/** What a plugin may change. Keys that are left out stay as they are. */
const answerSchema = z.strictObject({
  session: z
    .strictObject({
      cwd: z.string().min(1).optional(),
      env: z.record(z.string(), z.string()).optional(),
      argvPrefix: z.array(z.string()).optional(),
      permission: z.enum(['read-only', 'ask', 'edit', 'full']).optional(),
      timeoutMs: z.int().positive().optional(),
    })
    .optional(),
  redact: z.array(z.string()).optional(),
  state: z.json().optional(),
});

/** How a user's plugin is called. */
export interface UserPluginOptions {
  /** Program and its first arguments; `apply` or `cleanup` comes last. */
  readonly argv: readonly string[];
  /** Its place among the user's plugins; tells two uses of one program apart. */
  readonly position: number;
  /** Milliseconds for one call; default 30 s. */
  readonly timeoutMs?: number;
}

/**
 * A session plugin of the user: an executable that gets the session as JSON on standard input and answers what it
 * changes (design §3). Fails with `plugin` when it cannot be started, ends with another code than 0, takes too long,
 * or answers something else than documented. An empty answer changes nothing.
 */
export function userPlugin(options: UserPluginOptions): SessionPlugin {
  const call = (action: PluginAction) => async (session: SessionConfig, context: SessionContext) =>
    await callPlugin(options, action, session, context);
  return { name: options.argv[0] ?? 'plugin', apply: call('apply'), cleanup: call('cleanup') };
}

async function callPlugin(
  { argv, position, timeoutMs = DEFAULT_TIMEOUT_MS }: UserPluginOptions,
  action: PluginAction,
  session: SessionConfig,
  context: SessionContext,
): Promise<Result<SessionConfig, SessionFailure>> {
  const [program = '', ...args] = argv;
  const failed = (message: string) => err({ kind: 'plugin', program, action, message } as const);
  const key = String(position);
  const answer = await runBounded({
    command: program,
    args: [...args, action],
    // The session's folder may be gone at cleanup.
    cwd: action === 'apply' ? session.cwd : context.workspace,
    env: workerEnvironment(context.clientEnv),
    input: JSON.stringify({
      version: PLUGIN_PROTOCOL_VERSION,
      workspace: context.workspace,
      session: describeForPlugin(session),
      state: session.pluginStates[key] ?? null,
    }),
    maxOutputBytes: MAX_ANSWER_BYTES,
    timeoutMs,
    ...(context.signal === undefined ? {} : { signal: context.signal }),
  });
  if (!answer.ok) return failed(PROCESS_WORDS[answer.failure.reason]);
  const { exitCode, stdout, stderrTail } = answer.value;
  if (exitCode !== 0) return failed(`it ended with ${exitCode ?? 'a signal'}: ${lastLine(stderrTail)}`);
  if (action === 'cleanup' || stdout.trim() === '') return ok(session);
  const parsed = parseAnswer(stdout);
  return parsed.ok ? ok(changed(session, key, parsed.value)) : failed(parsed.failure);
}

const PROCESS_WORDS = {
  aborted: 'it was stopped',
  timed_out: 'it took too long',
  output_too_large: 'its answer is longer than 1 MB',
  not_installed: 'there is no such program',
  not_started: 'it could not be started',
} as const;

/** The documented part of a session. */
function describeForPlugin(session: SessionConfig) {
  const { id, cwd, env, argvPrefix, permission, timeoutMs, scratchpadDir, worktree } = session;
  const tree = worktree && {
    slug: worktree.slug,
    path: worktree.path,
    branch: worktree.branch,
    base: worktree.base,
  };
  return { id, cwd, env, argvPrefix, permission, timeoutMs, scratchpadDir, worktree: tree };
}

type Answer = z.infer<typeof answerSchema>;

function parseAnswer(text: string): Result<Answer, string> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return err('its answer is not JSON');
  }
  const parsed = answerSchema.safeParse(json);
  if (parsed.success) return ok(parsed.data);
  const [issue] = parsed.error.issues;
  return err(`its answer does not fit at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unknown'}`);
}

function changed(session: SessionConfig, key: string, { session: change = {}, redact = [], state }: Answer) {
  const set = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  return {
    ...session,
    ...set,
    redact: [...new Set([...session.redact, ...redact])],
    pluginStates: state === undefined ? session.pluginStates : { ...session.pluginStates, [key]: state },
  };
}

function lastLine(text: string): string {
  return text.split('\n').at(-1) || '(no message)';
}
