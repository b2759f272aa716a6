import type { Socket } from 'node:net';
import {
  createMessageConnection,
  type Logger,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';

const SILENT: Logger = { error() {}, warn() {}, info() {}, log() {} };

/** A JSON-RPC connection over a socket, not listening yet. What the library has to say goes to `logger`. */
export function createSocketConnection(socket: Socket, logger: Logger = SILENT): MessageConnection {
  const reader = new StreamMessageReader(socket);
  // The reader's timer for messages that arrive in parts re-arms itself for ever, also when the connection is closed in
  // the middle of one: no process would then end by itself.
  reader.partialMessageTimeout = 0;
  return createMessageConnection(reader, new StreamMessageWriter(socket), logger);
}
