import type { Socket } from 'node:net';
import {
  AbstractMessageWriter,
  createMessageConnection,
  type Logger,
  type Message,
  type MessageConnection,
  type MessageWriter,
  StreamMessageReader,
} from 'vscode-jsonrpc/node';

const SILENT: Logger = { error() {}, warn() {}, info() {}, log() {} };

/** A JSON-RPC connection over a socket, not listening yet. What the library has to say goes to `logger`. */
export function createSocketConnection(socket: Socket, logger: Logger = SILENT): MessageConnection {
  const reader = new StreamMessageReader(socket);
  // The reader's timer for messages that arrive in parts re-arms itself for ever, also when the connection is closed in
  // the middle of one: no process would then end by itself.
  reader.partialMessageTimeout = 0;
  return createMessageConnection(reader, new SocketWriter(socket), logger);
}

/**
 * Writes what is said in one tick by one system call. The library's own writer needs two for each message, and each wakes
 * the other side.
 */
class SocketWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: Socket;
  #errors = 0;
  #isCorked = false;

  constructor(socket: Socket) {
    super();
    this.#socket = socket;
    socket.on('error', error => this.fireError(error));
    socket.on('close', () => this.fireClose());
  }

  write(message: Message): Promise<void> {
    this.#cork();
    const body = JSON.stringify(message);
    const text = `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
    return new Promise((resolve, reject) => {
      this.#socket.write(text, error => {
        if (error === undefined || error === null) return resolve();
        this.#errors += 1;
        this.fireError(error, message, this.#errors);
        reject(error);
      });
    });
  }

  end(): void {
    this.#socket.end();
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#socket.uncork();
    });
  }
}
