import type { Socket } from 'node:net';
import { type AttachLine, attachLineSchema, PTY_PROTOCOL_VERSION, type PtyFailure } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';
import {
  type AttachedFrame,
  DATA_HEADER_BYTES,
  decodeSize,
  encodeJsonFrame,
  encodeSizeFrame,
  type Frame,
  FrameDecoder,
  frameTypes,
  writeDataHeader,
} from './frames.ts';
import { RecordedSource } from './recorded-source.ts';
import type { Session } from './session.ts';
import type { OutputFollower, SizeChange } from './session-output.ts';

/** Longest first line. */
const MAX_ATTACH_LINE_BYTES = 4096;

/** Output bytes per frame; with the header, all that the host buffers for one viewer. */
const MAX_DATA_BYTES = 64 * 1024;

/** What a viewer's connection needs from the host. */
export type ViewerOptions = {
  readonly token: string;
  readonly findSession: (id: string) => Result<Session, PtyFailure>;
};

/** Reads a viewer's first line from a fresh connection and then serves it, or says why not and closes. */
export function serveViewer(socket: Socket, options: ViewerOptions): void {
  let head: Buffer = Buffer.alloc(0);
  const onData = (chunk: Buffer): void => {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(0x0a);
    if (end < 0 && head.length <= MAX_ATTACH_LINE_BYTES) return;
    socket.off('data', onData);
    const attach = parseAttachLine(head.subarray(0, Math.max(end, 0)).toString(), options.token);
    const session = attach.ok ? options.findSession(attach.value.attach) : attach;
    if (attach.ok && session.ok)
      new ViewerConnection(socket, session.value, attach.value, head.subarray(end + 1));
    else if (!session.ok) refuse(socket, session.failure);
  };
  socket.on('data', onData);
}

