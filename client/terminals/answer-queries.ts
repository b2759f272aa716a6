/**
 * Answers what a program asks its terminal, before its output goes to the window: programs wait a second or less for it, and
 * take what the window answers later for typed text.
 */

/** What the program is told of the terminal's colours, as `rrrr/gggg/bbbb`. */
export interface TerminalColors {
  readonly foreground: string;
  readonly background: string;
}

/** Colours of VS Code's own dark and light themes. */
export const DARK: TerminalColors = { foreground: 'cccc/cccc/cccc', background: '1818/1818/1818' };
export const LIGHT: TerminalColors = { foreground: '3b3b/3b3b/3b3b', background: 'f8f8/f8f8/f8f8' };

/**
 * Device attributes, status, keyboard protocol, name and version, foreground and background colour. A cursor position is for
 * the window, which alone knows it.
 */
const QUERY = /\u001b\[(?:(0?c)|(5n)|>0?q|\?u)|\u001b\](1[01]);\?(\u0007|\u001b\\)/g;

/** Live output without these questions, and the answers to type. Terminals that know nothing of a question are silent. */
export function answerQueries(
  output: string,
  { foreground, background }: TerminalColors,
): { readonly shown: string; readonly typed: string } {
  let typed = '';
  const shown = output.replace(QUERY, (_query, attributes, status, color, end) => {
    if (attributes !== undefined) typed += '\u001b[?1;2c';
    if (status !== undefined) typed += '\u001b[0n';
    if (color !== undefined) typed += `\u001b]${color};rgb:${color === '10' ? foreground : background}${end}`;
    return '';
  });
  return { shown, typed };
}
