/** The window's own connection to the PTY host, for what must have happened before a session is shown. */
import { connectPtyHost, type PtyHostClient } from '../../runtime/pty/client.ts';
import type { PtyHostAddress } from '../../runtime/pty/socket-place.ts';
import type { PtyFailure } from '../../runtime/pty-protocol.ts';
import type { Result } from '../../runtime/result.ts';
import type { Size } from './cell-size.ts';

interface Connection {
  readonly socketPath: string;
  readonly client: Promise<Result<PtyHostClient, PtyFailure>>;
}

/** Connects when it is first needed, and again when the host has changed. */
export class HostControl implements Disposable {
  #connection: Connection | undefined;

  /** Gives a session a size and waits until it has it. A failure means nothing: the attachment meets it too, and says so. */
  async resize(host: PtyHostAddress, session: string, { cols, rows }: Size): Promise<void> {
    const client = await this.#connect(host);
    if (client.ok) await client.value.resize(session, cols, rows);
  }

  [Symbol.dispose](): void {
    void this.#connection?.client.then(client => {
      if (client.ok) client.value.dispose();
    });
    this.#connection = undefined;
  }

  #connect(host: PtyHostAddress): Connection['client'] {
    if (this.#connection?.socketPath === host.socketPath) return this.#connection.client;
    this[Symbol.dispose]();
    const connection = { socketPath: host.socketPath, client: connectPtyHost(host, { events: false }) };
    this.#connection = connection;
    void this.#forgetWhenGone(connection);
    return connection.client;
  }

  async #forgetWhenGone(connection: Connection): Promise<void> {
    const client = await connection.client;
    if (client.ok) await client.value.closed;
    if (this.#connection === connection) this.#connection = undefined;
  }
}
