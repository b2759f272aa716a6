import type { Server, Socket } from 'node:net';
import type { PtyEvent, PtyEventName } from '../pty-protocol.ts';
import { QuietMemory } from '../quiet-memory.ts';
import { ControlConnection } from './control-connection.ts';
import { createRequestHandlers } from './requests.ts';
import type { Session, SessionListener } from './session.ts';
import { SessionProcesses } from './session-processes.ts';
import { Sessions } from './sessions.ts';
import { serveViewer } from './viewer-connection.ts';

/** What a host is started with. */
export type PtyHostOptions = {
  /** A server that listens already; the host owns it. */
  readonly server: Server;
  /** Names this host in its sessions' environment; the socket's path. */
  readonly name: string;
  readonly token: string;
  /** The host ends after so long without control clients and running sessions. */
  readonly idleMs: number;
  /** Called once, when the host has ended. */
  readonly onEnded: () => void;
};

/** Offsets of sessions that moved are told together, at most so often. */
const OUTPUT_EVENT_MS = 50;

/** A connection that says nothing for so long is closed. */
const FIRST_BYTES_MS = 10_000;

/** How long clients may take to close their connections at the end. */
const END_MS = 1000;

/** First byte of a viewer's line of JSON; JSON-RPC begins with a header ("Content-Length"). */
const VIEWER_START = 0x7b;

/** The PTY host: owns sessions, serves control clients and viewers on one socket. */
export class PtyHost {
  readonly #options: PtyHostOptions;
  readonly #sessions: Sessions;
  readonly #handlers: ReturnType<typeof createRequestHandlers>;
  readonly #viewers = new Set<Socket>();
  readonly #clients = new Set<ControlConnection>();
  readonly #moved = new Set<Session>();
  readonly #memory = new QuietMemory();
  #outputTimer: NodeJS.Timeout | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #isEnding = false;

  constructor(options: PtyHostOptions) {
    this.#options = options;
    const processes = new SessionProcesses(options.name);
    this.#sessions = new Sessions({ host: options.name, processes, listener: this.#listener() });
    this.#handlers = createRequestHandlers({
      sessions: this.#sessions,
      processes,
      startedAt: new Date().toISOString(),
      countClients: () => this.#clients.size,
      onOpened: session => this.#broadcast('opened', { session }),
      onReleased: id => this.#broadcast('released', { id }),
      shutDown: () => setImmediate(() => this.#end()),
    });
    options.server.on('connection', socket => this.#accept(socket));
    this.#checkIdle();
  }

  /** Kills all sessions, closes all connections and ends. */
  async shutDown(): Promise<void> {
    await this.#sessions.killAll();
    this.#end();
  }

  #listener(): SessionListener {
    return {
      onOutput: session => this.#noteOutput(session),
      onExit: (session, exit) => {
        this.#tellOutput();
        this.#broadcast('exit', { id: session.id, exit });
        this.#memory.touch();
        this.#checkIdle();
      },
      onRecordingFailed: (session, file, message) =>
        this.#broadcast('recording_failed', { id: session.id, file, message }),
    };
  }

  #accept(socket: Socket): void {
    socket.setTimeout(FIRST_BYTES_MS, () => socket.destroy());
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const first: unknown = socket.read();
      if (!Buffer.isBuffer(first)) return;
      socket.setTimeout(0);
      socket.unshift(first);
      this.#serve(socket, first[0]);
    });
  }

  #serve(socket: Socket, firstByte: number | undefined): void {
    if (firstByte === VIEWER_START) this.#serveViewer(socket);
    else this.#serveControl(socket);
    // The listener for 'readable' has stopped the flow.
    socket.resume();
  }

  #serveViewer(socket: Socket): void {
    this.#viewers.add(socket);
    socket.on('close', () => this.#viewers.delete(socket));
    serveViewer(socket, { token: this.#options.token, findSession: id => this.#sessions.get(id) });
  }

  #serveControl(socket: Socket): void {
    const client = new ControlConnection(socket, { token: this.#options.token, handlers: this.#handlers });
    this.#clients.add(client);
    this.#checkIdle();
    socket.on('close', () => {
      this.#clients.delete(client);
      this.#checkIdle();
    });
  }

  #broadcast<N extends PtyEventName>(name: N, event: PtyEvent<N>): void {
    for (const client of this.#clients) client.send(name, event);
  }

  #noteOutput(session: Session): void {
    this.#memory.touch();
    this.#moved.add(session);
    this.#outputTimer ??= setTimeout(() => this.#tellOutput(), OUTPUT_EVENT_MS);
  }

  #tellOutput(): void {
    if (this.#outputTimer !== null) clearTimeout(this.#outputTimer);
    this.#outputTimer = null;
    if (this.#moved.size === 0) return;
    const sessions = [...this.#moved].map(session => {
      const { id, end, stdoutBytes, stderrBytes } = session.info();
      return { id, end, stdoutBytes, stderrBytes };
    });
    this.#moved.clear();
    this.#broadcast('output', { sessions });
  }

  #checkIdle(): void {
    const isIdle = this.#clients.size === 0 && this.#sessions.running === 0;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = isIdle ? setTimeout(() => void this.shutDown(), this.#options.idleMs) : null;
  }

  #end(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#sessions.dispose();
    this.#options.server.close(() => this.#options.onEnded());
    for (const client of this.#clients) client.sayEnding();
    for (const socket of this.#viewers) socket.destroySoon();
    // Who does not leave by then does not keep us.
    setTimeout(() => this.#options.onEnded(), END_MS).unref();
  }
}
