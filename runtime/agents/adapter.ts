/**
 * The contract of an agent adapter: what the runtime has to know about one AI CLI. Everything here is data or a pure
 * function, so the same adapter serves the plan (what will be run), the runner (what is run) and the tests (recorded
 * output in, events out). One file per CLI implements it.
 */
import type { Permission } from '../spec/workflow.ts';

/** An MCP server for a turn, variables filled in. */
export type TurnMcpServer =
  | {
      readonly command: string;
      readonly args: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly url: string; readonly headers: Readonly<Record<string, string>> };

/** What is asked of a CLI in one turn. */
export interface TurnRequest {
  /** The whole text for the model, preamble included. For plans: the literal `{prompt}`. */
  readonly prompt: string;
  /** A file that holds the same text, for CLIs and commands that want a path. */
  readonly promptFile: string;
  /** Model for the CLI; absent = its own default. */
  readonly model?: string;
  readonly permission: Permission;
  /** Conversation to start under this id, or to go on with. */
  readonly conversation?: { readonly id: string; readonly isNew: boolean };
  /** Extra argv of the route, placeholders expanded. */
  readonly args: readonly string[];
  /** argv of a `command` route, placeholders of spec §5.2 expanded, `{prompt}` and the like not. */
  readonly command?: readonly string[];
  /** Program to start: an absolute path where it is known. */
  readonly program: string;
  readonly platform: NodeJS.Platform;
  /**
   * Folders outside of the working directory that the turn needs: the scratchpad, earlier answers given by path. CLIs
   * that guard paths must be told, or they refuse.
   */
  readonly folders?: readonly TurnFolder[];
  /** MCP servers that the CLI is to have besides those of its own configuration, by name (spec §7 `tools.mcp`). */
  readonly mcpServers?: Readonly<Record<string, TurnMcpServer>>;
  /**
   * Absolute folder for files of ours that the CLI reads (`TurnCommand.files`): the user's own configuration is never
   * written. For plans: the literal `{files}`.
   */
  readonly filesDir: string;
  /** What the conversation has used before this turn, for CLIs whose figures are cumulative. Absent = unknown. */
  readonly spentBefore?: Usage;
  /** US dollars that the turn may cost (`limits.max_cost_usd`), for CLIs that can be told. Absent = no limit. */
  readonly budgetUsd?: number;
}

/** A folder outside of the working directory that a turn may use. */
export interface TurnFolder {
  /** Absolute. */
  readonly path: string;
  readonly access: 'read' | 'write';
}

/** Where a turn's CLI is started. */
export interface TurnPlace {
  /** Absolute. */
  readonly cwd: string;
  /** Its complete environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** What to start for a turn. Never a shell line. */
export interface TurnCommand {
  readonly argv: readonly string[];
  /** Variables the adapter adds to the worker's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** A terminal, or a piped child whose stdout the adapter parses. */
  readonly kind: 'pty' | 'pipe';
  /** The child reads the prompt from its stdin (the prompt file is opened as such); absent = no stdin. */
  readonly stdin?: 'prompt';
  /** Files to write before the start, readable for the user alone: absolute path (in `filesDir`) → text. */
  readonly files?: Readonly<Record<string, string>>;
  /** File (in `filesDir`) in which the CLI leaves its report; the reader gets its text at the end. */
  readonly reportFile?: string;
}

/** What one turn used, as difference to the turn before (spec §4 cost). Absent numbers are unknown, never 0. */
export interface Usage {
  /** Without those read from or written to a cache: an adapter whose CLI counts them in takes them out. */
  readonly inputTokens?: number;
  /** Reasoning included. */
  readonly outputTokens?: number;
  readonly cacheReadTokens?: number;
  readonly cacheWriteTokens?: number;
  /** US dollars, as the CLI itself reports. */
  readonly costUsd?: number;
}

/** Why a model could not be used at all (spec §4): the next in the chain takes over. */
export type UnavailableKind =
  | 'not_installed'
  | 'auth'
  | 'rate_limited'
  | 'quota'
  | 'overloaded'
  | 'network'
  | 'no_start'
  | 'stalled';

/** Why a turn or worker failed (spec §10). */
export type FailureReason =
  | { readonly kind: 'exit'; readonly code: number }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'unavailable'; readonly what: UnavailableKind; readonly until?: string | undefined }
  | { readonly kind: 'permission_denied' }
  | { readonly kind: 'bad_model' }
  | { readonly kind: 'context_full' }
  | { readonly kind: 'crashed'; readonly signal?: string | undefined }
  | { readonly kind: 'output_invalid' }
  | { readonly kind: 'merge_conflict' }
  | { readonly kind: 'limited' }
  | { readonly kind: 'sandbox_unavailable' }
  | { readonly kind: 'setup'; readonly code: number }
  | { readonly kind: 'lost' };

/** What an adapter learns from a CLI's output while a turn runs. */
export type AgentEvent =
  /** First sign of life: ends the start watchdog. */
  | {
      readonly kind: 'ready';
      readonly conversation?: string;
      readonly version?: string;
      readonly model?: string;
    }
  /** Any sign of life: feeds the stall watchdog. */
  | { readonly kind: 'activity' }
  /** The model answers: whatever was tried again has got through. */
  | { readonly kind: 'answering' }
  /** A piece of the readable transcript that viewers of a headless turn see (LF line ends). */
  | { readonly kind: 'transcript'; readonly text: string }
  /** The CLI retries by itself, after `delayMs` where it says so. */
  | {
      readonly kind: 'retrying';
      readonly attempt: number;
      readonly message: string;
      readonly delayMs?: number;
    }
  /** A tool was refused for lack of permission. */
  | { readonly kind: 'denied'; readonly tool: string }
  /** What the CLI does in its own terminal has changed, and what speaks for it (terminal transport only). */
  | { readonly kind: 'state'; readonly state: 'working' | 'unknown'; readonly evidence: string }
  | {
      readonly kind: 'state';
      readonly state: 'waiting';
      readonly what: 'permission' | 'question' | 'auth';
      /** What is asked, for the person who is to answer it. */
      readonly text: string;
      /** Of one question that takes one of them. */
      readonly choices?: readonly string[];
      readonly evidence: string;
    }
  /**
   * What the turn has used so far, all of it: a limit of costs need not wait for the end of a long turn. `model`: which one
   * used what is new.
   */
  | { readonly kind: 'usage'; readonly usage: Usage; readonly model?: string };

