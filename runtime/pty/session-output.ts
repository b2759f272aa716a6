import type { TerminalSize } from './cast-format.ts';
import { createMask } from './mask.ts';
import { OutputLog } from './output-log.ts';
import { Recorder } from './recorder.ts';

/** Someone who follows a session's output at a pace of its own. */
export type OutputFollower = {
  /** Offset of the next byte it wants; what is in memory from here on is kept there as long as possible. */
  readonly cursor: number;
  /** There may be something new. */
  wake(): void;
};

/** A size and the offset of output from which it holds. */
export type SizeChange = TerminalSize & { readonly offset: number };

/** What a session's output needs to know and whom to tell. */
export type SessionOutputOptions = TerminalSize & {
  readonly recordingFile: string;
  readonly title: string | undefined;
  readonly term: string | undefined;
  /** Secrets that the recording hides. */
  readonly mask: readonly string[] | undefined;
  readonly onRecordingFailed: (message: string) => void;
  /** The recording lags: stop reading the terminal; and go on. */
  readonly pauseSource: () => void;
  readonly resumeSource: () => void;
};

/** Unrecorded output at which the terminal is paused, and at which it goes on. Below MAX_RING_BYTES by a read. */
const HIGH_WATER_BYTES = 640 * 1024;
const LOW_WATER_BYTES = 256 * 1024;

/** Followers are woken at most this often, unless much has come: one frame for many small reads. */
const WAKE_INTERVAL_MS = 4;
const WAKE_BYTES = 64 * 1024;

/** Changes of size remembered; someone who drags a window edge makes dozens. */
const MAX_SIZE_CHANGES = 1000;

/** A session's output: its recent part in memory, all of it in the recording, and those who follow it. */
export class SessionOutput {
  readonly log = new OutputLog();
  readonly recorder: Recorder;
  readonly #options: SessionOutputOptions;
  readonly #followers = new Set<OutputFollower>();
  #sizes: SizeChange[];
  #isPaused = false;
  #isComplete = false;
  #unsentBytes = 0;
  #lastWake = 0;
  #wakeSoon: NodeJS.Immediate | null = null;
  #wakeLater: NodeJS.Timeout | null = null;
  #waiting: (() => void)[] = [];

  constructor(options: SessionOutputOptions) {
    this.#options = options;
    const { cols, rows, recordingFile, title, term } = options;
    this.#sizes = [{ cols, rows, offset: 0 }];
    this.recorder = new Recorder({
      file: recordingFile,
      log: this.log,
      mask: createMask(options.mask ?? []),
      header: { cols, rows, title, term, timestamp: Math.floor(Date.now() / 1000) },
      onProgress: () => this.#afterRecording(),
      onFailed: options.onRecordingFailed,
    });
  }

  /** True when no output can follow any more. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** The size in force. */
  get size(): TerminalSize {
    return this.#sizes.at(-1) ?? this.#options;
  }

  /** Changes of size so far, in order; the first is the initial size. */
  get sizes(): readonly SizeChange[] {
    return this.#sizes;
  }

  /** How many follow. */
  get followers(): number {
    return this.#followers.size;
  }

  /** Adds output; at most 64 KiB at once. */
  append(bytes: Uint8Array): void {
    this.log.append(bytes, this.#neededFrom());
    this.recorder.note();
    if (!this.#isPaused && this.#unrecordedBytes() > HIGH_WATER_BYTES) {
      this.#isPaused = true;
      this.#options.pauseSource();
    }
    this.#scheduleWake(bytes.length);
  }

  /** Resolves when the recording is not far behind, for sources that cannot be paused. */
  async room(): Promise<void> {
    if (this.#unrecordedBytes() <= HIGH_WATER_BYTES) return;
    await new Promise<void>(resolve => this.#waiting.push(resolve));
  }

  /** Notes a change of size at the present end of output. */
  resize(size: TerminalSize): void {
    this.#sizes.push({ ...size, offset: this.log.end });
    if (this.#sizes.length > MAX_SIZE_CHANGES) this.#sizes = this.#sizes.slice(-MAX_SIZE_CHANGES / 2);
    this.recorder.resize(size);
    this.#wakeFollowers();
  }

  /** Adds a follower; it is woken for the first time at once. */
  follow(follower: OutputFollower): void {
    this.#followers.add(follower);
    follower.wake();
  }

  /** To be called by a follower that can take more: wakes it when enough has come, or soon. */
  takeMore(follower: OutputFollower): void {
    const waiting = this.log.end - follower.cursor;
    if (waiting >= WAKE_BYTES || this.#isComplete) follower.wake();
    else if (waiting > 0) this.#scheduleWake(0);
  }

  /** Removes a follower. */
  unfollow(follower: OutputFollower): void {
    this.#followers.delete(follower);
  }

  /** Writes out the recording; nothing can be appended afterwards. Followers learn it by `complete`. */
  async finishRecording(): Promise<void> {
    await this.recorder.close();
  }

  /** Says that nothing follows: followers that have it all can say goodbye. */
  complete(): void {
    this.#isComplete = true;
    this.#wakeFollowers();
  }

  /** Gives memory back when everything is recorded and nobody is behind. */
  releaseMemory(): void {
    const isRecorded = this.recorder.failure === null && this.#unrecordedBytes() === 0;
    if (isRecorded && this.#neededFrom() >= this.log.end) this.log.release();
  }

  #unrecordedBytes(): number {
    return this.recorder.failure === null ? this.log.end - this.recorder.recordedTo : 0;
  }

  /** Oldest offset in memory that somebody still has to read there. */
  #neededFrom(): number {
    let needed = this.log.end - this.#unrecordedBytes();
    for (const { cursor } of this.#followers) {
      if (cursor >= this.log.start && cursor < needed) needed = cursor;
    }
    return needed;
  }

  #afterRecording(): void {
    if (this.#unrecordedBytes() > LOW_WATER_BYTES) return;
    for (const resolve of this.#waiting.splice(0)) resolve();
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#options.resumeSource();
  }

  /** At once after a pause (a key's echo), a little later in a flood. */
  #scheduleWake(count: number): void {
    if (this.#followers.size === 0) return;
    this.#unsentBytes += count;
    if (this.#unsentBytes >= WAKE_BYTES) this.#wakeFollowers();
    else if (this.#wakeSoon === null && this.#wakeLater === null) this.#armWake();
  }

  #armWake(): void {
    const isQuiet = performance.now() - this.#lastWake > WAKE_INTERVAL_MS;
    if (isQuiet) this.#wakeSoon = setImmediate(() => this.#wakeFollowers());
    else this.#wakeLater = setTimeout(() => this.#wakeFollowers(), WAKE_INTERVAL_MS);
  }

  #wakeFollowers(): void {
    if (this.#wakeSoon !== null) clearImmediate(this.#wakeSoon);
    if (this.#wakeLater !== null) clearTimeout(this.#wakeLater);
    this.#wakeSoon = null;
    this.#wakeLater = null;
    this.#unsentBytes = 0;
    this.#lastWake = performance.now();
    for (const follower of this.#followers) follower.wake();
  }
}
