/**
 * Serves clients: JSON-RPC per connection, `hello` first, every request validated. What a client sends can end its own
 * connection, never the daemon or another client's.
 */
import type { Server, Socket } from 'node:net';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import type { Responses, RpcFailure } from '../protocol.ts';
import { PROTOCOL_VERSION } from '../protocol-version.ts';
import type { Result } from '../result.ts';
import { err } from '../result.ts';
import { createSocketConnection } from '../socket-connection.ts';
import type { Handlers } from './call.ts';
import { callHandler, isMethod, readParams } from './call.ts';
import { badRequest, failure, otherVersion, toResponseError } from './failure.ts';
import type { Log } from './log.ts';

/** A client says `hello` within this time or is turned away: a connection without one holds the daemon alive. */
const HELLO_TIMEOUT_MS = 10_000;
/** A client that has sent so much and still not said `hello` speaks something else. */
const MAX_BYTES_BEFORE_HELLO = 64 * 1024;

/** What every client may ask, also one of another version: else nobody could replace a daemon by a newer one. */
const WITHOUT_HELLO: ReadonlySet<string> = new Set(['daemon/status', 'daemon/stop']);

/** What the server needs. */
export interface ServerOptions {
  /** What answers requests; clients that come before it is there wait for it. */
  readonly service: Promise<Service>;
  readonly log: Log;
  /** Called when a client came or went, with how many there are. */
  readonly onClients: (count: number) => void;
}

/** What answers requests. */
export interface Service {
  readonly handlers: Handlers;
  /** Answer to `hello`. */
  readonly identity: Responses['hello'];
}

/** The connected clients. */
export interface DaemonServer {
  readonly clientCount: number;
  /** Sends a notification to every client that has said hello; a client that is gone or lags is skipped. */
  broadcast(method: 'run/changed', params: { readonly run: string }): void;
  /** Ends every connection. The listening socket is the caller's. */
  closeAll(): void;
}

interface Client {
  readonly connection: MessageConnection;
  readonly socket: Socket;
  readonly releases: Set<() => void>;
  hasSaidHello: boolean;
}

/** Serves everyone who connects to a listening socket. */
export function serve(listener: Server, options: ServerOptions): DaemonServer {
  const clients = new Set<Client>();
  listener.on('connection', socket => {
    const client = accept(socket, options);
    clients.add(client);
    options.onClients(clients.size);
    socket.on('close', () => {
      clients.delete(client);
      for (const release of client.releases) release();
      client.connection.dispose();
      options.onClients(clients.size);
    });
  });
  return {
    get clientCount() {
      return clients.size;
    },
    broadcast(method, params) {
      for (const client of clients) {
        if (!client.hasSaidHello || client.socket.writableNeedDrain) continue;
        client.connection.sendNotification(method, params).catch(() => {});
      }
    },
    closeAll() {
      for (const client of clients) client.socket.destroySoon();
    },
  };
}

function accept(socket: Socket, options: ServerOptions): Client {
  const connection = createSocketConnection(socket, {
    error: text => options.log.error(text),
    warn() {},
    info() {},
    log() {},
  });
  const client: Client = { connection, socket, releases: new Set(), hasSaidHello: false };
  guardHello(client);
  socket.on('error', () => socket.destroy());
  connection.onError(([error]) => {
    // A client that is gone is no news; one that speaks something else is.
    if (!isHangUp(error)) {
      options.log.info(`a connection sent something that is no message (${error.message}); closed`);
    }
    socket.destroy();
  });
  connection.onRequest((method, params, token) => answer(client, method, params, token, options));
  connection.onUnhandledNotification(() => {});
  connection.listen();
  return client;
}

function isHangUp(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Ends a connection that does not say what it is. */
function guardHello(client: Client): void {
  const { socket } = client;
  const timer = setTimeout(() => socket.destroy(), HELLO_TIMEOUT_MS);
  timer.unref();
  const release = (): void => clearTimeout(timer);
  client.releases.add(release);
  socket.on('data', function count() {
    if (client.hasSaidHello) {
      release();
      socket.off('data', count);
    } else if (socket.bytesRead > MAX_BYTES_BEFORE_HELLO) socket.destroy();
  });
}

async function answer(
  client: Client,
  method: string,
  params: unknown,
  token: CancellationToken,
  options: ServerOptions,
): Promise<unknown> {
  try {
    const result = await dispatch(client, method, params, token, options);
    return result.ok ? result.value : toResponseError(result.failure);
  } catch (error) {
    options.log.error(`bug while answering ${method}`, error);
    const message = error instanceof Error ? error.message : String(error);
    return new ResponseError(ErrorCodes.InternalError, `The daemon failed on "${method}": ${message}`);
  }
}

async function dispatch(
  client: Client,
  method: string,
  params: unknown,
  token: CancellationToken,
  options: ServerOptions,
): Promise<Result<unknown, RpcFailure>> {
  if (!isMethod(method)) return err(badRequest(method, 'this daemon has no such request'));
  const { handlers, identity } = await options.service;
  if (method === 'hello') return hello(client, params, identity);
  if (!client.hasSaidHello && !WITHOUT_HELLO.has(method))
    return err(failure('no-hello', 'The first message of a connection must be "hello".', 2));
  const abort = new AbortController();
  const release = (): void => abort.abort();
  const cancel = token.onCancellationRequested(release);
  client.releases.add(release);
  try {
    return await callHandler(handlers, method, params, {
      connection: client.connection,
      signal: abort.signal,
      onClose: extra => client.releases.add(extra),
    });
  } finally {
    client.releases.delete(release);
    cancel.dispose();
  }
}

/** Same protocol, other version: the plan of a newer client may mean what an older daemon does not do, so both must fit. */
function hello(
  client: Client,
  params: unknown,
  identity: Responses['hello'],
): Result<Responses['hello'], RpcFailure> {
  const read = readParams('hello', params);
  if (!read.ok) return read;
  const { protocol, version } = read.value;
  if (protocol !== PROTOCOL_VERSION || version !== identity.version)
    return err(otherVersion(version, identity.version));
  client.hasSaidHello = true;
  return { ok: true, value: identity };
}
