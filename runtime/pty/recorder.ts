import { closeSync, existsSync, mkdirSync, openSync, renameSync, write } from 'node:fs';
import { dirname } from 'node:path';
import {
  type CastHeader,
  headerLine,
  incompleteTail,
  MAX_EVENT_BYTES,
  outputLines,
  POSITION_INTERVAL_BYTES,
  positionLine,
  resizeLine,
  type TerminalSize,
} from './cast-format.ts';
import type { OutputLog } from './output-log.ts';

/** Where in a recording a logical offset begins. */
export type RecordingPosition = { readonly offset: number; readonly filePosition: number };

/** What a recorder needs. */
export type RecorderOptions = {
  readonly file: string;
  readonly log: OutputLog;
  readonly header: CastHeader;
  /** More of the log is in the file; flow control looks here. */
  readonly onProgress: () => void;
  /** Called at most once: the recording stops here, the session goes on. */
  readonly onFailed: (message: string) => void;
};

/** Output waits this long for more before it is written, so that slow output is not one write per character. */
const COALESCE_MS = 20;

/** Most events joined into one write. */
const EVENTS_PER_WRITE = 8;

/** Events are encoded synchronously, one recorder at a time: they share this buffer. */
const scratch = Buffer.allocUnsafe(MAX_EVENT_BYTES);

/** Fits a full batch, unless nearly every byte of it needs an escape. */
const WRITE_BUFFER_BYTES = 512 * 1024;
const MAX_FREE_BUFFERS = 2;

/** Buffers of finished writes: fresh ones would be page faults for every quarter of a megabyte in a flood. */
const freeBuffers: Buffer[] = [];

