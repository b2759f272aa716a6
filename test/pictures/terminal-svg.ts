/** Draws what a terminal shows as an SVG: the pictures of the README are made from real runs, not by hand. */
import xterm from '@xterm/headless';

const CELL_WIDTH = 8.4;
const LINE_HEIGHT = 18;
const PADDING = 16;
/** Basic palette: readable on the dark ground in both themes of a code host. */
const PALETTE = ['#1b1f27', '#f4776d', '#7fd08a', '#e5c07b', '#71b1f0', '#c99af0', '#5fc9d0', '#d6dae2'];
const BRIGHT = ['#7d8694', '#ff9b93', '#a3e6ac', '#f5d899', '#97c9ff', '#deb9ff', '#8ce4ea', '#ffffff'];

interface Style {
  readonly color: string;
  readonly isBold: boolean;
  readonly isDim: boolean;
}

/** The screen after `output`, cut after its last line with text. */
export async function terminalSvg(
  output: string,
  cols: number,
  rows: number,
  title: string,
): Promise<string> {
  const terminal = new xterm.Terminal({ cols, rows, scrollback: 10_000, allowProposedApi: true });
  await new Promise<void>(resolve => {
    terminal.write(output, resolve);
  });
  const lines: string[] = [];
  const { active } = terminal.buffer;
  for (let row = 0; row < active.length; row += 1) lines.push(drawLine(terminal, row));
  while (lines.at(-1) === '') lines.pop();
  terminal.dispose();
  return page(lines, cols, title);
}

function drawLine(terminal: xterm.Terminal, row: number): string {
  const line = terminal.buffer.active.getLine(row);
  if (line === undefined) return '';
  const runs: { style: Style; column: number; text: string }[] = [];
  for (let column = 0; column < terminal.cols; column += 1) {
    const cell = line.getCell(column);
    if (cell === undefined || cell.getWidth() === 0) continue;
    const style = styleOf(cell);
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    if (last !== undefined && sameStyle(last.style, style)) last.text += text;
    else runs.push({ style, column, text });
  }
  return runs
    .filter(run => run.text.trim() !== '')
    .map(run => drawRun(run, row))
    .join('');
}

function drawRun(
  { style, column, text }: { style: Style; column: number; text: string },
  row: number,
): string {
  const start = text.length - text.trimStart().length;
  const x = PADDING + (column + start) * CELL_WIDTH;
  const y = PADDING + 30 + row * LINE_HEIGHT;
  const visible = text.trim();
  const weight = style.isBold ? ' font-weight="bold"' : '';
  const opacity = style.isDim ? ' opacity="0.65"' : '';
  const width = `textLength="${(visible.length * CELL_WIDTH).toFixed(1)}"`;
  return `<text x="${x.toFixed(1)}" y="${y}" ${width} fill="${style.color}"${weight}${opacity}>${escapeXml(visible)}</text>\n`;
}

function styleOf(cell: xterm.IBufferCell): Style {
  return { color: colorOf(cell), isBold: cell.isBold() !== 0, isDim: cell.isDim() !== 0 };
}

function colorOf(cell: xterm.IBufferCell): string {
  const color = cell.getFgColor();
  if (cell.isFgRGB()) return `#${color.toString(16).padStart(6, '0')}`;
  if (!cell.isFgPalette()) return '#d6dae2';
  return (color < 8 ? PALETTE[color] : BRIGHT[color - 8]) ?? '#d6dae2';
}

function sameStyle(a: Style, b: Style): boolean {
  return a.color === b.color && a.isBold === b.isBold && a.isDim === b.isDim;
}

function page(lines: readonly string[], cols: number, title: string): string {
  const width = Math.ceil(cols * CELL_WIDTH + 2 * PADDING);
  const height = PADDING * 2 + 30 + lines.length * LINE_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">
<title>${escapeXml(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#15181e"/>
<circle cx="18" cy="18" r="5" fill="#f4776d"/><circle cx="36" cy="18" r="5" fill="#e5c07b"/><circle cx="54" cy="18" r="5" fill="#7fd08a"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" style="white-space: pre">
${lines.join('')}</g>
</svg>
`;
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
