import {
  type CastHeader,
  headerLine,
  incompleteTail,
  MAX_EVENT_BYTES,
  MAX_LINE_BYTES,
  POSITION_INTERVAL_BYTES,
  positionLine,
  resizeLine,
  type TerminalSize,
  writeOutput,
} from './cast-format.ts';
import type { Mask } from './mask.ts';
import type { OutputLog } from './output-log.ts';

/** Where in a recording a logical offset begins. */
export type RecordingPosition = { readonly offset: number; readonly filePosition: number };

/** Lines ready to be written, and the offset of output they reach. Given back with `recycle`. */
export type CastBatch = { readonly bytes: Buffer; readonly end: number };

/** Handing a write to another thread has its price: in a flood a batch should be large. */
const BATCH_BYTES = 4 * MAX_LINE_BYTES;
/** A batch with more in it may have no room for another piece of output. */
const FULL_BYTES = BATCH_BYTES - MAX_LINE_BYTES;

const MAX_FREE_BUFFERS = 3;

/** Buffers of written batches: fresh ones would be page faults for every batch of a flood. */
const freeBuffers: Buffer[] = [];

/** Encoding is synchronous, one recorder at a time: they share this buffer. */
const scratch = Buffer.allocUnsafe(MAX_EVENT_BYTES);

/** Gives a written batch's memory back. */
export function recycle({ bytes }: CastBatch): void {
  if (freeBuffers.length < MAX_FREE_BUFFERS) freeBuffers.push(Buffer.from(bytes.buffer));
}

/**
 * Turns a session's output log into the lines of its recording.
 *
 * In small events as the output comes, not in large ones when it is written: reading a terminal is a ping-pong with the
 * kernel in pieces of 4 KiB, and only work in small pieces fits into the time the kernel takes.
 */
export class CastEncoder {
  readonly #log: OutputLog;
  readonly #mask: Mask | undefined;
  readonly #positions: RecordingPosition[] = [];
  #size: TerminalSize;
  #resizes: { readonly offset: number; readonly size: TerminalSize }[] = [];
  #encodedTo = 0;
  #filePosition = 0;
  #space: Buffer | null = null;
  #used = 0;

  constructor(log: OutputLog, header: CastHeader, mask: Mask | undefined) {
    this.#log = log;
    this.#mask = mask;
    this.#size = header;
    this.#add(headerLine(header));
  }

  /** Offset of the first byte that is in no line yet. */
  get encodedTo(): number {
    return this.#encodedTo;
  }

  /** Whether the batch should be taken now: there is hardly room for more. */
  get isFull(): boolean {
    return this.#used > FULL_BYTES;
  }

  /** The last known place in the recording at or before a logical offset. */
  positionBefore(offset: number): RecordingPosition {
    let best: RecordingPosition = { offset: 0, filePosition: 0 };
    for (const position of this.#positions) {
      if (position.offset > offset) break;
      best = position;
    }
    return best;
  }

  /** Notes a change of size at the log's present end. */
  resize(size: TerminalSize): void {
    this.#resizes.push({ offset: this.#log.end, size });
  }

  /** Whether there is something to write: output, changes of size, or lines that are ready. */
  get hasMore(): boolean {
    return this.#encodedTo < this.#log.end || this.#resizes.length > 0 || this.#used > 0;
  }

  /**
   * Encodes whole events, as far as the batch has room; false when there was none to encode. `seconds` is the time since
   * the recording's start.
   */
  encodeFull(seconds: number): boolean {
    const from = this.#encodedTo;
    while (this.#log.end - this.#encodedTo >= MAX_EVENT_BYTES && this.#encodeOne(seconds, false));
    return this.#encodedTo > from;
  }

  /**
   * Encodes all there is, as far as the batch has room. Unless `isFinal`, the beginning of a character, or of a secret,
   * whose rest may still come is held back.
   */
  encodeAll(seconds: number, isFinal: boolean): void {
    while (this.#encodeOne(seconds, isFinal));
  }

  /** Takes the lines that are ready; null when there are none. */
  take(): CastBatch | null {
    const space = this.#space;
    if (space === null) return null;
    const batch = { bytes: space.subarray(0, this.#used), end: this.#encodedTo };
    this.#space = null;
    this.#used = 0;
    return batch;
  }

  /** Encodes one event; false when there is nothing to encode, or no room. */
  #encodeOne(seconds: number, isFinal: boolean): boolean {
    if (this.#used > FULL_BYTES) return false;
    this.#addResizes(seconds);
    const bytes = this.#nextEvent(isFinal);
    if (bytes.length === 0) return false;
    this.#addPosition(seconds);
    this.#advance(writeOutput(this.#room(), this.#used, seconds, bytes));
    this.#encodedTo += bytes.length;
    return true;
  }

  #nextEvent(isFinal: boolean): Buffer {
    const from = this.#encodedTo;
    const until = this.#resizes[0]?.offset ?? this.#log.end;
    const bytes = scratch.subarray(0, this.#log.copy(from, scratch, 0, until - from));
    this.#mask?.hide(bytes);
    const end = from + bytes.length;
    const isLast = isFinal && end === this.#log.end;
    const isCutByResize = end === until && until < this.#log.end;
    return isLast || isCutByResize ? bytes : bytes.subarray(0, bytes.length - this.#heldBack(bytes));
  }

  #heldBack(bytes: Buffer): number {
    return Math.max(incompleteTail(bytes), this.#mask?.openEnd(bytes) ?? 0);
  }

  #addResizes(seconds: number): void {
    let next = this.#resizes[0];
    for (; next !== undefined && next.offset <= this.#encodedTo; next = this.#resizes[0]) {
      this.#resizes.shift();
      this.#size = next.size;
      this.#add(resizeLine(seconds, next.size));
    }
  }

  #addPosition(seconds: number): void {
    const offset = this.#encodedTo;
    if (offset - (this.#positions.at(-1)?.offset ?? 0) < POSITION_INTERVAL_BYTES) return;
    this.#positions.push({ offset, filePosition: this.#filePosition });
    this.#add(positionLine(seconds, offset, this.#size));
  }

  #add(text: string): void {
    this.#advance(this.#used + this.#room().write(text, this.#used));
  }

  #room(): Buffer {
    this.#space ??= freeBuffers.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
    return this.#space;
  }

  #advance(to: number): void {
    this.#filePosition += to - this.#used;
    this.#used = to;
  }
}
