import { randomBytes } from 'node:crypto';

/** How often the end marker is tried again while the terminal's buffer is full. */
const RETRY_MS = 20;

/** After so many retries without progress, output may have been stopped with Ctrl-S: it is let go. */
const RETRIES_BEFORE_RESTART = 10;

/** The marker is given up after so long without any output: what was to come has come. */
const QUIET_END_MS = 2000;

/** The same where the marker cannot be written at all (macOS takes the terminal away with the session's leader). */
const QUIET_WITHOUT_MARKER_MS = 100;

/** What a drain needs from its terminal. */
export type DrainOptions = {
  /** Writes what fits to the child's side: 0 when it is full, null when it is gone. */
  readonly writeToChildSide: (bytes: Buffer) => number | null;
  /** Undoes a Ctrl-S, which would hold the marker back for ever. */
  readonly restartOutput: () => void;
  readonly isPaused: () => boolean;
  readonly deliver: (output: Buffer) => void;
  readonly onDone: () => void;
};

/** Reads a terminal to its end after its process has exited: not a byte too few, and no longer than needed. */
export class Drain {
  readonly #options: DrainOptions;
  readonly #marker = new EndMarker();
  readonly #timer: NodeJS.Timeout;
  #unwritten: Buffer = this.#marker.bytes;
  #retries = 0;
  #quietMs = QUIET_END_MS;
  #activeAt = performance.now();
  #isDone = false;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), RETRY_MS);
    this.#writeMarker();
  }

  /** Takes a chunk that was read. */
  read(chunk: Buffer): void {
    if (this.#isDone) return;
    this.noteActivity();
    const { output, isEnd } = this.#marker.filter(chunk);
    if (output.length > 0) this.#options.deliver(output);
    if (isEnd) this.#end();
    else this.#writeMarker();
  }

  /** Output moves, or may move again: restarts the wait for quiet. */
  noteActivity(): void {
    this.#activeAt = performance.now();
  }

  /** Ends without the marker, because nothing can come any more. */
  finish(): void {
    if (this.#isDone) return;
    const held = this.#marker.takeHeld();
    if (held.length > 0) this.#options.deliver(held);
    this.#end();
  }

  #end(): void {
    this.#isDone = true;
    clearInterval(this.#timer);
    this.#options.onDone();
  }

  #tick(): void {
    if (this.#options.isPaused()) {
      this.noteActivity();
      return;
    }
    if (performance.now() - this.#activeAt > this.#quietMs) this.finish();
    else this.#retry();
  }

  #retry(): void {
    if (this.#unwritten.length === 0) return;
    this.#retries++;
    if (this.#retries === RETRIES_BEFORE_RESTART) this.#options.restartOutput();
    this.#writeMarker();
  }

  #writeMarker(): void {
    if (this.#unwritten.length === 0) return;
    const written = this.#options.writeToChildSide(this.#unwritten);
    if (written === null) this.#quietMs = QUIET_WITHOUT_MARKER_MS;
    else this.#unwritten = this.#unwritten.subarray(written);
  }
}

/**
 * The marker that proves that a terminal has been read to its end.
 *
 * Neither the exit of a process nor an empty read means that its output has arrived: the kernel moves it later. What
 * is written to the terminal's other side after the exit arrives after everything before it, so once it is seen,
 * nothing is missing. An OSC sequence, harmless wherever it might show, with a random part no program can print.
 */
class EndMarker {
  /** The bytes to write. Upper case and no line feed, so that no output mode of a terminal changes them. */
  readonly bytes: Buffer = Buffer.from(`\x1b]7771;${randomBytes(12).toString('hex').toUpperCase()}\x07`);
  #held: Buffer = Buffer.alloc(0);

  /**
   * Takes a chunk read after the marker may have been written; gives back the output in it, and whether the marker
   * was there. The beginning of a possible marker at the end of a chunk is held back until the next.
   */
  filter(chunk: Buffer): { readonly output: Buffer; readonly isEnd: boolean } {
    const joined = Buffer.concat([this.#held, chunk]);
    const at = joined.indexOf(this.bytes);
    if (at >= 0) return { output: joined.subarray(0, at), isEnd: true };
    const kept = this.#beginningAtEnd(joined);
    this.#held = joined.subarray(joined.length - kept);
    return { output: joined.subarray(0, joined.length - kept), isEnd: false };
  }

  /** What is held back, for when the marker never comes. */
  takeHeld(): Buffer {
    const held = this.#held;
    this.#held = Buffer.alloc(0);
    return held;
  }

  #beginningAtEnd(bytes: Buffer): number {
    const longest = Math.min(this.bytes.length - 1, bytes.length);
    for (let length = longest; length > 0; length--) {
      if (bytes.subarray(bytes.length - length).equals(this.bytes.subarray(0, length))) return length;
    }
    return 0;
  }
}
