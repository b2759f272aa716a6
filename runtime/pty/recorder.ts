import { closeSync, existsSync, mkdirSync, openSync, renameSync, write } from 'node:fs';
import { dirname } from 'node:path';
import { type CastBatch, CastEncoder, type RecordingPosition, recycle } from './cast-encoder.ts';
import type { CastHeader, TerminalSize } from './cast-format.ts';
import type { Mask } from './mask.ts';
import type { OutputLog } from './output-log.ts';

/** What a recorder needs. */
export type RecorderOptions = {
  readonly file: string;
  readonly log: OutputLog;
  readonly header: CastHeader;
  /** Hides secrets in the file; absent = there are none. */
  readonly mask: Mask | undefined;
  /** More of the log is in the file; flow control looks here. */
  readonly onProgress: () => void;
  /** Called at most once: the recording stops here, the session goes on. */
  readonly onFailed: (message: string) => void;
};

/** Output waits this long for more before it is written, so that slow output is not one write per character. */
const COALESCE_MS = 20;

/**
 * Writes a session's output log to its asciicast v2 file while it grows.
 *
 * One write is in flight at a time; meanwhile the next batch is encoded, and then the log collects. The log must not
 * overwrite what lies after `recordedTo`: the session pauses its terminal before that (flow control).
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #encoder: CastEncoder;
  readonly #startedAt = performance.now();
  #fd: number | null = null;
  #failure: string | null = null;
  #recordedTo = 0;
  #pendingSince: number | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isWriting = false;
  #onClosed: (() => void) | null = null;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#encoder = new CastEncoder(options.log, options.header, options.mask);
    try {
      mkdirSync(dirname(options.file), { recursive: true, mode: 0o700 });
      moveAside(options.file);
      this.#fd = openSync(options.file, 'ax', 0o600);
      this.#writeReady();
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
    return this.#encoder.positionBefore(offset);
  }

  /** To be called after the log has grown. */
  note(): void {
    if (this.#fd === null) return;
    this.#pendingSince ??= performance.now();
    if (this.#encoder.encodeFull(this.#seconds())) this.#pendingSince = performance.now();
    if (this.#isWriting) return;
    if (this.#encoder.isFull) this.#writeReady();
    else this.#timer ??= setTimeout(() => this.#flush(), COALESCE_MS);
  }

  /** Records a change of size at the log's present end. */
  resize(size: TerminalSize): void {
    this.#encoder.resize(size);
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

  /** Encodes and writes everything there is. */
  #flush(): void {
    if (this.#encoder.encodedTo < this.#options.log.start) {
      this.#fail('the recording could not keep up');
      return;
    }
    this.#encoder.encodeAll(this.#seconds(), this.#onClosed !== null);
    this.#pendingSince = null;
    this.#writeReady();
  }

  #seconds(): number {
    return ((this.#pendingSince ?? performance.now()) - this.#startedAt) / 1000;
  }

  #writeReady(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const batch = this.#encoder.take();
    if (batch !== null) {
      this.#isWriting = true;
      this.#write(batch, 0);
    } else if (this.#onClosed !== null) this.#finish();
  }

  #write(batch: CastBatch, at: number): void {
    if (this.#fd === null) return;
    const { bytes } = batch;
    write(this.#fd, bytes, at, bytes.length - at, null, (error, count) => {
      if (error !== null) this.#fail(error);
      else if (at + count < bytes.length) this.#write(batch, at + count);
      else this.#written(batch);
    });
  }

  #written(batch: CastBatch): void {
    recycle(batch);
    this.#isWriting = false;
    this.#recordedTo = batch.end;
    this.#options.onProgress();
    if (this.#onClosed !== null) this.#flush();
    else if (this.#encoder.hasMore) this.note();
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
  }
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
