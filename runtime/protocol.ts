/**
 * Every message between a client (CLI, editor) and the daemon: JSON-RPC 2.0 (vscode-jsonrpc) over a socket that only the
 * user can open. Each side validates what it receives with the schemas below. The PTY host has its own page:
 * `pty-protocol.ts`.
 */
import * as z from 'zod';
import type { RunEvent } from './engine/events.ts';
import type { RunView } from './engine/projections.ts';
import type { ChangedFile } from './git/changed-files.ts';
import type { Plan } from './plan/plan.ts';
import { planSchema } from './plan/plan.ts';

const name = z.string().min(1).max(700);
const run = { run: name };
const environment = z.record(z.string(), z.string());

/** Parameters of every request, by method. */
export const requestSchemas = {
  /**
   * First message of every connection. Another version is a failure (`other-version`); only `daemon/status` and
   * `daemon/stop` are served without a hello that fits.
   */
  hello: z.object({
    protocol: z.number().int(),
    version: z.string(),
    client: z.enum(['cli', 'editor', 'mcp']),
  }),
  'daemon/status': z.object({}),
  /** Ends the daemon. Unfinished runs go on with the next start unless `stopRuns`. */
  'daemon/stop': z.object({ stopRuns: z.boolean() }),
  /**
   * Starts a run. `env` is the environment its workers get (design §2). `from` takes base commit and answers of the named
   * phases from an earlier run.
   */
  'run/start': z.object({
    plan: planSchema,
    env: environment,
    from: z.object({ run: name, phases: z.array(name) }).optional(),
    parent: z.object({ run: name, worker: name }).optional(),
  }),
  'run/list': z.object({ all: z.boolean() }),
  'run/show': z.object(run),
  /** Events from `fromSeq` (1 = all) come as `run/event` notifications, in order, until `run/unfollow`. */
  'run/follow': z.object({ ...run, fromSeq: z.number().int().positive() }),
  'run/unfollow': z.object(run),
  /** `worker` is a key (`<phase>/<id>`); absent = the whole run. */
  'run/stop': z.object({ ...run, worker: name.optional(), how: z.enum(['polite', 'now']) }),
  /** Failed workers of the phases or workers named (all failed ones if none), and what comes after them, run again. */
  'run/retry': z.object({
    ...run,
    targets: z.array(name),
    routeOverride: z.string().optional(),
    env: environment,
  }),
  'run/resume': z.object({ ...run, env: environment }),
  'run/approve': z.object({ ...run, gate: name }),
  'run/pick': z.object({ ...run, phase: name, worker: name }),
  'run/answer': z.object({ ...run, worker: name, text: z.string().max(1_000_000) }),
  'run/diff': z.object({ ...run, worker: name.optional(), stat: z.boolean() }),
  /** Files that differ between the base and the work of a run or worker; `against`: between two workers. */
  'run/changes': z.object({ ...run, worker: name.optional(), against: name.optional() }),
  /** A blob that `run/changes` named. */
  'run/blob': z.object({ ...run, object: z.string().regex(/^[0-9a-f]{40,64}$/) }),
  /**
   * Merges the run branch into the user's current branch: the only call that touches it, made only when asked. `dryRun`
   * says what would happen, or why it would not.
   */
  'run/merge': z.object({ ...run, dryRun: z.boolean().optional() }),
  /** Makes a branch of the user's own naming at the head of the run branch; nothing is checked out. */
  'run/branch': z.object({ ...run, name: z.string().min(1).max(250) }),
  /**
   * Throws away the worktrees of an ended run or of one of its workers, and with `branches` their branches: only what
   * niia made, but whatever it holds. `dryRun` says what would go.
   */
  'run/discard': z.object({
    ...run,
    worker: name.optional(),
    branches: z.boolean(),
    dryRun: z.boolean(),
  }),
  /** Removes ended runs with everything that is merged or empty; keeps and names the rest. */
  'run/clean': z.object({ run: name.optional(), dryRun: z.boolean() }),
  /** Opens a session outside of any run (`niia serve`). */
  'session/open': z.object({
    session: name,
    argv: z.array(z.string()).min(1),
    cwd: z.string(),
    env: environment,
    cols: z.number().int().min(1).max(1000),
    rows: z.number().int().min(1).max(1000),
  }),
  'session/list': z.object({}),
  'session/write': z.object({ session: name, text: z.string().max(1_000_000) }),
  /** Answers when the session is idle: its process ended, its program says so, or (said as `guessed`) it is quiet. */
  'session/wait-idle': z.object({ session: name, timeoutMs: z.number().int().positive().optional() }),
  /** The answer of the session's last turn, or its screen's text where no structured source exists. */
  'session/answer': z.object({ session: name }),
  /** The screen as ANSI text and the output offset it shows; viewers attach to the PTY host from there. */
  'session/screen': z.object({ session: name }),
  'session/stop': z.object({ session: name, how: z.enum(['polite', 'now']) }),
} as const;

