/**
 * The normal form of a connector file: what analysis produces and the planner reads. One shape for every
 * published way of writing a file (a top-level dialogue is a pipeline with one phase, `workers: 3` is three
 * workers, sessions are merged). Plain JSON data; every part remembers where it stands in the source.
 */

/** Where a value stands in the connector file: keys and array indexes from the root. */
export type JsonPath = readonly (string | number)[];

/** A connector file in normal form (spec §2). */
export interface Workflow {
  /** Workflow name; the file's base name if the file gives none. */
  readonly name: string;
  readonly specVersion: '2.0' | '2.1';
  readonly description?: string;
  /** The goal; `--task` overrides it. */
  readonly task?: string;
  /** In file order. Empty exactly if `interactive` is present. */
  readonly phases: readonly Phase[];
  /** The file has neither a pipeline nor another topology: one live session (spec §2). */
  readonly interactive?: Worker;
  /** Alias → route, in file order. */
  readonly models: Readonly<Record<string, Route>>;
  /** True if `scratchpad` is on anywhere (spec §3). */
  readonly scratchpad: boolean;
  readonly tools: Tools;
  readonly trustDomains: readonly string[];
  /** `agent.flow`, as written: a path relative to the connector file. */
  readonly agentFlow?: string;
  readonly limits: Limits;
  readonly capabilities: Capabilities;
  readonly machines: Readonly<Record<string, Machine>>;
}

/** One phase of the pipeline (spec §5). */
export interface Phase {
  /** Unique; `phase-<n>` (1-based) if the file gives none. */
  readonly name: string;
  readonly path: JsonPath;
  readonly kind: 'workers' | 'dialogue' | 'meeting' | 'mesh';
  readonly description?: string;
  /** Names of the phases this one waits for: `needs`, or all earlier phases. */
  readonly needs: readonly string[];
  /** Workers, participants or agents, in file order; at least one. */
  readonly workers: readonly Worker[];
  readonly parallel: boolean;
  /** At most so many workers at once; at least 1. */
  readonly maxParallel?: number;
  readonly steps: readonly Step[];
  readonly retries: number;
  readonly onFailure: 'stop' | 'continue';
  readonly merge: 'auto' | 'none' | 'pick';
  /** JSON Schema that every answer must fit, or the path (relative to the connector file) of a file that holds one. */
  readonly output?: { readonly schema: unknown } | { readonly schemaFile: string };
  readonly gate?: 'approve';
  /** Only for kind `dialogue`, `meeting`, `mesh`, and star phases. */
  readonly conversation?: Conversation;
}

/** One worker, participant or agent, with everything it inherits merged in. */
export interface Worker {
  /** Unique in its phase: `name`/`id`, else the 1-based number as text. */
  readonly id: string;
  /** True if the file names it; false for a number. */
  readonly isNamed: boolean;
  /** Its own place; the phase's (or the count's) for workers given as a number. */
  readonly path: JsonPath;
  readonly description?: string;
  /** Absent exactly for a worker that only runs its phase's steps or a sub-connector. */
  readonly model?: ModelUse;
  readonly prompt?: TextUse;
  /** Relative to the connector file. Excludes `prompt`. */
  readonly promptFile?: string;
  /** Role text of a participant. */
  readonly role?: string;
  /** Path of a sub-connector, relative to the connector file (spec §6 recursive). */
  readonly connector?: string;
  /** Names of machines: one, or a pool (spec §9). */
  readonly machine?: readonly string[];
  readonly session: Session;
  readonly capabilities: Capabilities;
}

/** Where a model is asked for: an alias or a literal model, as written. */
export interface ModelUse {
  readonly text: string;
  readonly path: JsonPath;
}

/** A text with placeholders (spec §5.2), as written. */
export interface TextUse {
  readonly text: string;
  readonly path: JsonPath;
}

