/** Tables for people: columns as wide as their widest cell, the last one cut at the edge of the terminal. */
import type { Style } from './style.ts';
import { pad, truncate, widthOf } from './text-width.ts';

/** Lays out rows under a header. `columns` absent = no edge (a pipe). Ends with a newline. */
export function renderTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
  columns?: number,
): string {
  const widths = header.map((title, at) =>
    Math.max(widthOf(title), ...rows.map(row => widthOf(row[at] ?? ''))),
  );
  const line = (cells: readonly string[]) => {
    const text = cells
      .map((cell, at) => pad(cell, widths[at] ?? 0))
      .join('  ')
      .trimEnd();
    return columns === undefined ? text : truncate(text, columns);
  };
  return `${[style.dim(line(header)), ...rows.map(line)].join('\n')}\n`;
}
