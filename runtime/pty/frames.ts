/**
 * Frames of a viewer's stream: type (u8), length of the payload (u32 BE), payload. They carry terminal bytes between
 * the PTY host and those who look at a session, without JSON and without copies beyond one per viewer.
 */

/** Frame types. Below 16: host → viewer; from 16: viewer → host. */
export const frameTypes = {
  /** JSON AttachedFrame; the first frame. */
  attached: 1,
  /** u64 BE logical offset, then bytes of output. */
  data: 2,
  /** JSON SessionExit; the last frame: all output has been sent before. */
  exit: 3,
  /** u16 BE columns, u16 BE rows; in order with the data around it. */
  resize: 4,
  /** JSON LostFrame: output that exists nowhere any more, because the recording failed. */
  lost: 5,
  /** JSON PtyFailure; the host closes the connection after it. */
  error: 6,
  /** JSON InputRefusedFrame: an input frame was dropped as a whole. */
  inputRefused: 7,
  /** Bytes typed into the session. */
  input: 16,
  /** u16 BE columns, u16 BE rows. */
  setSize: 17,
} as const;

/** One of `frameTypes`. */
export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

/** A decoded frame; `payload` is only valid until the next chunk is pushed. */
export type Frame = { readonly type: number; readonly payload: Buffer };

/** Payload of `attached`: the size holds at `from`; bytes before `end` are history, not live. */
export type AttachedFrame = {
  readonly id: string;
  readonly kind: 'pty' | 'pipe';
  readonly cols: number;
  readonly rows: number;
  readonly from: number;
  readonly end: number;
};

/** Payload of `lost`: logical offsets, `to` is exclusive. */
export type LostFrame = { readonly from: number; readonly to: number; readonly reason: string };

/** Payload of `inputRefused`, in bytes. */
export type InputRefusedFrame = { readonly queuedBytes: number; readonly limitBytes: number };

/** Bytes before a payload. */
export const FRAME_HEADER_BYTES = 5;

/** Bytes before the output of a data frame: frame header and offset. */
export const DATA_HEADER_BYTES = FRAME_HEADER_BYTES + 8;

/** Largest payload accepted from the other side. */
export const MAX_FRAME_BYTES = 1024 * 1024;

/** A frame with a binary payload. */
export function encodeFrame(type: FrameType, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.writeUInt8(type, 0);
  frame.writeUInt32BE(payload.length, 1);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

/** A frame with a JSON payload. */
export function encodeJsonFrame(type: FrameType, value: object): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(value)));
}

/** A `resize` or `setSize` frame. */
export function encodeSizeFrame(type: FrameType, cols: number, rows: number): Buffer {
  const payload = Buffer.allocUnsafe(4);
  payload.writeUInt16BE(cols, 0);
  payload.writeUInt16BE(rows, 2);
  return encodeFrame(type, payload);
}

/** Reads the payload of a `resize` or `setSize` frame; null when it is malformed or out of range (1–1000). */
export function decodeSize(payload: Buffer): { readonly cols: number; readonly rows: number } | null {
  if (payload.length !== 4) return null;
  const cols = payload.readUInt16BE(0);
  const rows = payload.readUInt16BE(2);
  return isSize(cols) && isSize(rows) ? { cols, rows } : null;
}

function isSize(value: number): boolean {
  return value >= 1 && value <= 1000;
}

/** Writes the header of a data frame in place, for output already copied behind it. */
export function writeDataHeader(frame: Buffer, offset: number, length: number): void {
  frame.writeUInt8(frameTypes.data, 0);
  frame.writeUInt32BE(length + 8, 1);
  frame.writeBigUInt64BE(BigInt(offset), FRAME_HEADER_BYTES);
}

/** Splits the payload of a data frame; null when it is malformed. */
export function decodeData(payload: Buffer): { readonly offset: number; readonly bytes: Buffer } | null {
  if (payload.length < 8) return null;
  return { offset: Number(payload.readBigUInt64BE(0)), bytes: payload.subarray(8) };
}

/** Cuts a stream into frames, whatever pieces it arrives in. */
export class FrameDecoder {
  #pending: Buffer = Buffer.alloc(0);
  #isBroken = false;

  /** True after a length beyond MAX_FRAME_BYTES: nothing after it can be trusted. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Adds a chunk and yields the frames that became whole. Only a frame that two chunks share is copied. */
  *push(chunk: Buffer): Generator<Frame> {
    let rest = chunk;
    while (!this.#isBroken && rest.length > 0) {
      if (this.#pending.length > 0) {
        // First the header, then what it says is missing.
        const missing = this.#frameBytes(this.#pending) - this.#pending.length;
        this.#pending = Buffer.concat([this.#pending, rest.subarray(0, missing)]);
        rest = rest.subarray(missing);
        if (this.#isWhole(this.#pending)) yield this.#takePending();
      } else if (this.#isWhole(rest)) {
        const length = this.#frameBytes(rest);
        yield frameOf(rest.subarray(0, length));
        rest = rest.subarray(length);
      } else if (!this.#isBroken) {
        this.#pending = rest;
        return;
      }
    }
  }

  #takePending(): Frame {
    const frame = frameOf(this.#pending);
    this.#pending = Buffer.alloc(0);
    return frame;
  }

  #isWhole(bytes: Buffer): boolean {
    return bytes.length >= FRAME_HEADER_BYTES && bytes.length >= this.#frameBytes(bytes) && !this.#isBroken;
  }

  /** Bytes of the frame that begins here, or of its header while that is not complete. */
  #frameBytes(bytes: Buffer): number {
    if (bytes.length < FRAME_HEADER_BYTES) return FRAME_HEADER_BYTES;
    const length = bytes.readUInt32BE(1);
    this.#isBroken ||= length > MAX_FRAME_BYTES;
    return FRAME_HEADER_BYTES + length;
  }
}

function frameOf(bytes: Buffer): Frame {
  return { type: bytes.readUInt8(0), payload: bytes.subarray(FRAME_HEADER_BYTES) };
}
