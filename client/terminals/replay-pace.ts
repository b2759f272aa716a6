/** The pace of a replay: speed, pause, and idle time cut short. */
import type { Clock } from './clock.ts';

/** How fast: times real time, or without any pause. */
export type Speed = 1 | 4 | 16 | 'instant';

/** All speeds, slowest first. */
export const speeds: readonly Speed[] = [1, 4, 16, 'instant'];

/** Longest pause between two pieces of output, in seconds of the recording. */
const MAX_IDLE_SECONDS = 2;

/** Waits shorter than this are collected: a timer is no finer, in ms. */
const MIN_WAIT_MS = 8;

interface Waiting {
  /** Seconds of the recording still to pass when the timer was last set. */
  seconds: number;
  since: number;
  cancel: (() => void) | undefined;
  readonly resolve: () => void;
}

/** Says when the next piece of a recording is due. One `wait` at a time. */
export class ReplayPace {
  readonly #clock: Clock;
  #speed: Speed;
  #isPaused = false;
  #position = 0;
  /** Seconds of the recording that were due but too short to wait for. */
  #owed = 0;
  #waiting: Waiting | undefined;

  constructor(clock: Clock, speed: Speed) {
    this.#clock = clock;
    this.#speed = speed;
  }

  get speed(): Speed {
    return this.#speed;
  }

  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Resolves when output of that time of the recording, in seconds since its start, is due. */
  wait(seconds: number): Promise<void> | undefined {
    const gap = Math.min(Math.max(0, seconds - this.#position), MAX_IDLE_SECONDS);
    this.#position = Math.max(seconds, this.#position);
    this.#owed += gap;
    if (!this.#isPaused && this.#ms(this.#owed) < MIN_WAIT_MS) {
      if (this.#speed === 'instant') this.#owed = 0;
      return undefined;
    }
    return new Promise(resolve => {
      this.#waiting = { seconds: this.#owed, since: this.#clock.now(), cancel: undefined, resolve };
      this.#owed = 0;
      this.#arm(this.#waiting);
    });
  }

  /** Goes on at another speed, also with the pause that is being waited for. */
  setSpeed(speed: Speed): void {
    this.#change(() => {
      this.#speed = speed;
    });
  }

  /** Stops, or goes on. */
  togglePause(): void {
    this.#change(() => {
      this.#isPaused = !this.#isPaused;
    });
  }

  /** Begins again with a recording's first second; lets go whoever waits. */
  restart(): void {
    this.#position = 0;
    this.#owed = 0;
    this.#isPaused = false;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    waiting?.cancel?.();
    waiting?.resolve();
  }

  #change(change: () => void): void {
    const waiting = this.#waiting;
    if (waiting !== undefined) this.#settle(waiting);
    change();
    if (waiting !== undefined) this.#arm(waiting);
  }

  /** Takes off what has passed at the speed so far. */
  #settle(waiting: Waiting): void {
    waiting.cancel?.();
    waiting.cancel = undefined;
    const now = this.#clock.now();
    if (!this.#isPaused && this.#speed !== 'instant')
      waiting.seconds -= ((now - waiting.since) / 1000) * this.#speed;
    waiting.since = now;
  }

  #arm(waiting: Waiting): void {
    if (this.#isPaused) return;
    waiting.cancel = this.#clock.after(Math.max(0, this.#ms(waiting.seconds)), () => {
      this.#waiting = undefined;
      waiting.resolve();
    });
  }

  #ms(seconds: number): number {
    return this.#speed === 'instant' ? 0 : (seconds * 1000) / this.#speed;
  }
}
