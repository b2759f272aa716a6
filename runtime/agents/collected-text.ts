import { plainText } from './terminal-text.ts';

/** Most of a program's output that is kept as text, in UTF-16 units: 16 M. */
export const MAX_COLLECTED = 16 * 1024 * 1024;

/** Collects a program's output as plain text, bounded: what comes after the limit is dropped, and the text says so. */
export class CollectedText {
  readonly #pieces: string[] = [];
  readonly #max: number;
  #kept = 0;
  #dropped = 0;

  /** Keeps at most `max` UTF-16 units. */
  constructor(max = MAX_COLLECTED) {
    this.#max = max;
  }

  /** Takes a piece of raw output, cut anywhere. */
  add(chunk: string): void {
    const room = this.#max - this.#kept;
    const piece = chunk.length <= room ? chunk : chunk.slice(0, room);
    if (piece !== '') this.#pieces.push(piece);
    this.#kept += piece.length;
    this.#dropped += chunk.length - piece.length;
  }

  /** Everything kept, without escape sequences and with LF line ends. */
  text(): string {
    const text = plainText(this.#pieces.join(''));
    if (this.#dropped === 0) return text;
    return `${text}\n[… ${this.#dropped} more characters of output are only in the recording]\n`;
  }
}
