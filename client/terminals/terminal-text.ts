/** Escape sequences around what sessions print. */

const ESC = '\u001b';

/** Ends whatever sequence was cut off, then makes the terminal as it was when it was opened. */
export const CLEAR_ALL = `\u0018${ESC}c`;

/**
 * What a full-screen program may have switched on, switched off: alternate screen, mouse, bracketed paste, focus reports,
 * application keys, synchronized output, origin mode, scroll region, hidden cursor, colours. The cursor stays where it is:
 * leaving the alternate screen moves it to where it was saved, and a new scroll region moves it to the corner.
 */
const LEAVE_FULL_SCREEN = [
  `\u0018${ESC}7${ESC}[?1049l`,
  `${ESC}7${ESC}[?6l${ESC}[r${ESC}8`,
  `${ESC}[?1000l${ESC}[?1002l${ESC}[?1003l${ESC}[?1006l`,
  `${ESC}[?2004l${ESC}[?1004l${ESC}[?2026l`,
  `${ESC}[?1l${ESC}>${ESC}[?25h${ESC}[0m`,
].join('');

/**
 * A line of our own below what a session has printed, in the place of what a program has left painted below its cursor.
 * `text` is shown as plain text, however it came about.
 */
export function ownLine(text: string): string {
  return `${LEAVE_FULL_SCREEN}\r\n${ESC}[J${ESC}[2m── ${plain(text)} ──${ESC}[0m\r\n`;
}

/** Moves everything into the scrollback, so that the next session paints an empty screen from its first line. */
export function emptyScreen(rows: number): string {
  return `${'\r\n'.repeat(rows)}${ESC}[H`;
}

/** Text from elsewhere, on one line and without any control over the terminal. */
function plain(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]+/g, ' ').trim();
}
