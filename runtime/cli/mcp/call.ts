/** `niia mcp call`: a tool of an MCP server as a command. */
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { callTool, type ServerFailure } from '../../mcp/call-server.ts';
import type { ConfiguredServer } from '../../mcp/configured-servers.ts';
import { err, ok, type Result } from '../../result.ts';
import { exitCodes } from '../exit-codes.ts';
import { type CliFailure, failed, misused } from '../failure.ts';
import { printable } from '../printable.ts';
import { nearest } from '../suggestion.ts';
import type { VerbContext, VerbResult } from '../verb.ts';
import { callOf, serversHere } from './servers-here.ts';

/** Calls a tool and prints what it answers: its text, or with `--json` the whole result. Exit 1 if the tool failed. */
export async function callServer(
  [name = '', tool = '', json = '{}']: readonly string[],
  context: VerbContext,
): Promise<VerbResult> {
  const input = readInput(json);
  if (!input.ok) return input;
  const server = findServer(name, context);
  if (!server.ok) return server;
  const { address, problem, file } = server.value;
  if (address === undefined) return err(failed(`"${name}" in ${file} is no MCP server: ${problem ?? ''}`));
  const call = callOf(address, context);
  if (!call.ok) return err(failed(`"${name}" in ${file} cannot be started: ${call.failure}`));
  const answered = await callTool(call.value, tool, input.value);
  if (!answered.ok) return err(serverFailure(name, answered.failure));
  return ok(print(answered.value, context));
}

function readInput(json: string): Result<Readonly<Record<string, unknown>>, CliFailure> {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      // An object, as just seen: its keys can be anything.
      return ok(value as Record<string, unknown>);
  } catch {
    // Said below.
  }
  return err(
    misused(`the arguments of a tool are a JSON object, got ${json}`, `such as '{"path": "README.md"}'`),
  );
}

function findServer(name: string, context: VerbContext): Result<ConfiguredServer, CliFailure> {
  const servers = serversHere(context);
  const found = servers.find(server => server.name === name);
  if (found !== undefined) return ok(found);
  const names = servers.map(server => server.name);
  const meant = nearest(name, names);
  const advice = [
    ...(meant === undefined ? [] : [`did you mean ${meant}?`]),
    names.length === 0 ? 'there are none: see niia mcp --help' : `there are: ${names.join(', ')}`,
  ];
  return err(misused(`there is no MCP server "${name}"`, ...advice));
}

function serverFailure(name: string, { message, tail }: ServerFailure): CliFailure {
  return failed(`MCP server "${name}": ${message}`, ...(tail === '' ? [] : tail.split('\n').slice(-20)));
}

function print(result: CallToolResult, { args, terminal }: VerbContext): number {
  const { stdout, stderr } = terminal;
  const isFailed = result.isError === true;
  if (args.flag('json')) {
    stdout.write(`${JSON.stringify(result)}\n`);
  } else {
    const text = textOf(result);
    const ended = text === '' || text.endsWith('\n') ? text : `${text}\n`;
    // A terminal obeys escape sequences, a pipe gets the tool's own bytes.
    const output = isFailed ? stderr : stdout;
    output.write(output.isTerminal ? printable(ended) : ended);
  }
  return isFailed ? exitCodes.failed : exitCodes.succeeded;
}

/** The texts of an answer; what is no text is named, structured content without a text is printed as JSON. */
function textOf({ content, structuredContent }: CallToolResult): string {
  if (content.length === 0 && structuredContent !== undefined)
    return JSON.stringify(structuredContent, null, 2);
  return content.map(partText).join('\n');
}

function partText(part: CallToolResult['content'][number]): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return `[${part.mimeType}, ${part.data.length} characters of base64: --json shows them]`;
    case 'resource_link':
      return part.uri;
    case 'resource':
      return 'text' in part.resource ? part.resource.text : `[${part.resource.uri}]`;
  }
}
