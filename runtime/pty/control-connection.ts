import type { Socket } from 'node:net';
import { ErrorCodes, type MessageConnection, ResponseError } from 'vscode-jsonrpc/node';
import {
  PTY_PROTOCOL_VERSION,
  type PtyEvent,
  type PtyEventName,
  type PtyFailure,
  type PtyRequestName,
  type PtyResult,
  type PtyValidParams,
  ptyRequests,
} from '../pty-protocol.ts';
import { err, type Result } from '../result.ts';
import { createSocketConnection } from '../socket-connection.ts';

/** What serves the requests: one function per request of the protocol. */
export type PtyRequestHandlers = {
  readonly [N in PtyRequestName]: (params: PtyValidParams<N>) => Promise<PtyResult<N>> | PtyResult<N>;
};

/** What a control connection needs. */
export type ControlOptions = {
  readonly token: string;
  readonly handlers: PtyRequestHandlers;
};

/** A client that lets so many bytes of events pile up does not read: it is dropped. */
const MAX_UNREAD_BYTES = 8 * 1024 * 1024;

/** One control client: validates what it sends, serves it, tells it events. */
export class ControlConnection {
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #options: ControlOptions;
  #isGreeted = false;
  #wantsEvents = false;

  /** Starts serving; `socket` may have been read from and unshifted. */
  constructor(socket: Socket, options: ControlOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#connection = createSocketConnection(socket);
    for (const name of requestNames) this.#serve(name);
    this.#connection.onError(([error]) => this.#refuseGarbage(error.message));
    this.#connection.listen();
  }

  /** Tells the client, if it wants to know. */
  send<N extends PtyEventName>(name: N, event: PtyEvent<N>): void {
    if (!this.#wantsEvents) return;
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) this.#socket.destroy();
    else this.#connection.sendNotification(name, event).catch(() => this.#socket.destroy());
  }

  /** Says that the host ends. A client hears it after all answers, and closes the connection. */
  sayEnding(): void {
    this.#connection.sendNotification('ending', {}).catch(() => this.#socket.destroy());
  }

  #serve<N extends PtyRequestName>(name: N): void {
    this.#connection.onRequest(name, async (params: unknown): Promise<unknown> => {
      const parsed = ptyRequests[name].params.safeParse(params ?? {});
      if (!parsed.success) {
        const message = parsed.error.issues
          .map(issue => `${issue.path.join('.')}: ${issue.message}`)
          .join('; ');
        return new ResponseError(ErrorCodes.InvalidParams, `${name}: ${message}`);
      }
      const refusal = this.#refusal(name, parsed.data);
      // The schema that has just parsed the parameters is the one the handler's type comes from.
      return refusal ?? this.#options.handlers[name](parsed.data as PtyValidParams<N>);
    });
  }

  #refusal(name: PtyRequestName, params: object): Result<never, PtyFailure> | null {
    if (name === 'hello' && 'token' in params && 'protocolVersion' in params) return this.#greet(params);
    if (this.#isGreeted) return null;
    return err({ kind: 'unauthorized', message: 'the first message of a connection is "hello"' });
  }

  #greet(hello: object & Record<'token' | 'protocolVersion', unknown>): Result<never, PtyFailure> | null {
    if (hello.token !== this.#options.token) {
      return err({ kind: 'unauthorized', message: 'the token is not that of this host' });
    }
    if (hello.protocolVersion !== PTY_PROTOCOL_VERSION) {
      const client = Number(hello.protocolVersion);
      return err({ kind: 'version_mismatch', host: PTY_PROTOCOL_VERSION, client });
    }
    this.#isGreeted = true;
    this.#wantsEvents = 'events' in hello && hello.events === true;
    return null;
  }

  #refuseGarbage(message: string): void {
    this.#connection.dispose();
    this.#socket.end(`${JSON.stringify({ error: `not a JSON-RPC message: ${message}` })}\n`);
    this.#socket.destroySoon();
  }
}

// `Object.keys` forgets the key type.
const requestNames = Object.keys(ptyRequests) as PtyRequestName[];