/** How a process ended. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** ISO 8601; what a CLI says of "in 20 minutes" counts from here. */
  readonly at?: string;
}

/** How a turn ended. */
export type TurnOutcome =
  | {
      readonly kind: 'answered';
      readonly answer: string;
      readonly usage?: Usage;
      readonly conversation?: string;
    }
  | {
      readonly kind: 'failed';
      readonly reason: FailureReason;
      /** One line for people, in the CLI's own words where it has some. */
      readonly message: string;
      readonly usage?: Usage;
      readonly conversation?: string;
    };

/**
 * Reads the output of one turn. Fed with every byte in order, from the first, also after a restart of the daemon: so it
 * must be deterministic.
 */
export interface TurnReader {
  /** Takes a piece of output (UTF-8 text, cut anywhere between characters) and says what it means. */
  feed(chunk: string): readonly AgentEvent[];
  /** Takes a piece of stderr, or of `AgentAdapter.errorsFile`, while the turn runs: some CLIs tell only there that they try again. */
  feedErrors?(chunk: string): readonly AgentEvent[];
  /**
   * The process ended and all of its output was fed: the verdict. Exit codes lie and are checked against the output.
   * `report` is the text of `TurnCommand.reportFile`, if there is one.
   */
  end(exit: ProcessExit, stderrTail: string, report?: string): TurnOutcome;
}

/** How a permission reaches one CLI. */
export interface PermissionMapping {
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What it means for this CLI, in words, for the plan: "may edit files; other tools are refused". */
  readonly means: string;
}

/** A directory in which a CLI keeps its own state: login, conversations, caches. */
export interface StateDirectory {
  /** Absolute, or below the home with a leading `~/`. */
  readonly path: string;
  /** The variable that moves it, if there is one. */
  readonly variable?: string;
}

/** What a CLI needs of the world besides the working directory: what a sandbox must let through (spec §3). */
export interface AgentNeeds {
  /** Hosts of its provider, `*.` for all below; a provider of the user's own choice is not among them. */
  readonly hosts: readonly string[];
  readonly stateDirectories: readonly StateDirectory[];
}

/** One AI CLI. */
export interface AgentAdapter {
  /** As in model strings: `claude`, `shell`. */
  readonly name: string;
  /** Programs to look for on PATH, best first. Empty: needs none (`shell` uses the system's own). */
  readonly programs: readonly string[];
  /** argv after the program that prints a version. */
  readonly versionArgs: readonly string[];
  /** Spec §4: what a bare model shorthand means, e.g. `opus`. */
  readonly models: readonly string[];
  readonly permissions: Readonly<Record<Permission, PermissionMapping>>;
  /** Whether cost limits can see this CLI (spec §8 `max_cost_usd`). */
  readonly reports: 'cost' | 'tokens' | 'nothing';
  /** Whether a prompt gets the runtime's preamble (spec §5.1); `shell` does not (spec §4). */
  readonly hasPreamble: boolean;
  /** Whether `{…}` in the prompt goes in shell-quoted, unknown ones left alone (spec §4 `shell`). */
  readonly isShellPrompt: boolean;
  /** Whether a conversation can be gone on with in a later turn. */
  readonly canResume: boolean;
  /**
   * Who names a new conversation: we do, or the CLI does and tells in its output; then `conversation.id` is of no use in a
   * conversation's first turn. Absent = we do.
   */
  readonly conversationNames?: 'ours' | 'its own';
  /** How `tools.mcp` reaches it: natively, or only by `niia mcp call` in its shell (spec §7). Absent = the latter. */
  readonly mcp?: 'native';
  /** Whether a model must be named: it has no default of its own. */
  readonly needsModel?: boolean;
  /** Version that the adapter was tested with; absent = written from its documentation, or not versioned. */
  readonly testedVersion?: string;
  /** Absent = nothing: it has neither a provider nor state. */
  readonly needs?: AgentNeeds;
  /**
   * Silence that is normal and trips no watchdog: `start` = nothing may come until the answer does (CLIs we know nothing
   * of), `always` = a script that may be quiet for as long as it runs. Absent = silence is suspicious (spec §4 stall).
   */
  readonly silence?: 'start' | 'always';
  /** The command of a headless turn. Pure. */
  headlessCommand(request: TurnRequest): TurnCommand;
  /**
   * File of lines, absolute, in which a headless turn tells of failed requests instead of on its stderr; what stands in it at
   * the turn's start is of others. Undefined where it is not known. `cwd` is free of links. Pure.
   */
  errorsFile?(request: TurnRequest, place: TurnPlace): string | undefined;
  /** A reader for that turn's output. */
  createReader(request: TurnRequest): TurnReader;
  /** The command of a live terminal session (the CLI's own TUI), with an optional first prompt. Pure. */
  terminalCommand(request: TurnRequest): TurnCommand;
}
