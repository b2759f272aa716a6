/** Colours of the terminal, or none. */

/** Functions that put a text in a colour; each returns it unchanged where colours are off. */
export interface Style {
  readonly hasColor: boolean;
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  green(text: string): string;
  yellow(text: string): string;
  blue(text: string): string;
  magenta(text: string): string;
  cyan(text: string): string;
}

/** Style for a stream: colours on a terminal unless `NO_COLOR` is set (https://no-color.org); `FORCE_COLOR` forces them. */
export function styleFor(isTerminal: boolean, env: Readonly<NodeJS.ProcessEnv>): Style {
  if (env.NO_COLOR) return createStyle(false);
  if (env.FORCE_COLOR && env.FORCE_COLOR !== '0') return createStyle(true);
  return createStyle(isTerminal && env.TERM !== 'dumb');
}

/** A style with or without colours. */
export function createStyle(hasColor: boolean): Style {
  const paint = (open: number, close: number) => (text: string) =>
    hasColor && text !== '' ? `\u001b[${open}m${text}\u001b[${close}m` : text;
  return {
    hasColor,
    bold: paint(1, 22),
    dim: paint(2, 22),
    red: paint(31, 39),
    green: paint(32, 39),
    yellow: paint(33, 39),
    blue: paint(34, 39),
    magenta: paint(35, 39),
    cyan: paint(36, 39),
  };
}
