/**
 * What a program asks its terminal: device attributes, cursor position, modes, settings, colours. VS Code's terminal
 * answers by typing, so a question shown a second time would be answered a second time, into a program that waits for
 * something else by then.
 */
const QUERY =
  /\u001b\[(?:[>=]?[\d;]*c|\??[\d;]*n|\??[\d;]*\$p|>\d*q|\d*x|(?:1[1-9]|2[01])t|\?u)|\u001b\]\d+;(?:[^\u0007\u001b]*;)?\?(?:\u0007|\u001b\\)|\u001bP[$+]q[^\u001b]*\u001b\\/g;

/** Output that asks nothing: everything else in it is as it was. */
export function withoutQueries(output: string): string {
  return output.includes('\u001b') ? output.replace(QUERY, '') : output;
}
