/**
 * Answers to what a program asks its terminal, for sessions nobody looks at: without an answer many CLIs wait at
 * start or switch features off.
 */

const ESC = 0x1b;
const BEL = '\x07';
const ST = '\x1b\\';

type Query = {
  readonly query: string;
  readonly answer: string;
  /** The host answers even when a terminal is attached, because terminals do not know the query. */
  readonly isAlwaysOurs: boolean;
};

/**
 * Device attributes (a VT100 with advanced video, as xterm.js says), status, cursor position (the host keeps no
 * screen; the corner is the answer that makes inline user interfaces start), foreground and background colour, and the
 * Program Status Protocol, whose query is answered by its own bytes.
 */
const QUERIES: readonly Query[] = [
  { query: '\x1b[c', answer: '\x1b[?1;2c', isAlwaysOurs: false },
  { query: '\x1b[0c', answer: '\x1b[?1;2c', isAlwaysOurs: false },
  { query: '\x1b[5n', answer: '\x1b[0n', isAlwaysOurs: false },
  { query: '\x1b[6n', answer: '\x1b[1;1R', isAlwaysOurs: false },
  ...[BEL, ST].flatMap(end => [
    { query: `\x1b]10;?${end}`, answer: `\x1b]10;rgb:d4d4/d4d4/d4d4${end}`, isAlwaysOurs: false },
    { query: `\x1b]11;?${end}`, answer: `\x1b]11;rgb:1e1e/1e1e/1e1e${end}`, isAlwaysOurs: false },
    { query: `\x1b]7501;?${end}`, answer: `\x1b]7501;?${end}`, isAlwaysOurs: true },
  ]),
];

const MAX_QUERY_BYTES = Math.max(...QUERIES.map(({ query }) => query.length));

/** Finds queries in a terminal's output, also when chunks split them. */
export class QueryScanner {
  #carry = '';

  /**
   * Scans a chunk and returns what to type into the program, '' mostly. `hasTerminal`: a viewer that answers the
   * common queries itself is attached.
   */
  answersTo(chunk: Buffer, hasTerminal: boolean): string {
    if (this.#carry === '') return chunk.includes(ESC) ? this.#scan(chunk, hasTerminal) : '';
    const joined = Buffer.concat([Buffer.from(this.#carry, 'latin1'), chunk]);
    this.#carry = '';
    return this.#scan(joined, hasTerminal);
  }

  #scan(bytes: Buffer, hasTerminal: boolean): string {
    let answers = '';
    for (let at = bytes.indexOf(ESC); at >= 0; at = bytes.indexOf(ESC, at + 1)) {
      if (!mayBeQuery(bytes, at)) continue;
      const text = bytes.toString('latin1', at, at + MAX_QUERY_BYTES);
      const found = QUERIES.find(({ query }) => text.startsWith(query));
      if (found !== undefined) answers += found.isAlwaysOurs || !hasTerminal ? found.answer : '';
      else if (this.#carry === '' && QUERIES.some(({ query }) => query.startsWith(text))) this.#carry = text;
    }
    return answers;
  }
}

/** Looks at single bytes first, because coloured output is full of escapes that are no queries. */
function mayBeQuery(bytes: Buffer, at: number): boolean {
  const introducer = bytes[at + 1];
  if (introducer === undefined) return true;
  const first = bytes[at + 2];
  if (introducer === 0x5d) return first === undefined || first === 0x31 || first === 0x37;
  return (
    introducer === 0x5b && (first === undefined || first === 0x63 || isShortRequest(first, bytes[at + 3]))
  );
}

/** `0c`, `5n`, `6n`, or their beginning at the end of a chunk. */
function isShortRequest(first: number, second: number | undefined): boolean {
  if (first === 0x30) return second === undefined || second === 0x63;
  return (first === 0x35 || first === 0x36) && (second === undefined || second === 0x6e);
}
