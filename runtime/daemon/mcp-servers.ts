/** The MCP servers that a run gives to its workers' CLIs (spec §7). */
import { resolve } from 'node:path';
import type { TurnMcpServer } from '../agents/adapter.ts';
import { resolveAddress, type ServerAddress } from '../mcp/configured-servers.ts';
import { findServers } from '../mcp/find-servers.ts';
import { err, ok, type Result } from '../result.ts';
import type { RunServices } from './run-services.ts';

/**
 * Finds them again and fills in their variables: plan and journal hold names only, as definitions may hold secrets. The
 * failure says which server is gone or lacks a variable.
 */
export function mcpServersOf({
  plan,
  env,
  secrets,
}: RunServices): Result<Readonly<Record<string, TurnMcpServer>> | undefined, string> {
  const names = plan.mcpServers ?? [];
  if (names.length === 0) return ok(undefined);
  const known = findServers({ folder: plan.workspace, files: [plan.file], env });
  const servers: Record<string, TurnMcpServer> = {};
  for (const name of names) {
    const address = known.find(server => server.name === name)?.address;
    if (address === undefined) return err(`the MCP server "${name}" is not defined any more`);
    const resolved = resolveAddress(address, { env, workspaceFolder: plan.workspace });
    if (!resolved.ok) return err(`the MCP server "${name}" cannot be started: ${resolved.failure}`);
    secrets.add(changedValues(address, resolved.value));
    const server = serverOf(resolved.value, plan.workspace, process.platform);
    if (!server.ok) return err(`the MCP server "${name}" cannot be started: ${server.failure}`);
    servers[name] = server.value;
  }
  return ok(servers);
}

/** Goes to a folder, then becomes the program: few CLIs can start a server in a folder of its own. */
const IN_FOLDER = ['-c', 'cd -- "$1" && shift && exec "$@"', 'sh'] as const;

/** As a CLI is told of it. */
export function serverOf(
  address: ServerAddress,
  workspace: string,
  platform: NodeJS.Platform,
): Result<TurnMcpServer, string> {
  if (address.kind === 'http') return ok({ url: address.url, headers: address.headers });
  const { command, args, env, cwd } = address;
  if (cwd === undefined) return ok({ command, args, env });
  if (platform === 'win32') return err('a folder of its own ("cwd") needs a POSIX shell');
  return ok({ command: '/bin/sh', args: [...IN_FOLDER, resolve(workspace, cwd), command, ...args], env });
}

/** Values that came out of the user's environment: to be kept out of everything that is written. */
function changedValues(before: ServerAddress, after: ServerAddress): readonly string[] {
  const valuesOf = (address: ServerAddress): readonly string[] =>
    Object.values(address.kind === 'http' ? address.headers : address.env);
  const written = new Set(valuesOf(before));
  return valuesOf(after).filter(value => !written.has(value));
}
