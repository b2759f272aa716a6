/** A client's JSON-RPC connection to the daemon: typed requests whose failures are values. */
import type { Socket } from 'node:net';
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import type { Method, Notifications, Params, Responses, RpcFailure } from '../protocol.ts';
import type { Result } from '../result.ts';
import { err, ok } from '../result.ts';
import { createSocketConnection } from '../socket-connection.ts';

/** A connection before and after `hello`. */
export interface RpcConnection {
  request<M extends Method>(method: M, params: Params<M>): Promise<Result<Responses[M], RpcFailure>>;
  onNotification<N extends keyof Notifications>(name: N, listener: (params: Notifications[N]) => void): void;
  /** Resolves when the connection has ended, whoever ended it. */
  readonly closed: Promise<void>;
  close(): void;
}

/** Speaks JSON-RPC over a connected socket. */
export function openConnection(socket: Socket): RpcConnection {
  const connection = createSocketConnection(socket);
  const closed = new Promise<void>(resolve => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
  socket.on('error', () => socket.destroy());
  connection.onError(() => socket.destroy());
  // Rejects what is waiting for an answer.
  void closed.then(() => connection.dispose());
  connection.listen();
  return {
    async request(method, params) {
      try {
        return ok(await connection.sendRequest(method, params));
      } catch (error) {
        return err(failureOf(error));
      }
    },
    onNotification: (name, listener) => void connection.onNotification(name, listener),
    closed,
    close() {
      socket.end();
      socket.destroy();
    },
  };
}

/** What vscode-jsonrpc says of a connection that ended with a request under way. */
const LOST_CODES: ReadonlySet<number> = new Set([
  ErrorCodes.MessageWriteError,
  ErrorCodes.MessageReadError,
  ErrorCodes.PendingResponseRejected,
  ErrorCodes.ConnectionInactive,
]);

function failureOf(error: unknown): RpcFailure {
  if (error instanceof ResponseError && isFailure(error.data)) return error.data;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ResponseError && !LOST_CODES.has(error.code))
    return { code: 'daemon-bug', message, exitCode: 1 };
  return {
    code: 'daemon-lost',
    message: `The connection to the daemon was lost (${message}). Runs go on when it starts again: try the command once more.`,
    exitCode: 1,
  };
}

function isFailure(data: unknown): data is RpcFailure {
  return (
    typeof data === 'object' && data !== null && 'code' in data && 'message' in data && 'exitCode' in data
  );
}