/**
 * Writes a session's output log to its asciicast v2 file while it grows.
 *
 * One write is in flight at a time; meanwhile the log collects, so writes grow with the load. The log must not
 * overwrite what lies after `recordedTo`: the session pauses its terminal before that (flow control).
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #startedAt = performance.now();
  readonly #positions: RecordingPosition[] = [];
  #fd: number | null = null;
  #failure: string | null = null;
  #recordedTo = 0;
  #filePosition = 0;
  #size: TerminalSize;
  #resizes: { readonly offset: number; readonly size: TerminalSize }[] = [];
  #pendingSince: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isWriting = false;
  #onClosed: (() => void) | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#size = options.header;
    try {
      mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
      moveAside(options.file);
      this.#fd = openSync(options.file, 'ax', 0o600);
      this.#write(headerLine(options.header), 0);
    } catch (error) {
      this.#failure = messageOf(error);
      // The caller does not have its recorder yet.
      queueMicrotask(() => this.#fail(error));
    }
  }

  /** Offset up to which the file holds the output, in whole lines. */
  get recordedTo(): number {
    return this.#recordedTo;
  }

  /** Why the recording stopped; null while it is whole. */
  get failure(): string | null {
    return this.#failure;
  }

  /** The last known place in the file at or before a logical offset. */
  positionBefore(offset: number): RecordingPosition {
    let best: RecordingPosition = { offset: 0, filePosition: 0 };
    for (const position of this.#positions) {
      if (position.offset > offset) break;
      best = position;
    }
    return best;
  }

  /** To be called after the log has grown. */
  note(): void {
    if (this.#fd === null) return;
    this.#pendingSince ??= performance.now();
    if (this.#isWriting) return;
    if (this.#options.log.end - this.#recordedTo >= MAX_EVENT_BYTES) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), COALESCE_MS);
  }

  /** Records a change of size at the log's present end. */
  resize(size: TerminalSize): void {
    this.#resizes.push({ offset: this.#options.log.end, size });
    this.note();
  }

  /** Writes what is left and closes the file. Resolves also when the recording failed. */
  close(): Promise<void> {
    return new Promise(resolve => {
      this.#onClosed = resolve;
      if (this.#fd === null) resolve();
      else if (!this.#isWriting) this.#flush();
    });
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#fd === null) return;
    if (this.#recordedTo < this.#options.log.start) this.#fail('the recording could not keep up');
    else this.#writeBatch();
  }

  #writeBatch(): void {
    const { text, end } = this.#takeBatch();
    this.#pendingSince = null;
    if (text !== '') this.#write(text, end);
    else if (this.#onClosed !== null) this.#finish();
  }

  /** Encodes the next events and says up to which offset they reach. */
  #takeBatch(): { readonly text: string; readonly end: number } {
    const seconds = this.#seconds();
    let text = '';
    let end = this.#recordedTo;
    for (let count = 0; count < EVENTS_PER_WRITE; count++) {
      text += this.#takeResizes(end, seconds);
      const bytes = this.#nextEvent(end);
      if (bytes.length === 0) break;
      text += this.#takePosition(end, seconds, text);
      text += outputLines(seconds, bytes);
      end += bytes.length;
    }
    return { text, end };
  }

  #nextEvent(from: number): Buffer {
    const { log } = this.#options;
    const until = this.#resizes[0]?.offset ?? log.end;
    const bytes = scratch.subarray(0, log.copy(from, scratch, 0, until - from));
    const isLast = this.#onClosed !== null && from + bytes.length === log.end;
    const isCutByResize = from + bytes.length === until && until < log.end;
    return isLast || isCutByResize ? bytes : bytes.subarray(0, bytes.length - incompleteTail(bytes));
  }

  #takeResizes(end: number, seconds: number): string {
    let text = '';
    for (let next = this.#resizes[0]; next !== undefined && next.offset <= end; next = this.#resizes[0]) {
      this.#resizes.shift();
      this.#size = next.size;
      text += resizeLine(seconds, next.size);
    }
    return text;
  }

  #takePosition(end: number, seconds: number, before: string): string {
    const last = this.#positions.at(-1)?.offset ?? 0;
    if (end - last < POSITION_INTERVAL_BYTES) return '';
    this.#positions.push({ offset: end, filePosition: this.#filePosition + Buffer.byteLength(before) });
    return positionLine(seconds, end, this.#size);
  }

  #seconds(): number {
    return ((this.#pendingSince ?? performance.now()) - this.#startedAt) / 1000;
  }

  #write(text: string, end: number): void {
    this.#isWriting = true;
    this.#writeBytes(encode(text), 0, end);
  }

  #writeBytes(bytes: Buffer, at: number, end: number): void {
    if (this.#fd === null) return;
    write(this.#fd, bytes, at, bytes.length - at, null, (error, written) => {
      if (error !== null) this.#fail(error);
      else this.#written(bytes, at + written, end, written);
    });
  }

  #written(bytes: Buffer, at: number, end: number, count: number): void {
    this.#filePosition += count;
    if (at < bytes.length) {
      this.#writeBytes(bytes, at, end);
      return;
    }
    recycle(bytes);
    this.#isWriting = false;
    this.#recordedTo = end;
    this.#options.onProgress();
    this.#continue();
  }

  #continue(): void {
    if (this.#onClosed !== null) this.#flush();
    else if (this.#options.log.end > this.#recordedTo || this.#resizes.length > 0) this.note();
  }

  #fail(error: unknown): void {
    this.#failure = messageOf(error);
    this.#isWriting = false;
    this.#release();
    this.#options.onFailed(this.#failure);
    this.#options.onProgress();
    this.#onClosed?.();
  }

  #finish(): void {
    this.#release();
    this.#onClosed?.();
  }

  #release(): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#resizes = [];
  }
}

function encode(text: string): Buffer {
  const length = Buffer.byteLength(text);
  if (length > WRITE_BUFFER_BYTES) return Buffer.from(text);
  const space = freeBuffers.pop() ?? Buffer.allocUnsafeSlow(WRITE_BUFFER_BYTES);
  return space.subarray(0, space.write(text));
}

function recycle(bytes: Buffer): void {
  const isOurs = bytes.buffer.byteLength === WRITE_BUFFER_BYTES;
  if (isOurs && freeBuffers.length < MAX_FREE_BUFFERS) freeBuffers.push(Buffer.from(bytes.buffer));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Renames an existing file to the first free `<file>.<n>`: a recording is never overwritten. */
function moveAside(file: string): void {
  if (!existsSync(file)) return;
  let n = 1;
  while (existsSync(`${file}.${n}`)) n++;
  renameSync(file, `${file}.${n}`);
}
