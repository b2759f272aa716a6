/** The user's own terminal, given to a session: keys as they are typed, and everything put back afterwards. */
import type { Terminal } from '../terminal.ts';

/**
 * What a full-screen program may have switched on, switched off: alternate screen, mouse, bracketed paste, focus reports,
 * application keys, kitty keyboard protocol, synchronized output, hidden cursor, colours, scroll region, window title.
 */
const RESET = [
  '\u001b[?1049l',
  '\u001b[?1000l\u001b[?1002l\u001b[?1003l\u001b[?1006l',
  '\u001b[?2004l\u001b[?1004l\u001b[?2026l',
  '\u001b[?1l\u001b>',
  '\u001b[<u',
  '\u001b[r',
  '\u001b[?25h\u001b[0m',
].join('');

/** Puts the terminal into raw mode until disposed, also when the program ends before that. */
export class RawTerminal {
  readonly #terminal: Terminal;
  readonly #restore = () => this[Symbol.dispose]();
  #isRaw = true;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
    terminal.stdin.setRawMode(true);
    terminal.stdin.resume();
    process.once('exit', this.#restore);
  }

  [Symbol.dispose](): void {
    if (!this.#isRaw) return;
    this.#isRaw = false;
    process.off('exit', this.#restore);
    const { stdin, stdout } = this.#terminal;
    stdin.setRawMode(false);
    stdin.pause();
    // Leaves the cursor on a line of its own, below what the session showed.
    const { rows } = stdout.size();
    stdout.write(`${RESET}\u001b[${rows};1H\r\n`);
  }
}
