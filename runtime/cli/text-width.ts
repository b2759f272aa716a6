/** How much room a text takes on a terminal: wide characters count two, escape sequences and combining marks none. */
import measure from 'fast-string-truncated-width';

/** Width of a line in terminal columns. */
export function widthOf(text: string): number {
  return measure(text).width;
}

/** Cuts a line to at most `columns`, with `…` where something is missing; closes the colours that the cut left open. */
export function truncate(text: string, columns: number): string {
  if (columns <= 0) return '';
  const cut = measure(text, { limit: columns, ellipsis: '…' });
  if (!cut.truncated) return text;
  const kept = text.slice(0, cut.index);
  return `${kept}${cut.ellipsed ? '…' : ''}${kept.includes('\u001b[') ? '\u001b[0m' : ''}`;
}

/** Fills a line with spaces up to `columns`; a longer one stays as it is. */
export function pad(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - widthOf(text)));
}

/** Exactly `columns` wide: cut or filled. */
export function fit(text: string, columns: number): string {
  return pad(truncate(text, columns), columns);
}
