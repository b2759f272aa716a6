import type { TurnMcpServer } from './adapter.ts';

/** What differs between CLIs in the common form of MCP servers. */
export interface McpForm {
  /** How a server behind an address is written: most say `type`, gemini and its fork a key of their own. */
  readonly remote: 'type' | 'httpUrl';
  /** A CLI's own keys of every server, such as that its tools may run unasked. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** MCP servers in the form that most CLIs read: name → `{ command, args, env }`, or an address. */
export function mcpServersOf(
  servers: Readonly<Record<string, TurnMcpServer>>,
  { remote, extra = {} }: McpForm,
): Readonly<Record<string, unknown>> {
  const formOf = (server: TurnMcpServer): object => {
    if (!('url' in server)) return server;
    const { url, headers } = server;
    return remote === 'type' ? { type: 'http', url, headers } : { httpUrl: url, headers };
  };
  return Object.fromEntries(
    Object.entries(servers).map(([name, server]) => [name, { ...formOf(server), ...extra }]),
  );
}
