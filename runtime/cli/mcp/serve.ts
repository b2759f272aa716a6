/** `niia mcp`: the MCP server of niia on stdin and stdout. */
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { type CallVerb, createNiiaServer, type ToolVerb } from '../../mcp/niia-server.ts';
import { version } from '../../version.ts';
import { parseArguments } from '../arguments.ts';
import { captureTerminal } from '../captured-terminal.ts';
import { renderFailure } from '../failure.ts';
import type { Verb, VerbContext } from '../verb.ts';
import { verb as answer } from '../verbs/answer.ts';
import { verb as plan } from '../verbs/plan.ts';
import { verb as ps } from '../verbs/ps.ts';
import { verb as run } from '../verbs/run.ts';
import { verb as show } from '../verbs/show.ts';
import { verb as stop } from '../verbs/stop.ts';
import { verb as validate } from '../verbs/validate.ts';

const verbs: Readonly<Record<ToolVerb, Verb>> = { answer, plan, ps, run, show, stop, validate };

/** Serves until the client closes its end. */
export async function serveMcp(context: VerbContext): Promise<void> {
  const server = createNiiaServer(verbCaller(context), version);
  // The transport does not look for the end of its input.
  const ended = new Promise<void>(resolve => {
    process.stdin.once('end', resolve).once('close', resolve);
  });
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
}

/** Calls verbs as a person at a shell without a terminal would. */
function verbCaller({ env, cwd }: VerbContext): CallVerb {
  return async (name, argv, folder) => {
    const captured = captureTerminal();
    const verb = verbs[name];
    const args = await parseArguments(verb.spec, argv);
    const { terminal } = captured;
    const result = args.ok ? await verb.run({ args: args.value, terminal, env, cwd: folder ?? cwd }) : args;
    if (!result.ok) terminal.stderr.write(renderFailure(result.failure, terminal.stderr.style));
    const code = result.ok ? result.value : result.failure.exitCode;
    return { code, stdout: captured.stdout(), stderr: captured.stderr() };
  };
}
