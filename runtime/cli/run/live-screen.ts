/** A block of lines that is redrawn in place at the end of the terminal; everything else is printed above it. */
import type { Output } from '../terminal.ts';
import { widthOf } from '../text-width.ts';

/** Milliseconds between two drawings, at least: ten a second is as fast as people read. */
const INTERVAL_MS = 100;

const HIDE_CURSOR = '\u001b[?25l';
const SHOW_CURSOR = '\u001b[?25h';
/** Synchronized output: terminals that know it show a drawing as a whole, the others skip it. */
const BEGIN = '\u001b[?2026h';
const END = '\u001b[?2026l';
const CLEAR_BELOW = '\u001b[J';
const CLEAR_LINE = '\u001b[K';

/** Draws what `render` gives whenever asked, at most ten times a second; restores the cursor when it is disposed. */
export class LiveScreen {
  readonly #output: Output;
  readonly #render: (tick: number) => readonly string[];
  readonly #endResize: () => void;
  readonly #showCursor = () => this.#output.write(SHOW_CURSOR);
  #timer: NodeJS.Timeout | undefined;
  #drawn: readonly string[] = [];
  #tick = 0;

  constructor(output: Output, render: (tick: number) => readonly string[]) {
    this.#output = output;
    this.#render = render;
    this.#endResize = output.onResize(() => this.#redrawAll());
    // Also when the program ends in the middle of a drawing.
    process.once('exit', this.#showCursor);
    this.resume();
  }

  /** Prints text above the block. It ends with a newline. */
  print(text: string): void {
    this.#output.write(`${BEGIN}${this.#erasure()}${text}${END}`);
    this.#drawn = [];
    if (this.#timer !== undefined) this.#draw();
  }

  /** Takes the block away, so that the terminal can be used for something else, until `resume`. */
  pause(): void {
    if (this.#timer === undefined) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#output.write(`${this.#erasure()}${SHOW_CURSOR}`);
    this.#drawn = [];
  }

  /** Draws again. */
  resume(): void {
    if (this.#timer !== undefined) return;
    this.#output.write(HIDE_CURSOR);
    this.#timer = setInterval(() => this.#draw(), INTERVAL_MS);
    this.#draw();
  }

  [Symbol.dispose](): void {
    this.pause();
    this.#endResize();
    process.off('exit', this.#showCursor);
  }

  #draw(): void {
    const lines = this.#render(this.#tick++);
    const text = this.#changes(lines);
    this.#drawn = lines;
    if (text !== '') this.#output.write(`${BEGIN}${text}${END}`);
  }

  /** Moves over what stays, rewrites what differs; the cursor ends below the block. */
  #changes(lines: readonly string[]): string {
    const isSame = lines.length === this.#drawn.length && lines.every((line, at) => line === this.#drawn[at]);
    if (isSame) return '';
    const up = this.#drawn.length > 0 ? `\u001b[${this.#drawn.length}A\r` : '\r';
    const body = lines
      .map((line, at) => (line === this.#drawn[at] ? '\n' : `${line}${CLEAR_LINE}\r\n`))
      .join('');
    return `${up}${body}${lines.length < this.#drawn.length ? CLEAR_BELOW : ''}`;
  }

  #redrawAll(): void {
    if (this.#timer === undefined) return;
    this.#output.write(this.#erasure());
    this.#drawn = [];
    this.#draw();
  }

  /** Clears the block. After a change of width a terminal may have folded its lines: they are counted as they are. */
  #erasure(): string {
    if (this.#drawn.length === 0) return '';
    const { columns } = this.#output.size();
    const rows = this.#drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
    return `\u001b[${rows}A\r${CLEAR_BELOW}`;
  }
}
