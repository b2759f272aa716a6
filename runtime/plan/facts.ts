/**
 * What the planner has to know besides the connector file: facts about this machine, collected before (runtime/machine),
 * and what the user asked for on the command line or in the editor. Plain data, so that planning stays pure.
 */
import type { DeclaredAgent } from '../agents/declared.ts';

/** A program found on PATH. */
export interface ProgramFact {
  /** Absolute path. */
  readonly path: string;
  /** First line of its `--version`, if it was asked. */
  readonly version?: string;
}

/** A file that the connector file refers to. */
export type FileFact =
  | { readonly kind: 'text'; readonly path: string; readonly text: string }
  /** `message` says why, for people: "no such file", "larger than 4 MB". */
  | { readonly kind: 'failed'; readonly path: string; readonly message: string };

/** The repository around the workspace folder. */
export type RepositoryFacts =
  | { readonly kind: 'none' }
  /** A repository in which nothing can run: no commit yet, bare, or git itself refuses (`message`). */
  | { readonly kind: 'unborn'; readonly root: string }
  | { readonly kind: 'unusable'; readonly message: string }
  | {
      readonly kind: 'found';
      readonly root: string;
      readonly commonDir: string;
      /** Full commit id. */
      readonly head: string;
      /** Absent = detached HEAD. */
      readonly branch?: string;
      readonly isDirty: boolean;
    };

/** Facts about this machine, the folder and the connector file (see the module comment). */
export interface PlanFacts {
  readonly platform: NodeJS.Platform;
  /** Absolute path of the connector file, and its text's SHA-256 (hex). */
  readonly file: string;
  readonly fileHash: string;
  /** Absolute folder the user works in: where workers with `worktree: false` run. */
  readonly workspace: string;
  readonly repository: RepositoryFacts;
  /** Absolute folder under which worktrees are made. */
  readonly worktreeBase: string;
  /** By program name as in `FactsWanted.programs`; absent = not found. */
  readonly programs: Readonly<Record<string, ProgramFact>>;
  /** By path as written in the connector file. */
  readonly files: Readonly<Record<string, FileFact>>;
  /** What is wrong with an `output` schema, by name of the phase; absent = nothing. */
  readonly schemaProblems: Readonly<Record<string, string>>;
  /** For slugs named by `resume`: whether such a worktree session is known here. */
  readonly sessions: Readonly<Record<string, 'found' | 'not-found'>>;
  /** Names of the variables in the user's environment; never their values. */
  readonly envNames: readonly string[];
  /** The user's own session plugins (configuration): argv each. */
  readonly sessionPlugins: readonly (readonly string[])[];
  /** CLIs of the user's configuration, by the name that model strings use; they may replace built-in ones. */
  readonly configuredAgents: Readonly<Record<string, DeclaredAgent>>;
  /** Of the MCP servers that the file names: those that are defined somewhere here (spec §7). */
  readonly mcpServers: readonly string[];
}

/** A program to look for. */
export interface WantedProgram {
  readonly name: string;
  /** argv that prints its version; empty for programs that nobody knows how to ask. */
  readonly versionArgs: readonly string[];
}

/** Facts that a workflow needs collected: the collector asks for no others. */
export interface FactsWanted {
  /** Programs to look for on PATH. */
  readonly programs: readonly WantedProgram[];
  /** Files to read, as written: relative to the connector file. */
  readonly files: readonly string[];
  /** Sub-connectors: only their place matters, not their text. */
  readonly connectors: readonly string[];
  /** Inline `output` schemas by phase; schema files are among `files`. */
  readonly schemas: readonly { readonly phase: string; readonly output: SchemaSource }[];
  /** Slugs of worktree sessions to go on with. */
  readonly sessions: readonly string[];
  /** Names of MCP servers. */
  readonly mcpServers: readonly string[];
}

/** Where an `output` schema comes from. */
export type SchemaSource = { readonly schema: unknown } | { readonly schemaFile: string };

/** What the user asked for. */
export interface PlanOptions {
  /** Overrides the file's task. */
  readonly task?: string;
  /** `--var name=value`. */
  readonly vars: Readonly<Record<string, string>>;
  /** `--model alias=route`: alias (or model as written) → one model string, or several separated by commas. */
  readonly models: Readonly<Record<string, string>>;
  /** `--phase` or `--from`: a phase by name or 1-based number. */
  readonly select?: { readonly kind: 'phase' | 'from'; readonly phase: string };
  /** `--yes`. */
  readonly yes: boolean;
  /** Whether somebody can answer gates, picks and questions. */
  readonly isAttended: boolean;
  /** `--transport`: how AI CLIs run where the file does not say. Absent = headless. */
  readonly transport?: 'terminal' | 'headless';
  /** 0 for a run of the user, parent's depth + 1 for a run started by a worker. */
  readonly depth: number;
}

/** Why no plan could be made: a mistake in what was asked for, not in the file. Exit code 2. */
export type PlanFailure =
  | { readonly reason: 'no-such-phase'; readonly asked: string; readonly phases: readonly string[] }
  | { readonly reason: 'nothing-to-select'; readonly asked: string }
  | { readonly reason: 'no-such-alias'; readonly asked: string; readonly known: readonly string[] }
  | { readonly reason: 'no-such-model'; readonly asked: string; readonly alias: string }
  | { readonly reason: 'bad-variable'; readonly asked: string; readonly why: string };

/** One line for people: what is wrong and what to do. */
export function describePlanFailure(failure: PlanFailure): string {
  switch (failure.reason) {
    case 'no-such-phase':
      return `there is no phase "${failure.asked}"; the file has ${quoteList(failure.phases)}, or use a number from 1 to ${failure.phases.length}`;
    case 'nothing-to-select':
      return `phase "${failure.asked}" cannot be selected: the file has no phases, it is one interactive session`;
    case 'no-such-alias':
      return `--model ${failure.asked}=…: no worker uses "${failure.asked}"; the file has ${quoteList(failure.known)}`;
    case 'no-such-model':
      return `--model ${failure.alias}=${failure.asked}: "${failure.asked}" is neither an alias of the file nor a model of a known CLI`;
    case 'bad-variable':
      return `--var ${failure.asked}=…: ${failure.why}`;
  }
}

function quoteList(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.map(name => `"${name}"`).join(', ');
}