/** A route to a model (spec §4), in one form: the ways to try, in order, then the fallback alias or route. */
export interface Route {
  readonly path: JsonPath;
  /** At least one. */
  readonly choices: readonly RouteChoice[];
  /** An own fallback (alias, model string or route); the file-wide `fallback` alias applies where this is absent. */
  readonly fallback?: Route;
  readonly onRateLimit?: RateLimitPolicy;
}

/** One way to reach a model. */
export interface RouteChoice {
  /** Model string or alias; for `command` routes the text put for `{model}`, possibly empty. */
  readonly model: string;
  readonly path: JsonPath;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** argv that describes any CLI inline, with `{prompt}`, `{model}`, `{prompt_file}`. */
  readonly command?: readonly string[];
}

export type RateLimitPolicy = 'failover' | 'wait' | 'fail';
export type Permission = 'read-only' | 'ask' | 'edit' | 'full';

/** Session settings after the merge top level < phase < worker (spec §3). Absent: the documented default. */
export interface Session {
  /** Slug as written (with placeholders), or false: in the workspace folder itself. */
  readonly worktree?: string | false;
  readonly sandbox: false | Sandbox;
  readonly env: Readonly<Record<string, string>>;
  readonly permission?: Permission;
  readonly timeoutMs?: number;
  readonly startTimeoutMs?: number;
  readonly stallTimeoutMs?: number;
  readonly onRateLimit?: RateLimitPolicy;
  readonly transport?: 'terminal' | 'headless';
  /** argv run once in a new worktree (one command). */
  readonly setup?: readonly string[];
  readonly resume?: string;
}

/** OS isolation (spec §3 `sandbox`). */
export interface Sandbox {
  readonly network?: readonly string[] | false;
  readonly write: readonly string[];
  readonly readDeny: readonly string[];
}

/** A deterministic command (spec §5.3). */
export interface Step {
  /** Map key or `name`; the 1-based number as text if neither. */
  readonly name: string;
  readonly path: JsonPath;
  readonly binary: string;
  readonly args: readonly string[];
  readonly intent: 'read' | 'write';
  /** Relative to the worktree. */
  readonly cwd?: string;
  readonly timeoutMs?: number;
  readonly rules: readonly StepRule[];
}

/** One rule over a step's result. */
export interface StepRule {
  readonly name: string;
  readonly match: StepMatch;
  /** Names of steps to run, or suggestions for the user and the model. */
  readonly next: readonly string[];
}

/** A parsed `match` (spec §5.3). */
export type StepMatch =
  | { readonly kind: 'lines_over' | 'lines_under'; readonly lines: number }
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'contains'; readonly text: string }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'json'; readonly jsonPath: string };

/** What the members of a dialogue, meeting, mesh or star do with each other (spec §6). */
export interface Conversation {
  readonly rounds?: number;
  readonly until?: 'agreement';
  readonly agenda: readonly string[];
  readonly moderator?: string;
  readonly broadcast: boolean;
  readonly turns: 'round-robin' | 'moderator' | 'parallel';
  readonly decide?: 'moderator' | 'vote';
  readonly topology: 'mesh' | 'star' | 'ring';
  readonly anyToAny: boolean;
  readonly broadcastChannel?: string | boolean;
}

/** `tools.mcp` (spec §7): names to look up, and servers defined here. */
export interface Tools {
  readonly mcpNames: readonly { readonly name: string; readonly path: JsonPath }[];
  readonly mcpServers: Readonly<Record<string, McpServer>>;
}

export type McpServer =
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly url: string };

/** `limits` (spec §8), defaults filled in. */
export interface Limits {
  readonly maxDepth: number;
  readonly maxTotalAgents: number;
  readonly maxCostUsd?: number;
  readonly timeoutPerAgentMs?: number;
  readonly maxMessages: number;
}

export interface Capabilities {
  readonly spawn: boolean;
  readonly message: boolean;
}

/** `machines` entry (spec §9). */
export type Machine =
  | { readonly kind: 'ssh'; readonly host: string }
  | { readonly kind: 'srun'; readonly args: readonly string[] }
  | { readonly kind: 'command'; readonly argv: readonly string[] };