function parseAttachLine(line: string, token: string): Result<AttachLine, PtyFailure> {
  const parsed = attachLineSchema.safeParse(parseJson(line));
  if (!parsed.success)
    return err({ kind: 'protocol', message: 'a viewer begins with one line of JSON: attach, from, …' });
  if (parsed.data.token !== token) {
    return err({ kind: 'unauthorized', message: 'the token is not that of this host' });
  }
  const client = parsed.data.protocolVersion;
  if (client !== PTY_PROTOCOL_VERSION)
    return err({ kind: 'version_mismatch', host: PTY_PROTOCOL_VERSION, client });
  return ok(parsed.data);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refuse(socket: Socket, failure: PtyFailure): void {
  socket.end(encodeJsonFrame(frameTypes.error, failure));
  socket.destroySoon();
}

/**
 * One viewer of one session, at its own pace: one frame is on its way at a time, the next is cut from memory or, when
 * the viewer lags, from the recording. So a viewer that stops reading costs one buffer and stalls nobody.
 */
class ViewerConnection implements OutputFollower {
  cursor: number;
  readonly #socket: Socket;
  readonly #session: Session;
  readonly #recorded: RecordedSource;
  readonly #decoder = new FrameDecoder();
  readonly #isInteractive: boolean;
  #frame: Buffer | null = null;
  #sizesSent: number;
  #isBusy = false;
  #isClosed = false;

  constructor(socket: Socket, session: Session, attach: AttachLine, rest: Buffer) {
    const { output } = session;
    this.#socket = socket;
    this.#session = session;
    this.#isInteractive = attach.isInteractive;
    this.#recorded = new RecordedSource(output.recorder, session.spec.recordingFile);
    this.cursor = Math.min(attach.from, output.log.end);
    this.#sizesSent = output.sizes.filter(({ offset }) => offset <= this.cursor).length;
    if (this.#isInteractive) session.countInteractive(1);
    socket.write(encodeJsonFrame(frameTypes.attached, this.#greeting()));
    socket.on('close', () => this.#close());
    socket.on('data', chunk => this.#receive(chunk));
    if (rest.length > 0) this.#receive(rest);
    output.follow(this);
  }

  wake(): void {
    if (!this.#isBusy && !this.#isClosed) this.#pump();
  }

  #greeting(): AttachedFrame {
    const { id, kind } = this.#session.spec;
    const { output } = this.#session;
    const { cols, rows } = output.sizes[this.#sizesSent - 1] ?? output.size;
    return { id, kind, cols, rows, from: this.cursor, end: output.log.end };
  }

  #pump(): void {
    const { output } = this.#session;
    const limit = this.#sendSizes();
    this.#frame ??= Buffer.allocUnsafeSlow(DATA_HEADER_BYTES + MAX_DATA_BYTES);
    const count = output.log.copy(
      this.cursor,
      this.#frame,
      DATA_HEADER_BYTES,
      Math.min(MAX_DATA_BYTES, limit),
    );
    if (count > 0) this.#send(this.#frame, count);
    else if (this.cursor < output.log.end) void this.#pumpRecorded(limit);
    else if (output.isComplete) this.#sayGoodbye();
    else this.#frame = null;
  }

  /** Sends the changes of size due at the cursor; returns how many bytes may follow before the next one. */
  #sendSizes(): number {
    const { sizes } = this.#session.output;
    let next: SizeChange | undefined = sizes[this.#sizesSent];
    for (; next !== undefined && next.offset <= this.cursor; next = sizes[this.#sizesSent]) {
      this.#sizesSent++;
      this.#socket.write(encodeSizeFrame(frameTypes.resize, next.cols, next.rows));
    }
    return next === undefined ? Number.POSITIVE_INFINITY : next.offset - this.cursor;
  }

  #send(frame: Buffer, count: number): void {
    this.#isBusy = true;
    writeDataHeader(frame, this.cursor, count);
    this.cursor += count;
    this.#socket.write(frame.subarray(0, DATA_HEADER_BYTES + count), () => {
      this.#isBusy = false;
      if (!this.#isClosed) this.#session.output.takeMore(this);
    });
  }

  async #pumpRecorded(limit: number): Promise<void> {
    this.#isBusy = true;
    const bytes = await this.#recorded.read(this.cursor);
    this.#isBusy = false;
    if (this.#isClosed) return;
    if (bytes === null) {
      this.#skipLost();
      return;
    }
    const count = Math.min(bytes.length, limit, MAX_DATA_BYTES);
    const frame = this.#frame ?? Buffer.allocUnsafeSlow(DATA_HEADER_BYTES + MAX_DATA_BYTES);
    bytes.copy(frame, DATA_HEADER_BYTES, 0, count);
    this.#send(frame, count);
  }

  /** What neither memory nor recording has: the recording failed, and this viewer was too slow for the memory. */
  #skipLost(): void {
    const { log, recorder } = this.#session.output;
    const to = Math.max(log.start, this.cursor);
    const reason = recorder.failure ?? 'the recording cannot be read';
    this.#socket.write(encodeJsonFrame(frameTypes.lost, { from: this.cursor, to, reason }));
    this.cursor = to;
    this.wake();
  }

  #sayGoodbye(): void {
    const { exit } = this.#session;
    if (exit !== null) this.#socket.write(encodeJsonFrame(frameTypes.exit, exit));
    this.#socket.end();
    this.#close();
  }

  #receive(chunk: Buffer): void {
    for (const frame of this.#decoder.push(chunk)) {
      if (!this.#isClosed && !this.#obey(frame))
        this.#fail(`frame of type ${frame.type} is unknown or malformed`);
    }
    if (this.#decoder.isBroken) this.#fail('frame is too long');
  }

  #obey({ type, payload }: Frame): boolean {
    if (type === frameTypes.input) {
      this.#input(payload);
      return true;
    }
    const size = type === frameTypes.setSize ? decodeSize(payload) : null;
    if (size !== null) this.#session.resize(size);
    return size !== null;
  }

  #input(payload: Buffer): void {
    const written = this.#session.write(Buffer.from(payload));
    if (written.ok || written.failure.kind !== 'input_full') return;
    const { queuedBytes, limitBytes } = written.failure;
    this.#socket.write(encodeJsonFrame(frameTypes.inputRefused, { queuedBytes, limitBytes }));
  }

  #fail(message: string): void {
    if (this.#isClosed) return;
    this.#close();
    refuse(this.#socket, { kind: 'protocol', message });
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#session.output.unfollow(this);
    if (this.#isInteractive) this.#session.countInteractive(-1);
    this.#frame = null;
    this.#recorded.close().catch(() => {});
  }
}
