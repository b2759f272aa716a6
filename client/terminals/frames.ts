/**
 * Paces what terminals write to the window. VS Code takes whatever an extension's terminal gives it, without a sign when
 * it is too much; so all terminals of a window share frames, and a frame carries a bounded number of characters.
 *
 *   push ──quiet──▶ written at once
 *     │
 *     └──busy──▶ pending ──every FRAME_MS, in turn──▶ written ──room──▶ the source may go on
 */
import type { Clock } from './clock.ts';

/** Bounds of a frame. */
export interface FrameLimits {
  /** Time between two writes of one terminal, in ms. */
  readonly frameMs: number;
  /** Most characters of one terminal per frame. */
  readonly laneCharacters: number;
  /** Most characters of all terminals per frame, give or take one terminal's. */
  readonly frameCharacters: number;
  /** Characters that wait in one terminal before its source has to. */
  readonly pendingCharacters: number;
}

/** 2.6 MB/s for a terminal and 5 MB/s for a window: more than eyes can use, less than a renderer parses. */
export const FRAME_LIMITS: FrameLimits = {
  frameMs: 25,
  laneCharacters: 64 * 1024,
  frameCharacters: 128 * 1024,
  pendingCharacters: 128 * 1024,
};

/** Shares frames out to the terminals of a window. */
export class Frames {
  readonly clock: Clock;
  readonly limits: FrameLimits;
  /** Lanes with something to write, in the order of their turns. */
  readonly #waiting = new Set<Lane>();
  #cancelFrame: (() => void) | undefined;
  #frameStart = Number.NEGATIVE_INFINITY;
  #spent = 0;

  constructor(clock: Clock, limits: FrameLimits = FRAME_LIMITS) {
    this.clock = clock;
    this.limits = limits;
  }

  /** A terminal's way to the window. */
  lane(write: (text: string) => void): Lane {
    return new Lane(this, write);
  }

  /** For lanes: whether a piece may be written this moment, outside of the frames. It counts as written. */
  take(characters: number): boolean {
    this.#renew();
    if (this.#spent + characters > this.limits.frameCharacters) return false;
    this.#spent += characters;
    return true;
  }

  /** For lanes: asks for a place in the next frame. */
  join(lane: Lane): void {
    this.#waiting.add(lane);
    this.#cancelFrame ??= this.clock.after(this.limits.frameMs, () => this.#frame());
  }

  /** For lanes: gives the place up. */
  leave(lane: Lane): void {
    this.#waiting.delete(lane);
    if (this.#waiting.size > 0) return;
    this.#cancelFrame?.();
    this.#cancelFrame = undefined;
  }

  #renew(): void {
    const now = this.clock.now();
    if (now - this.#frameStart < this.limits.frameMs) return;
    this.#frameStart = now;
    this.#spent = 0;
  }

  #frame(): void {
    this.#cancelFrame = undefined;
    this.#frameStart = this.clock.now();
    this.#spent = 0;
    // Who gets nothing in this frame is first in the next.
    for (const lane of [...this.#waiting]) {
      if (this.#spent >= this.limits.frameCharacters) break;
      this.#waiting.delete(lane);
      this.#spent += lane.flush(
        Math.min(this.limits.laneCharacters, this.limits.frameCharacters - this.#spent),
      );
      if (lane.pending > 0) this.#waiting.add(lane);
    }
    if (this.#waiting.size > 0)
      this.#cancelFrame = this.clock.after(this.limits.frameMs, () => this.#frame());
  }
}

/** What one terminal has still to write. Text is written in order, in the pieces it came in. */
export class Lane {
  readonly #frames: Frames;
  readonly #write: (text: string) => void;
  #pieces: string[] = [];
  #pending = 0;
  #lastWrite = Number.NEGATIVE_INFINITY;
  #fullSince: number | undefined;
  #waiting: (() => void)[] = [];

  constructor(frames: Frames, write: (text: string) => void) {
    this.#frames = frames;
    this.#write = write;
  }

  /** Characters that wait. */
  get pending(): number {
    return this.#pending;
  }

  /** How long, in ms, there has always been more to write than a frame carries; 0 while the window keeps up. */
  get lagMs(): number {
    return this.#fullSince === undefined ? 0 : this.#frames.clock.now() - this.#fullSince;
  }

  /** Writes text, at once when nothing was written just before (a key's echo), else with the next frames. */
  push(text: string): void {
    if (text === '') return;
    if (this.#isQuiet() && this.#frames.take(text.length)) {
      this.#lastWrite = this.#frames.clock.now();
      this.#write(text);
      return;
    }
    this.#pieces.push(...cut(text, this.#frames.limits.laneCharacters));
    this.#pending += text.length;
    if (this.#isFull()) this.#fullSince ??= this.#frames.clock.now();
    this.#frames.join(this);
  }

  /** Resolves when the source may go on; undefined when it need not wait. */
  room(): Promise<void> | undefined {
    if (!this.#isFull()) return undefined;
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  /** Forgets what waits. */
  clear(): void {
    this.#pieces = [];
    this.#pending = 0;
    this.#fullSince = undefined;
    this.#frames.leave(this);
    this.#release();
  }

  /** For the frames: writes at least one piece, at most about `maxCharacters`; returns how many. */
  flush(maxCharacters: number): number {
    let characters = 0;
    let count = 0;
    for (const piece of this.#pieces) {
      if (count > 0 && characters + piece.length > maxCharacters) break;
      characters += piece.length;
      count += 1;
    }
    const text = this.#pieces.splice(0, count).join('');
    this.#pending -= characters;
    if (this.#pending === 0) this.#fullSince = undefined;
    this.#lastWrite = this.#frames.clock.now();
    this.#write(text);
    if (!this.#isFull()) this.#release();
    return characters;
  }

  #isQuiet(): boolean {
    const { clock, limits } = this.#frames;
    return this.#pending === 0 && clock.now() - this.#lastWrite >= limits.frameMs;
  }

  #isFull(): boolean {
    return this.#pending >= this.#frames.limits.pendingCharacters;
  }

  #release(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/** A text in pieces of at most so many characters, none of which ends within a character of two units. */
function cut(text: string, maxCharacters: number): readonly string[] {
  const pieces: string[] = [];
  let start = 0;
  while (text.length - start > maxCharacters) {
    const end = start + maxCharacters - (isHighSurrogate(text.charCodeAt(start + maxCharacters - 1)) ? 1 : 0);
    pieces.push(text.slice(start, end));
    start = end;
  }
  return [...pieces, text.slice(start)];
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}
