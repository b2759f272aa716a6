/**
 * Plain text from what a program wrote to a terminal: for answers and for showing foreign text without letting it drive
 * the reader's terminal.
 */

// CSI, OSC/DCS/APC/PM/SOS strings (ended by BEL or ST, or cut off), and two-byte escapes. Every alternative consumes
// at least two characters and none overlaps with itself: linear on any input.
const ESCAPES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]?|[\]PX^_][^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|[ -/]*[0-~])|\u009b[0-?]*[ -/]*[@-~]?/g;

// Everything a terminal could take for a command, but tab and line feed.
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** What a terminal would show of a program's output, as text: no escape sequences, LF line ends, overwritten lines gone. */
export function plainText(output: string): string {
  const text = output.replace(ESCAPES, '').replace(/\r\n/g, '\n');
  const lines = text.includes('\r') ? text.split('\n').map(lastOverwrite).join('\n') : text;
  return lines.replace(CONTROLS, '');
}

/** Foreign text made safe to print in a terminal: like `plainText`, but a lone CR becomes a line end. */
export function printable(text: string): string {
  return text.replace(ESCAPES, '').replace(/\r\n?/g, '\n').replace(CONTROLS, '');
}

/** A progress line `10%\r50%\r100%` shows its last state. */
function lastOverwrite(line: string): string {
  if (!line.includes('\r')) return line;
  return line.split('\r').findLast(part => part !== '') ?? '';
}
