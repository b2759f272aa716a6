import { connect, type Socket } from 'node:net';
import type { MessageConnection } from 'vscode-jsonrpc/node';
import {
  PTY_PROTOCOL_VERSION,
  type PtyEvent,
  type PtyEventName,
  type PtyFailure,
  type PtyParams,
  type PtyRequestName,
  type PtyResult,
  type PtyValue,
  ptyAnswerSchema,
  ptyEvents,
  ptyRequests,
} from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { createSocketConnection } from '../socket-connection.ts';
import { hostToken, type PtyHostAddress } from './socket-place.ts';

/** How to connect. */
export type ConnectOptions = {
  /** Whether the host's events are wanted. Default true. */
  readonly events?: boolean;
};

/** Connects to a running host and greets it. `host_gone` when nobody answers, `version_mismatch` when it is of another version. */
export async function connectPtyHost(
  address: PtyHostAddress,
  options: ConnectOptions = {},
): Promise<Result<PtyHostClient, PtyFailure>> {
  const socket = await connectSocket(address.socketPath);
  if (!socket.ok) return socket;
  const client = new PtyHostClient(socket.value);
  const greeted = await client.call('hello', {
    protocolVersion: PTY_PROTOCOL_VERSION,
    token: hostToken(address.stateDir),
    events: options.events ?? true,
  });
  if (greeted.ok) return ok(client);
  client.dispose();
  return greeted;
}

/** Opens a connection to a socket; `host_gone` when nobody listens. */
export function connectSocket(socketPath: string): Promise<Result<Socket, PtyFailure>> {
  return new Promise(resolve => {
    const socket = connect(socketPath);
    const onError = (error: Error): void => resolve(err(gone(error.message)));
    socket.once('error', onError);
    socket.once('connect', () => {
      socket.off('error', onError);
      resolve(ok(socket));
    });
  });
}

type Answer = (result: Result<unknown, PtyFailure>) => void;

type Listener<N extends PtyEventName> = (event: PtyEvent<N>) => void;

/** A connection to the PTY host. Its methods are the protocol's requests (runtime/pty-protocol.ts) and never reject. */
export class PtyHostClient {
  /** Resolves when the connection has ended, by either side. */
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  readonly #connection: MessageConnection;
  readonly #waiting = new Set<Answer>();
  readonly #listeners = new Map<PtyEventName, Set<(params: unknown) => void>>();

  /** Takes over a connected socket; `connectPtyHost` is the usual way. */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.#connection = createSocketConnection(socket);
    this.#connection.onError(() => socket.destroy());
    socket.on('error', () => socket.destroy());
    this.closed = new Promise(resolve => {
      socket.once('close', () => {
        this.#connection.dispose();
        // The connection forgets requests that it was just writing when it was disposed of.
        for (const answer of [...this.#waiting]) answer(err(GONE));
        resolve();
      });
    });
    // The host waits for us to leave: what it closed itself might overtake its last answers here.
    this.on('ending', () => this.dispose());
    this.#connection.listen();
  }

  /** Sends a request; a lost connection is `host_gone`, an answer that does not fit the protocol is `protocol`. */
  async call<N extends PtyRequestName>(name: N, params: PtyParams<N>): Promise<PtyResult<N>> {
    const reply = await this.#ask(name, params);
    if (!reply.ok) return reply;
    const answer = ptyAnswerSchema.safeParse(reply.value);
    if (!answer.success) return err({ kind: 'protocol', message: `${name}: ${answer.error.message}` });
    if (!answer.data.ok) return answer.data;
    const value = ptyRequests[name].result.safeParse(answer.data.value);
    if (!value.success) return err({ kind: 'protocol', message: `${name}: ${value.error.message}` });
    // The schema of this request's result is where PtyValue<N> comes from.
    return ok(value.data as PtyValue<N>);
  }

  /** Listens to an event; returns how to stop. Malformed events are dropped. */
  on<N extends PtyEventName>(name: N, listener: Listener<N>): { dispose(): void } {
    const deliver = (params: unknown): void => {
      const parsed = ptyEvents[name].safeParse(params);
      // The schema of this event is where PtyEvent<N> comes from.
      if (parsed.success) listener(parsed.data as PtyEvent<N>);
    };
    const listeners = this.#listenersOf(name);
    listeners.add(deliver);
    return { dispose: () => listeners.delete(deliver) };
  }

  /** Closes the connection; the host and its sessions go on. */
  dispose(): void {
    this.#socket.destroy();
  }

  open(spec: PtyParams<'open'>) {
    return this.call('open', spec);
  }

  list() {
    return this.call('list', {});
  }

  read(params: PtyParams<'read'>) {
    return this.call('read', params);
  }

  write(id: string, text: string) {
    return this.call('write', { id, text });
  }

  endInput(id: string) {
    return this.call('endInput', { id });
  }

  resize(id: string, cols: number, rows: number) {
    return this.call('resize', { id, cols, rows });
  }

  signal(id: string, signal: PtyParams<'signal'>['signal']) {
    return this.call('signal', { id, signal });
  }

  stop(id: string, graceMs: number) {
    return this.call('stop', { id, graceMs });
  }

  release(id: string) {
    return this.call('release', { id });
  }

  render(params: PtyParams<'render'>) {
    return this.call('render', params);
  }

  reap(ids: readonly string[]) {
    return this.call('reap', { ids });
  }

  status() {
    return this.call('status', {});
  }

  shutdown(params: PtyParams<'shutdown'>) {
    return this.call('shutdown', params);
  }

  #listenersOf(name: PtyEventName): Set<(params: unknown) => void> {
    const known = this.#listeners.get(name);
    if (known !== undefined) return known;
    const listeners = new Set<(params: unknown) => void>();
    this.#listeners.set(name, listeners);
    // A connection knows one handler per notification: it is ours, and serves all listeners.
    this.#connection.onNotification(name, (params: unknown) => {
      for (const deliver of listeners) deliver(params);
    });
    return listeners;
  }

  #ask(name: string, params: object): Promise<Result<unknown, PtyFailure>> {
    return new Promise(resolve => {
      const answer: Answer = result => {
        this.#waiting.delete(answer);
        resolve(result);
      };
      this.#waiting.add(answer);
      this.#send(name, params).then(
        value => answer(ok(value)),
        error => answer(err(this.#failureOf(error))),
      );
    });
  }

  async #send(name: string, params: object): Promise<unknown> {
    return this.#connection.sendRequest<unknown>(name, params);
  }

  #failureOf(error: unknown): PtyFailure {
    if (this.#socket.destroyed) return GONE;
    return { kind: 'protocol', message: error instanceof Error ? error.message : String(error) };
  }
}

const GONE = gone('the connection to the PTY host has ended');

function gone(message: string): PtyFailure {
  return { kind: 'host_gone', message };
}
