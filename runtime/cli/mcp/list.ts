/** `niia mcp list`: the MCP servers that can be called from here. */
import { relative } from 'node:path';
import { listTools } from '../../mcp/call-server.ts';
import type { ConfiguredServer, ServerAddress } from '../../mcp/configured-servers.ts';
import { ok } from '../../result.ts';
import { exitCodes } from '../exit-codes.ts';
import { printableLine } from '../printable.ts';
import type { VerbContext, VerbResult } from '../verb.ts';
import { callOf, serversHere } from './servers-here.ts';

/** Lists the servers; with `--tools` asks each for its tools. Environments and arguments may hold secrets: not shown. */
export async function listServers(context: VerbContext): Promise<VerbResult> {
  const servers = serversHere(context);
  const rows = [];
  for (const server of servers) rows.push(await rowOf(server, context));
  const { stdout, stderr } = context.terminal;
  if (context.args.flag('json')) stdout.write(`${JSON.stringify(rows)}\n`);
  else for (const row of rows) stdout.write(textOf(row, context));
  if (rows.length === 0)
    stderr.write(
      'no MCP servers: .mcp.json, .vscode/mcp.json or tools.mcp of a connector file defines them\n',
    );
  return ok(exitCodes.succeeded);
}

/** A server as `--json` shows it. */
interface ServerRow {
  readonly name: string;
  readonly file: string;
  /** Program or host; no arguments, no environment. */
  readonly target?: string;
  readonly problem?: string;
  readonly tools?: readonly {
    readonly name: string;
    readonly description?: string;
    readonly inputSchema: unknown;
  }[];
}

async function rowOf(server: ConfiguredServer, context: VerbContext): Promise<ServerRow> {
  const { name, file, address, problem } = server;
  const row = { name, file, ...(problem === undefined ? {} : { problem }) };
  if (address === undefined) return row;
  const shown = { ...row, target: targetOf(address) };
  if (!context.args.flag('tools')) return shown;
  const call = callOf(address, context);
  if (!call.ok) return { ...shown, problem: call.failure };
  const tools = await listTools(call.value);
  if (!tools.ok) return { ...shown, problem: tools.failure.message };
  return {
    ...shown,
    tools: tools.value.map(({ name: tool, description, inputSchema }) => ({
      name: tool,
      ...(description === undefined ? {} : { description }),
      inputSchema,
    })),
  };
}

function targetOf(address: ServerAddress): string {
  if (address.kind === 'stdio') return address.command;
  return URL.canParse(address.url) ? new URL(address.url).origin : 'an address with variables';
}

function textOf(row: ServerRow, { terminal, cwd }: VerbContext): string {
  const { style } = terminal.stdout;
  const inside = relative(cwd, row.file);
  const place = inside.startsWith('..') ? row.file : inside;
  const said = row.problem === undefined ? (row.target ?? '') : style.red(printableLine(row.problem));
  const tools = (row.tools ?? []).map(
    tool => `    ${tool.name}  ${style.dim(printableLine(tool.description ?? ''))}\n`,
  );
  return `${style.bold(printableLine(row.name))}  ${said}  ${style.dim(place)}\n${tools.join('')}`;
}
