import { once } from 'node:events';
import type { Socket } from 'node:net';
import {
  PTY_PROTOCOL_VERSION,
  type PtyFailure,
  ptyFailureSchema,
  type SessionExit,
  sessionExitSchema,
} from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { connectSocket } from './client.ts';
import {
  type AttachedFrame,
  decodeData,
  decodeSize,
  encodeFrame,
  encodeSizeFrame,
  type Frame,
  FrameDecoder,
  frameTypes,
  type InputRefusedFrame,
  type LostFrame,
} from './frames.ts';
import { hostToken, type PtyHostAddress } from './socket-place.ts';

/** What to look at. */
export type AttachOptions = {
  readonly id: string;
  /** Logical offset to start from. Default 0: everything since the start. */
  readonly from?: number;
  /** The viewer is a terminal emulator that answers queries (device attributes, …) itself. Default false. */
  readonly isInteractive?: boolean;
};

/** What a viewer sees, in order. `bytes` is only valid until the next event is asked for. */
export type ViewerEvent =
  | { readonly kind: 'data'; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'resize'; readonly cols: number; readonly rows: number }
  | ({ readonly kind: 'lost' } & LostFrame)
  | ({ readonly kind: 'input_refused' } & InputRefusedFrame)
  | { readonly kind: 'exit'; readonly exit: SessionExit };

/** Attaches to a session: its output from an offset on, then live. */
export async function attachViewer(
  address: PtyHostAddress,
  options: AttachOptions,
): Promise<Result<ViewerStream, PtyFailure>> {
  const connected = await connectSocket(address.socketPath);
  if (!connected.ok) return connected;
  const socket = connected.value;
  socket.write(`${JSON.stringify(attachLine(address, options))}\n`);
  const stream = new ViewerStream(socket);
  const attached = await stream.awaitAttached();
  if (attached.ok) return ok(stream);
  socket.destroy();
  return attached;
}

function attachLine({ stateDir }: PtyHostAddress, { id, from = 0, isInteractive = false }: AttachOptions) {
  const token = hostToken(stateDir);
  return { attach: id, protocolVersion: PTY_PROTOCOL_VERSION, token, from, isInteractive };
}

/** A viewer's end of a stream. Nothing is read ahead: a consumer that is slow slows only its own stream. */
export class ViewerStream {
  readonly #socket: Socket;
  readonly #frames: AsyncGenerator<Frame>;
  #attached: AttachedFrame | null = null;

  /** Takes over a connected socket; `attachViewer` is the usual way. */
  constructor(socket: Socket) {
    this.#socket = socket;
    this.#frames = framesOf(socket);
  }

  /** What the host said first: size at the beginning, and where history ends and live output begins. */
  get attached(): AttachedFrame {
    if (this.#attached === null) throw new Error('the stream is used before it is attached');
    return this.#attached;
  }

  /** Waits for the host's first frame. */
  async awaitAttached(): Promise<Result<AttachedFrame, PtyFailure>> {
    const first = await this.#frames.next();
    if (first.done === true) return err({ kind: 'host_gone', message: 'the PTY host closed the stream' });
    const { type, payload } = first.value;
    const value: unknown = JSON.parse(payload.toString());
    if (type === frameTypes.attached) {
      // Written by the same version of this code: attachLine has just been accepted.
      this.#attached = value as AttachedFrame;
      return ok(this.#attached);
    }
    const failure = ptyFailureSchema.safeParse(value);
    return err(
      failure.success ? failure.data : { kind: 'protocol', message: `frame of type ${type} comes first` },
    );
  }

  /**
   * Everything the host sends, once. Ends after `exit`; an end without `exit` means that the host, or `close`, ended
   * the stream.
   */
  async *events(): AsyncGenerator<ViewerEvent> {
    for await (const frame of this.#frames) {
      const event = eventOf(frame);
      if (event === null) return;
      yield event;
    }
  }

  /** Types into the session. Resolves when the bytes are on their way; refusals come as events. */
  async write(input: string | Uint8Array): Promise<void> {
    const bytes = typeof input === 'string' ? Buffer.from(input) : input;
    if (this.#socket.write(encodeFrame(frameTypes.input, bytes)) || this.#socket.destroyed) return;
    await Promise.race([once(this.#socket, 'drain'), once(this.#socket, 'close')]);
  }

  /** Changes the session's size, for everybody. */
  resize(cols: number, rows: number): void {
    this.#socket.write(encodeSizeFrame(frameTypes.setSize, cols, rows));
  }

  /** Leaves; the session goes on. */
  close(): void {
    this.#socket.destroy();
  }
}

async function* framesOf(socket: Socket): AsyncGenerator<Frame> {
  const decoder = new FrameDecoder();
  try {
    for await (const chunk of socket) {
      if (Buffer.isBuffer(chunk)) yield* decoder.push(chunk);
      if (decoder.isBroken) return;
    }
  } catch {
    // A connection that breaks ends the stream; what it means stands at `events`.
  } finally {
    socket.destroy();
  }
}

function eventOf({ type, payload }: Frame): ViewerEvent | null {
  if (type === frameTypes.data) {
    const data = decodeData(payload);
    return data === null ? null : { kind: 'data', ...data };
  }
  if (type === frameTypes.resize) {
    const size = decodeSize(payload);
    return size === null ? null : { kind: 'resize', ...size };
  }
  return jsonEventOf(type, payload);
}

function jsonEventOf(type: number, payload: Buffer): ViewerEvent | null {
  const value: unknown = JSON.parse(payload.toString());
  if (type === frameTypes.exit) return { kind: 'exit', exit: sessionExitSchema.parse(value) };
  // The two below are written by the same version of this code.
  if (type === frameTypes.lost) return { kind: 'lost', ...(value as LostFrame) };
  if (type === frameTypes.inputRefused) return { kind: 'input_refused', ...(value as InputRefusedFrame) };
  return null;
}
