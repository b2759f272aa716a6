/** What the verbs about MCP servers share: which servers there are here, and how long they are waited for. */
import { resolve } from 'node:path';
import type { ServerCall } from '../../mcp/call-server.ts';
import { type ConfiguredServer, resolveAddress, type ServerAddress } from '../../mcp/configured-servers.ts';
import { findServers } from '../../mcp/find-servers.ts';
import { ok, type Result } from '../../result.ts';
import type { VerbContext } from '../verb.ts';

/** Seconds a server may take for each answer, unless `--timeout` says otherwise. */
const DEFAULT_TIMEOUT_S = 60;

/** Where servers are looked for, and what their entries call the workspace. */
interface ServersPlace {
  readonly folder: string;
  readonly files?: readonly string[];
}

/**
 * The files named by `--file`; in a worker what its run has, as other CLIs get it (spec §7), whatever stands in its
 * worktree; else the current folder.
 */
function placeOf({ args, cwd, env }: VerbContext): ServersPlace {
  const files = args.list('file').map(file => resolve(cwd, file));
  if (files.length > 0) return { folder: cwd, files };
  const { NIIA_WORKSPACE: workspace, NIIA_FILE: file } = env;
  return workspace && file ? { folder: workspace, files: [file] } : { folder: cwd };
}

/** The servers that can be called from here. */
export function serversHere(context: VerbContext): readonly ConfiguredServer[] {
  return findServers({ ...placeOf(context), env: context.env });
}

/** How to talk to a server; the failure names a variable without a value. */
export function callOf(address: ServerAddress, context: VerbContext): Result<ServerCall, string> {
  const { args, cwd, env } = context;
  const { folder } = placeOf(context);
  const resolved = resolveAddress(address, { env, workspaceFolder: folder });
  if (!resolved.ok) return resolved;
  const seconds = Number(args.value('timeout') ?? DEFAULT_TIMEOUT_S);
  const timeoutMs = Math.max(1, seconds) * 1000;
  return ok({ address: inPlace(resolved.value, folder), folder: cwd, env, timeoutMs });
}

/** A folder in an entry is one of the workspace; without one, a server starts where its caller is. */
function inPlace(address: ServerAddress, folder: string): ServerAddress {
  if (address.kind === 'http' || address.cwd === undefined) return address;
  return { ...address, cwd: resolve(folder, address.cwd) };
}
