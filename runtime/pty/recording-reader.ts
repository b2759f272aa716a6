import { type FileHandle, open } from 'node:fs/promises';
import { type CastLine, MAX_LINE_BYTES, parseCastLine, type TerminalSize } from './cast-format.ts';

/** A piece of a recording, in order. */
export type RecordedEvent =
  | {
      readonly kind: 'output';
      /** Logical offset of its first byte. */
      readonly offset: number;
      /** When it came, in seconds since the recording's start. */
      readonly seconds: number;
      readonly bytes: Buffer;
    }
  | { readonly kind: 'size'; readonly size: TerminalSize };

/** Where to start reading; `offset` must be that of the first event at `filePosition`. */
export type ReaderStart = { readonly offset: number; readonly filePosition: number };

const READ_BYTES = 64 * 1024;

/** Position lines come every 256 KB of output; with every byte escaped, that may be six times as much of the file. */
const TAIL_SEARCH_BYTES = 2 * 1024 * 1024;

/** Reads a recording back, also while it is being written: at its end `next` gives null, later perhaps more. */
export class RecordingReader {
  readonly #file: FileHandle;
  readonly #chunk = Buffer.allocUnsafeSlow(READ_BYTES);
  #filePosition: number;
  #pending: Buffer = Buffer.alloc(0);
  #offset: number;
  #exact: Buffer | null = null;

  private constructor(file: FileHandle, start: ReaderStart) {
    this.#file = file;
    this.#filePosition = start.filePosition;
    this.#offset = start.offset;
  }

  /** Opens a recording. Throws what the file system says (missing file, no permission). */
  static async open(
    path: string,
    start: ReaderStart = { offset: 0, filePosition: 0 },
  ): Promise<RecordingReader> {
    return new RecordingReader(await open(path, 'r'), start);
  }

  /** Offset after the last event returned. */
  get offset(): number {
    return this.#offset;
  }

  /** Position in the file after the last event returned, in bytes. */
  get filePosition(): number {
    return this.#filePosition - this.#pending.length;
  }

  /** The next event, or null when there is no further whole line. */
  async next(): Promise<RecordedEvent | null> {
    for (;;) {
      const line = await this.#nextLine();
      if (line === null) return null;
      const event = this.#eventOf(parseCastLine(line));
      if (event !== null) return event;
    }
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  #eventOf(line: CastLine): RecordedEvent | null {
    switch (line.kind) {
      case 'output':
        return this.#output(line.seconds, this.#exact ?? Buffer.from(line.text));
      case 'exact':
        this.#exact = line.bytes;
        return null;
      case 'position':
        this.#offset = line.offset;
        return { kind: 'size', size: line.size };
      case 'header':
      case 'resize':
        return { kind: 'size', size: line.size };
      case 'other':
        return null;
    }
  }

  #output(seconds: number, bytes: Buffer): RecordedEvent {
    const offset = this.#offset;
    this.#exact = null;
    this.#offset += bytes.length;
    return { kind: 'output', offset, seconds, bytes };
  }

  async #nextLine(): Promise<string | null> {
    let searched = 0;
    for (;;) {
      const end = this.#pending.indexOf(0x0a, searched);
      if (end >= 0) {
        const line = this.#pending.toString('utf8', 0, end);
        this.#pending = this.#pending.subarray(end + 1);
        return line;
      }
      searched = this.#pending.length;
      if (searched > MAX_LINE_BYTES) throw new Error('recording has a line that is too long');
      if (!(await this.#fill())) return null;
    }
  }

  async #fill(): Promise<boolean> {
    const { bytesRead } = await this.#file.read(this.#chunk, 0, READ_BYTES, this.#filePosition);
    this.#filePosition += bytesRead;
    this.#pending = Buffer.concat([this.#pending, this.#chunk.subarray(0, bytesRead)]);
    return bytesRead > 0;
  }
}

/**
 * Where to take up a recording so that its last `maxBytes` are read: at the first position line in them, or at the
 * beginning of a shorter file.
 */
export async function findTail(path: string, maxBytes: number): Promise<ReaderStart> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const at = size - maxBytes;
    if (at <= 0) return { offset: 0, filePosition: 0 };
    const chunk = Buffer.allocUnsafe(Math.min(TAIL_SEARCH_BYTES, maxBytes));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
    const text = chunk.subarray(0, bytesRead);
    for (let start = text.indexOf(0x0a) + 1; start > 0; start = text.indexOf(0x0a, start) + 1) {
      const end = text.indexOf(0x0a, start);
      if (end < 0) break;
      const line = parseCastLine(text.toString('utf8', start, end));
      if (line.kind === 'position') return { offset: line.offset, filePosition: at + start };
    }
    return { offset: 0, filePosition: 0 };
  } finally {
    await file.close();
  }
}
