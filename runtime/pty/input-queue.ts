import type { PtyFailure } from '../pty-protocol.ts';
import { err, ok, type Result } from '../result.ts';

/** Takes what it can of `bytes` now and says how much; 0 when it is full. */
export type InputSink = (bytes: Buffer) => number;

/**
 * How long to wait for a child that does not read: soon again at first, then ever more rarely. A timer, because
 * retrying at once burns a core for as long as the child sleeps.
 */
const FIRST_RETRY_MS = 1;
const LONGEST_RETRY_MS = 50;

/** Answers to terminal queries wait apart from the limit, up to this many bytes. */
const MAX_ANSWER_BYTES = 4096;

/** Input on its way to a child: bounded, in order, never spinning. */
export class InputQueue {
  readonly #sink: InputSink;
  readonly #limitBytes: number;
  #parts: Buffer[] = [];
  #queuedBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #retryMs = FIRST_RETRY_MS;

  constructor(sink: InputSink, limitBytes: number) {
    this.#sink = sink;
    this.#limitBytes = limitBytes;
  }

  /** Bytes that wait. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Queues all of `bytes` or, beyond the limit, nothing. Returns how many bytes wait. */
  push(bytes: Buffer): Result<number, PtyFailure> {
    if (this.#queuedBytes + bytes.length > this.#limitBytes) {
      return err({ kind: 'input_full', queuedBytes: this.#queuedBytes, limitBytes: this.#limitBytes });
    }
    this.#add(bytes);
    return ok(this.#queuedBytes);
  }

  /** Queues the host's own answer to a terminal query; dropped when the program asks without ever reading. */
  pushAnswer(text: string): void {
    if (this.#queuedBytes + text.length <= this.#limitBytes + MAX_ANSWER_BYTES) this.#add(Buffer.from(text));
  }

  /** Forgets what waits; nothing is written afterwards. */
  dispose(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parts = [];
    this.#queuedBytes = 0;
  }

  #add(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#parts.push(bytes);
    this.#queuedBytes += bytes.length;
    if (this.#timer === null) this.#pump();
  }

  #pump(): void {
    this.#timer = null;
    for (let part = this.#parts[0]; part !== undefined; part = this.#parts[0]) {
      const taken = this.#sink(part);
      if (taken === 0) {
        this.#retryLater();
        return;
      }
      this.#retryMs = FIRST_RETRY_MS;
      this.#queuedBytes -= taken;
      if (taken === part.length) this.#parts.shift();
      else this.#parts[0] = part.subarray(taken);
    }
  }

  #retryLater(): void {
    this.#timer = setTimeout(() => this.#pump(), this.#retryMs);
    this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
  }
}
