/** What the verbs about MCP servers share: which servers there are here, and how long they are waited for. */
import { resolve } from 'node:path';
import type { ServerCall } from '../../mcp/call-server.ts';
import type { ConfiguredServer, ServerAddress } from '../../mcp/configured-servers.ts';
import { findServers } from '../../mcp/find-servers.ts';
import type { VerbContext } from '../verb.ts';

/** Seconds a server may take for each answer, unless `--timeout` says otherwise. */
const DEFAULT_TIMEOUT_S = 60;

/** The servers that the current folder, or the files named by `--file`, define. */
export function serversHere({ args, cwd, env }: VerbContext): readonly ConfiguredServer[] {
  const files = args.list('file').map(file => resolve(cwd, file));
  return findServers({ folder: cwd, env, ...(files.length === 0 ? {} : { files }) });
}

/** A conversation with a server at an address whose variables are resolved. */
export function callOf(address: ServerAddress, { args, cwd, env }: VerbContext): ServerCall {
  const seconds = Number(args.value('timeout') ?? DEFAULT_TIMEOUT_S);
  return { address, folder: cwd, env, timeoutMs: Math.max(1, seconds) * 1000 };
}
