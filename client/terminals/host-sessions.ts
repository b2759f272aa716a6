/**
 * All that speaks with the PTY host. A file of its own in dist/, loaded with the first terminal: most windows never need
 * the protocol's schemas.
 */
import type { PtyHostAddress } from '../../runtime/pty/socket-place.ts';
import { Attachment, type AttachmentOptions } from './attachment.ts';
import type { Size } from './cell-size.ts';
import { HostControl } from './host-control.ts';

/** The sessions of the PTY host, for this window's terminals. */
export class HostSessions implements Disposable {
  readonly #control = new HostControl();

  /** A terminal on a session; `run` shows it. */
  attach(options: AttachmentOptions): Attachment {
    return new Attachment(options);
  }

  /** Gives a session a size and waits until it has it, if it can be reached. */
  async resize(host: PtyHostAddress, session: string, size: Size): Promise<void> {
    await this.#control.resize(host, session, size);
  }

  [Symbol.dispose](): void {
    this.#control[Symbol.dispose]();
  }
}
