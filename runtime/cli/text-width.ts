/** How much room a text takes on a terminal: wide characters count two, escape sequences and combining marks none. */
import measure from 'fast-string-truncated-width';

/** A colour, or one character as people see it. */
const COLOR = /\u001b\[[0-9;]*m/g;

/** Width of a line in terminal columns. */
export function widthOf(text: string): number {
  return measure(text).width;
}

/**
 * Cuts a line to at most `columns`, with `…` where something is missing; closes the colours that the cut left open.
 * Not by the library's own cut, which miscounts characters between its known blocks (an en dash, for instance).
 */
export function truncate(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  if (columns <= 0) return '';
  let kept = '';
  let width = 0;
  for (const piece of piecesOf(text)) {
    const next = width + widthOf(piece);
    if (next > columns - 1) break;
    kept += piece;
    width = next;
  }
  return `${kept}…${kept.includes('\u001b[') ? '\u001b[0m' : ''}`;
}

/** Fills a line with spaces up to `columns`; a longer one stays as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Exactly `columns` wide: cut or filled. */
export function toWidth(text: string, columns: number): string {
  return pad(truncate(text, columns), columns);
}

function* piecesOf(text: string): Generator<string> {
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let from = 0;
  for (const color of text.matchAll(COLOR)) {
    for (const { segment } of segmenter.segment(text.slice(from, color.index))) yield segment;
    yield color[0];
    from = color.index + color[0].length;
  }
  for (const { segment } of segmenter.segment(text.slice(from))) yield segment;
}
