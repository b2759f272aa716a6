import { plainText } from '../agents/terminal-text.ts';

const MAX_RAW = 16 * 1024;
const MAX_LINES = 20;
const MAX_TEXT = 4000;

/** Keeps the end of a text that comes in pieces: the last lines that are shown with a failure. */
export class TextTail {
  #raw = '';

  /** Takes a piece of raw output. */
  add(chunk: string): void {
    if (chunk === '') return;
    const raw = this.#raw + chunk.slice(-MAX_RAW);
    this.#raw = raw.length > 2 * MAX_RAW ? raw.slice(-MAX_RAW) : raw;
  }

  /** At most the last 20 lines and 4000 characters, as plain text. */
  text(): string {
    const lines = plainText(this.#raw).trimEnd().split('\n').slice(-MAX_LINES);
    return lines.join('\n').slice(-MAX_TEXT);
  }
}

/** The same of a text screen: its lines that are not empty, as there is no more of it, with at most 4000 characters. */
export function screenTail(screen: string): string {
  const lines = screen.split('\n').filter(line => line.trim() !== '');
  return lines.join('\n').slice(-MAX_TEXT);
}