/** Names of all requests. */
export type Method = keyof typeof requestSchemas;

/** What a request carries. */
export type Params<M extends Method> = z.infer<(typeof requestSchemas)[M]>;

/** A session as `session/list` shows it. */
export interface SessionRow {
  readonly session: string;
  /** Run and worker it belongs to; absent for `niia serve`. */
  readonly run?: string;
  readonly worker?: string;
  readonly argv: readonly string[];
  readonly state: 'running' | 'ended';
  readonly pid?: number;
  readonly exit?: { readonly code: number | null; readonly signal: string | null };
  readonly recordingFile: string;
  readonly startedAt: string;
}

/** A run as `run/list` shows it. */
export interface RunRow {
  readonly run: string;
  readonly name: string;
  readonly file: string;
  /** `running`, `waiting` (a person is needed), `parked`, or how it ended. */
  readonly state: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Run whose worker started this one. */
  readonly parent?: string;
  readonly phasesDone: number;
  readonly phases: number;
  readonly workers: number;
  /** What is known of its cost, as in `UsageView`. */
  readonly costUsd?: number;
  readonly unpriced?: number;
  readonly isEstimate?: true;
}

/** A worktree that `run/discard` removes, or would. */
export interface DiscardedWorktree {
  readonly dir: string;
  /** What goes with it that exists nowhere else, in words; absent = nothing. */
  readonly holds?: string;
}

/** What each request answers. Expected failures come as JSON-RPC errors with `RpcFailure` as data. */
export interface Responses {
  hello: {
    readonly protocol: number;
    readonly version: string;
    readonly pid: number;
    readonly ptyHost: string;
  };
  'daemon/status': {
    readonly pid: number;
    readonly version: string;
    readonly node: string;
    readonly home: string;
    readonly runs: number;
    readonly sessions: number;
    readonly startedAt: string;
  };
  'daemon/stop': { readonly unfinished: readonly string[] };
  'run/start': { readonly run: string; readonly dir: string };
  'run/list': { readonly runs: readonly RunRow[] };
  'run/show': { readonly plan: Plan; readonly view: RunView; readonly dir: string };
  'run/follow': { readonly lastSeq: number };
  'run/unfollow': Record<string, never>;
  'run/stop': Record<string, never>;
  'run/retry': { readonly workers: readonly string[] };
  'run/resume': Record<string, never>;
  'run/approve': Record<string, never>;
  'run/pick': Record<string, never>;
  'run/answer': Record<string, never>;
  'run/diff': {
    readonly diff: string;
    readonly isTruncated: boolean;
    readonly base: string;
    readonly head: string;
  };
  'run/changes': {
    /** Top of the user's working tree. */
    readonly root: string;
    /** Commit ids; `head` is a tree's where `liveDir` is given. */
    readonly base: string;
    readonly head: string;
    /** Branch with the work, if there is one. */
    readonly branch?: string;
    /** The worktree whose files are not committed yet: what it holds now is the new side. */
    readonly liveDir?: string;
    readonly commits: number;
    readonly files: readonly ChangedFile[];
    /** There are more files. */
    readonly isTruncated: boolean;
  };
  'run/blob': { readonly base64: string };
  'run/merge': {
    /** The user's branch, and the commit it stands on (`dryRun`: as before). */
    readonly branch: string;
    readonly commit: string;
    /** What the merge brings; 0 if the branch has it all already. */
    readonly files: number;
    readonly commits: number;
  };
  'run/branch': {
    readonly branch: string;
    readonly commit: string;
    readonly root: string;
    readonly remotes: readonly string[];
    /** Program-running git settings that appeared during the run: a push would use them. */
    readonly planted: readonly string[];
  };
  'run/discard': {
    readonly worktrees: readonly DiscardedWorktree[];
    readonly branches: readonly string[];
    /** Commits of these branches that no other branch, tag or HEAD has. */
    readonly commits: number;
    readonly kept: readonly { readonly what: string; readonly why: string }[];
  };
  'run/clean': {
    readonly removed: readonly string[];
    readonly kept: readonly { readonly what: string; readonly why: string }[];
  };
  'session/open': { readonly session: string; readonly pid: number };
  'session/list': { readonly sessions: readonly SessionRow[] };
  'session/write': Record<string, never>;
  'session/wait-idle': { readonly state: string; readonly evidence: string };
  'session/answer': { readonly answer: string; readonly source: string };
  'session/screen': {
    readonly ansi: string;
    readonly text: string;
    readonly cols: number;
    readonly rows: number;
    readonly offset: number;
  };
  'session/stop': { readonly survivors: readonly number[] };
}

/** Notifications of the daemon. */
export interface Notifications {
  'run/event': { readonly run: string; readonly event: RunEvent };
  /** Some run's row changed: lists refresh. */
  'run/changed': { readonly run: string };
}

/** An expected failure of a request: what is wrong and what to do, and the exit code a CLI ends with (design §6). */
export interface RpcFailure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
}
