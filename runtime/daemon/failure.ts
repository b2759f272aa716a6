/** Expected failures of requests: the factories of every message a client can get from the daemon. */
import { ResponseError } from 'vscode-jsonrpc/node';
import type { RpcFailure } from '../protocol.ts';

/** JSON-RPC error code under which every `RpcFailure` travels (server-defined range). */
export const RPC_FAILURE_CODE = -32_000;

/** Makes a failure. `exitCode` is what a command line ends with (design §6). */
export function failure(code: string, message: string, exitCode = 1): RpcFailure {
  return { code, message, exitCode };
}

/** No run has this id. */
export function unknownRun(run: string): RpcFailure {
  return failure('unknown-run', `There is no run "${run}". \`niia ps --all\` lists the runs.`, 2);
}

/** No session has this id. */
export function unknownSession(session: string): RpcFailure {
  return failure('unknown-session', `There is no session "${session}". \`niia ps\` lists what is alive.`, 2);
}

/** Client and daemon cannot talk to each other. */
export function otherVersion(client: string, daemon: string): RpcFailure {
  return failure(
    'other-version',
    `The running daemon is niia ${daemon}, this is niia ${client}, and they do not understand each other. ` +
      'Runs that are under way go on. `niia daemon stop` ends that daemon; the next command starts a matching one, ' +
      'which takes the runs up again.',
  );
}

/** The message could not be understood. */
export function badRequest(method: string, detail: string): RpcFailure {
  return failure('bad-request', `The daemon cannot read "${method}": ${detail}`, 2);
}

/** A failure as the error that JSON-RPC carries. */
export function toResponseError(value: RpcFailure): ResponseError<RpcFailure> {
  return new ResponseError(RPC_FAILURE_CODE, value.message, value);
}
