/** The connection of a verb to the daemon: found or started, its failures in the words of the command line. */
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { findPlaces } from '../config/places.ts';
import { type ConnectOptions, connectDaemon, type DaemonClient } from '../daemon/client.ts';
import { makeFolders } from '../daemon/private-dir.ts';
import { chooseNode, programFiles } from '../daemon/program-files.ts';
import type { Method, Params, Responses, RpcFailure } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { type CliFailure, failed } from './failure.ts';
import { fileProblem } from './file-problem.ts';
import { loadConfig } from './load-config.ts';
import type { VerbContext, VerbResult } from './verb.ts';

/** Connects to the daemon, starting it where none runs. The caller closes the connection. */
export async function connect(context: VerbContext): Promise<Result<DaemonClient, CliFailure>> {
  const options = await connectOptions(context.env);
  if (!options.ok) return options;
  const problem = await whyNotWritable(options.value.stateDir);
  if (problem) return err(problem);
  const daemon = await connectDaemon(options.value);
  return daemon.ok ? daemon : err(fromDaemon(daemon.failure));
}

/** Runs `use` with a connection to the daemon, and closes it. */
export async function withDaemon(
  context: VerbContext,
  use: (daemon: DaemonClient) => Promise<VerbResult>,
): Promise<VerbResult> {
  const connected = await connect(context);
  if (!connected.ok) return connected;
  using daemon = connected.value;
  return await use(daemon);
}

/** How this user's daemon is reached and started. */
export async function connectOptions(
  env: Readonly<NodeJS.ProcessEnv>,
): Promise<Result<ConnectOptions & Required<Pick<ConnectOptions, 'autostart'>>, CliFailure>> {
  const places = findPlaces(env);
  const config = await loadConfig(places.configFile);
  if (!config.ok) return config;
  const files = programFiles();
  return ok({
    stateDir: places.stateDir,
    logFile: join(places.stateDir, 'daemon.log'),
    client: 'cli',
    autostart: { node: chooseNode(config.value.node, files.root), script: files.daemon, env: { ...env } },
  });
}

/** A home that cannot be used is said here: the daemon, started in the background, has nobody to say it to. */
async function whyNotWritable(stateDir: string): Promise<CliFailure | undefined> {
  try {
    await makeFolders(stateDir);
    await access(stateDir, constants.W_OK);
    return undefined;
  } catch (error) {
    const advice = 'set NIIA_HOME to a folder that you may write to';
    return failed(`cannot keep anything in "${stateDir}": ${fileProblem(error)}`, advice);
  }
}

/** Sends a request whose failure ends the verb. */
export async function call<M extends Method>(
  daemon: DaemonClient,
  method: M,
  params: Params<M>,
): Promise<Result<Responses[M], CliFailure>> {
  const answer = await daemon.request(method, params);
  return answer.ok ? answer : err(fromDaemon(answer.failure));
}

/** A failure of the daemon as one of the command line: its first sentence is what is wrong, the rest what to do. */
export function fromDaemon(failure: RpcFailure): CliFailure {
  const [first = '', ...rest] = failure.message.split(/(?<=[.!?])\s+(?=[A-Z`])/);
  const advice = rest.join(' ');
  return {
    message: first.replace(/\.$/, ''),
    advice: advice === '' ? [] : [advice],
    exitCode: failure.exitCode,
  };
}

/** The environment that goes to workers: the caller's own (design §2). */
export function environmentOf(env: Readonly<NodeJS.ProcessEnv>): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
