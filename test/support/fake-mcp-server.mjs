// An MCP server for tests, over stdio or http. Arguments: `http` serves on a free port and prints it; `family` starts a
// process in a session of its own that outlives every polite signal; `silent` never answers; `crash` ends at once.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import * as z from 'zod';

const modes = process.argv.slice(2);

if (modes.includes('crash')) {
  console.error('no configuration found');
  process.exit(3);
}
if (modes.includes('family')) {
  const stubborn = `process.on('SIGTERM', () => {}); setTimeout(() => {}, 60_000);`;
  spawn(process.execPath, ['-e', stubborn], { detached: true, stdio: 'ignore' }).unref();
}
if (modes.includes('silent')) setInterval(() => process.stdin.resume(), 1000);
else if (modes.includes('http')) serveHttp();
else await makeServer().connect(new StdioServerTransport());

function makeServer() {
  const server = new McpServer({ name: 'fake', version: '1' });
  const text = value => ({ content: [{ type: 'text', text: value }] });
  const echo = { description: 'Says it again', inputSchema: { text: z.string() } };
  server.registerTool('echo', echo, ({ text: said }) => text(`you said ${said}`));
  server.registerTool('env', { description: 'A variable', inputSchema: { name: z.string() } }, ({ name }) =>
    text(process.env[name] ?? 'unset'),
  );
  server.registerTool('fail', { description: 'Fails' }, () => ({ ...text('it went wrong'), isError: true }));
  server.registerTool('hang', { description: 'Never answers' }, () => new Promise(() => {}));
  return server;
}

function serveHttp() {
  const listener = createServer(async (request, response) => {
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    await makeServer().connect(transport);
    await transport.handleRequest(request, response);
  });
  listener.listen(0, '127.0.0.1', () => console.log(listener.address().port));
}
