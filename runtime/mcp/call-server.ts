/** One conversation with an MCP server: connect, ask, and end it for sure. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { type CallToolResult, CallToolResultSchema, type Tool } from '@modelcontextprotocol/sdk/types.js';
import { err, ok, type Result } from '../result.ts';
import { version } from '../version.ts';
import type { ServerAddress } from './configured-servers.ts';
import { ServerProcess } from './server-process.ts';

/** Whom to ask, and how long to wait. */
export interface ServerCall {
  readonly address: ServerAddress;
  /** Folder a server without its own is started in. */
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  /** For connecting and for each answer. */
  readonly timeoutMs: number;
}

/** What became of a conversation. `tail`: the end of what the server wrote to stderr; may be empty. */
export interface ServerFailure {
  readonly message: string;
  readonly tail: string;
}

/** The tools of a server. */
export function listTools(call: ServerCall): Promise<Result<readonly Tool[], ServerFailure>> {
  return converse(call, async client => {
    const tools: Tool[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listTools(cursor === undefined ? {} : { cursor }, {
        timeout: call.timeoutMs,
      });
      tools.push(...page.tools);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    return tools;
  });
}

/** Calls a tool. A result that says `isError` is a result. */
export function callTool(
  call: ServerCall,
  name: string,
  input: Readonly<Record<string, unknown>>,
): Promise<Result<CallToolResult, ServerFailure>> {
  const options = { timeout: call.timeoutMs, resetTimeoutOnProgress: true };
  return converse(call, async client =>
    CallToolResultSchema.parse(await client.callTool({ name, arguments: { ...input } }, undefined, options)),
  );
}

async function converse<T>(
  call: ServerCall,
  ask: (client: Client) => Promise<T>,
): Promise<Result<T, ServerFailure>> {
  const { address, timeoutMs } = call;
  if (address.kind === 'stdio') {
    const server = new ServerProcess(address, call.folder, call.env);
    return await attempt(() => server, ask, timeoutMs);
  }
  const url = URL.canParse(address.url) ? new URL(address.url) : undefined;
  if (url === undefined) return err({ message: `"${address.url}" is no address`, tail: '' });
  const requestInit = { headers: { ...address.headers } };
  const modern = await attempt(() => new StreamableHTTPClientTransport(url, { requestInit }), ask, timeoutMs);
  // Servers of before 2025 speak the older transport only, and answer the newer one with 4xx.
  const isOlder = !modern.ok && /\b40[0456]\b/.test(modern.failure.message);
  return isOlder ? await attempt(() => new SSEClientTransport(url, { requestInit }), ask, timeoutMs) : modern;
}

async function attempt<T>(
  open: () => Transport,
  ask: (client: Client) => Promise<T>,
  timeoutMs: number,
): Promise<Result<T, ServerFailure>> {
  const transport = open();
  const client = new Client({ name: 'niia', version });
  try {
    await client.connect(transport, { timeout: timeoutMs });
    return ok(await ask(client));
  } catch (error) {
    const tail = transport instanceof ServerProcess ? transport.said.trimEnd() : '';
    return err({ message: error instanceof Error ? error.message : String(error), tail });
  } finally {
    await transport.close();
  }
}
