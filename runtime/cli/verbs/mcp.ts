/** `niia mcp`, `niia mcp list`, `niia mcp call` */
import { err, ok } from '../../result.ts';
import { exitCodes } from '../exit-codes.ts';
import { misused } from '../failure.ts';
import { callServer } from '../mcp/call.ts';
import { listServers } from '../mcp/list.ts';
import { serveMcp } from '../mcp/serve.ts';
import type { Verb } from '../verb.ts';

/** niia as an MCP server, and MCP servers as commands. */
export const verb: Verb = {
  spec: {
    name: 'mcp',
    usage: '[list [--tools] | call SERVER TOOL [JSON]] [--file FILE]… [--timeout SECONDS] [--json]',
    description:
      'Without arguments: an MCP server on stdin and stdout that lets other programs validate, plan, run and steer.\n' +
      'list: the MCP servers defined by connector files here, .mcp.json, .vscode/mcp.json and the settings of CLIs.\n' +
      'call: calls a tool of one of them, for CLIs without MCP and for scripts. Exit 1 if the tool fails.',
    positionals: { min: 0, max: 4 },
    options: {
      tools: { type: 'flag', help: 'list: ask every server for its tools' },
      file: {
        type: 'list',
        value: 'FILE',
        help: 'connector files whose tools.mcp counts; default: those here',
      },
      timeout: {
        type: 'value',
        value: 'SECONDS',
        help: 'how long a server may take for an answer; default 60',
      },
      json: { type: 'flag', help: 'list: the servers as JSON; call: the whole result as JSON' },
    },
    examples: [
      ['mcp list --tools', 'what can be called from here'],
      [`mcp call files read '{"path": "README.md"}'`, 'calls the tool "read" of the server "files"'],
    ],
  },
  run: async context => {
    const [word, ...rest] = context.args.positionals;
    if (Number.isNaN(Number(context.args.value('timeout') ?? 0)))
      return err(misused('--timeout takes a number of seconds'));
    switch (word) {
      case undefined:
        await serveMcp(context);
        return ok(exitCodes.succeeded);
      case 'list':
        return await listServers(context);
      case 'call':
        if (rest.length < 2)
          return err(misused('mcp call needs a server and a tool', 'see: niia mcp --help'));
        return await callServer(rest, context);
      default:
        return err(misused(`mcp does not take the argument "${word}"`, 'it takes: list, call'));
    }
  },
};
