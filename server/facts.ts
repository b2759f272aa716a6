/**
 * What features may know about the machine and the workspace besides the file. Asking never waits: what is not known yet
 * is undefined and gets looked up in the background; whoever can wait does so with `settled` and asks again.
 */
import type { ConfiguredAgents } from '../runtime/plan/resolve-chain.ts';

/** A program on PATH, or that there is none. */
export type ProgramState =
  | { readonly kind: 'found'; readonly path: string; readonly version?: string }
  | { readonly kind: 'not-found' };

/** What the user's own configuration (design §5) adds. */
export interface UserFacts {
  readonly agents: ConfiguredAgents;
  readonly machines: readonly string[];
  /** Absolute folder under which worktrees are made, if the user chose one. */
  readonly worktreeBase?: string;
}

/** An MCP server that the workspace defines (spec §7). */
export interface McpServerPlace {
  readonly name: string;
  /** The file that defines it, for people and to jump to. */
  readonly uri: string;
  /** Offsets of its name in that file, without the quotes. */
  readonly range: { readonly start: number; readonly end: number };
  /** Text of that file, which the offsets belong to. */
  readonly text: string;
}

/** An entry of a folder. */
export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

/** The repository around a file, as far as names of worktrees depend on it. Absolute paths. */
export type RepositoryPlace =
  | { readonly kind: 'found'; readonly root: string; readonly worktreeBase: string }
  | { readonly kind: 'none' };

/** A connector file of the workspace, by its text on disk. */
export interface WorkspaceFile {
  readonly uri: string;
  readonly text: string;
}

/** Facts about machine and workspace (see the module comment). URIs are canonical. */
export interface WorkspaceFacts {
  readonly platform: NodeJS.Platform;
  /** A program as the user's shell would find it. */
  program(name: string): ProgramState | undefined;
  /** Its version, asked of the program itself: the slowest of all facts (up to 3 s). `unknown` = it would not say. */
  programVersion(name: string, args: readonly string[]): string | 'unknown' | undefined;
  user(): UserFacts | undefined;
  /** `Host` entries of the user's ssh configuration, without patterns. */
  sshHosts(): readonly string[] | undefined;
  /** MCP servers of the workspace that the file at `uri` can name. */
  mcpServers(uri: string): readonly McpServerPlace[] | undefined;
  /**
   * Names of the MCP servers in the user's own CLI configuration, with the file's name for people. Names only: these files
   * hold secrets, and we never write them (design §5).
   */
  userMcpServers(): readonly { readonly name: string; readonly file: string }[] | undefined;
  /** A folder's entries; empty if it cannot be read. */
  directory(uri: string): readonly DirectoryEntry[] | undefined;
  /** Whether there is a file. */
  fileState(uri: string): 'file' | 'directory' | 'missing' | undefined;
  repository(uri: string): RepositoryPlace | undefined;
  /** Connector files of the workspace folders; bounded, without ignored folders such as `node_modules`. */
  connectorFiles(): readonly WorkspaceFile[] | undefined;
}

/** Facts together with what the server needs to keep them fresh. */
export interface FactsSource extends WorkspaceFacts {
  /** How many facts were asked for and are not known yet, or not any more. */
  readonly pending: number;
  /** Resolves when nothing is pending, or after the time. */
  settled(timeoutMs: number): Promise<void>;
  /** Called when facts that were given out before have changed, or have become known. */
  onDidChange(listener: () => void): void;
  /** Files that the client saw changing; the facts they touch are read again when next asked for. */
  invalidate(uris: readonly string[]): void;
  setFolders(uris: readonly string[]): void;
}

/** Facts where there is no machine to ask: the browser. Nothing is known, and nothing is looked up. */
export function emptyFacts(): FactsSource {
  const nobody: UserFacts = { agents: {}, machines: [] };
  return {
    platform: 'linux',
    pending: 0,
    program: () => undefined,
    programVersion: () => undefined,
    user: () => nobody,
    sshHosts: () => [],
    mcpServers: () => undefined,
    userMcpServers: () => undefined,
    directory: () => [],
    fileState: () => undefined,
    repository: () => undefined,
    connectorFiles: () => [],
    settled: () => Promise.resolve(),
    onDidChange: () => undefined,
    invalidate: () => undefined,
    setFolders: () => undefined,
  };
}
