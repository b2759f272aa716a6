/** Places of the protocol ⇄ offsets of the text, in the encoding that client and server agreed on. */
import type { Position, Range as ProtocolRange } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { positionAt as lineAndColumnAt, type SourceDocument } from '../runtime/analysis/document.ts';
import type { Range } from '../runtime/analysis/json-node.ts';

/** What the `character` of a position counts: UTF-8 bytes, UTF-16 code units, or code points. */
export type PositionEncoding = 'utf-8' | 'utf-16' | 'utf-32';

/** Ours first: a text of JavaScript needs no conversion for UTF-16. */
const supported: readonly PositionEncoding[] = ['utf-16', 'utf-8', 'utf-32'];

/**
 * The encoding for a client that offers these, in its order of preference. UTF-16 if it offers nothing we know, as the
 * protocol demands of both sides.
 */
export function chooseEncoding(offered: readonly string[] | undefined): PositionEncoding {
  return offered?.flatMap(name => supported.find(known => known === name) ?? [])[0] ?? 'utf-16';
}

/** Converts between the two for one text. Places beyond a line or the text count as its end, as the protocol says. */
export interface Positions {
  offsetAt(position: Position): number;
  positionAt(offset: number): Position;
  /** A range of the text as the protocol wants it. */
  rangeOf(range: Range): ProtocolRange;
  /** A range of the protocol as offsets. */
  offsetsOf(range: ProtocolRange): Range;
}

/**
 * Positions of the document as it is when they are asked for. `source`, if given, is what was read of this text: its lines
 * are known, while the library looks at every character for them when it is first asked.
 */
export function createPositions(
  document: TextDocument,
  encoding: PositionEncoding,
  source?: () => SourceDocument,
): Positions {
  const offsetAt = (position: Position): number =>
    document.offsetAt(encoding === 'utf-16' ? position : decode(document, position, encoding));
  const positionAt = (offset: number): Position => {
    const position = source ? positionIn(source(), offset) : document.positionAt(offset);
    return encoding === 'utf-16' ? position : encode(document, position, encoding);
  };
  return {
    offsetAt,
    positionAt,
    rangeOf: ({ start, end }) => ({ start: positionAt(start), end: positionAt(end) }),
    offsetsOf: ({ start, end }) => ({ start: offsetAt(start), end: offsetAt(end) }),
  };
}

/** The position of an offset, in UTF-16. */
function positionIn(source: SourceDocument, offset: number): Position {
  const { text } = source;
  const inside = Math.max(0, Math.min(offset, text.length));
  const { line, column } = lineAndColumnAt(source, inside);
  // Between \r and \n the line has ended already.
  const isInBreak = text[inside - 1] === '\r' && text[inside] === '\n';
  return { line: line - 1, character: column - (isInBreak ? 2 : 1) };
}

/** A position in some encoding as one in UTF-16. */
export function decode(
  document: TextDocument,
  { line, character }: Position,
  encoding: PositionEncoding,
): Position {
  if (encoding === 'utf-16' || character <= 0) return { line, character };
  let units = 0;
  let count = 0;
  for (const char of lineOf(document, line)) {
    const width = widthOf(char, encoding);
    // A place inside of a character is the place before it.
    if (count + width > character) break;
    count += width;
    units += char.length;
    if (count === character) break;
  }
  return { line, character: units };
}

/** A position in UTF-16 as one in some encoding. */
export function encode(
  document: TextDocument,
  { line, character }: Position,
  encoding: PositionEncoding,
): Position {
  if (encoding === 'utf-16' || character <= 0) return { line, character };
  let units = 0;
  let count = 0;
  for (const char of lineOf(document, line)) {
    if (units + char.length > character) break;
    units += char.length;
    count += widthOf(char, encoding);
  }
  return { line, character: count };
}

/** The text of a line, with its line break: nothing is counted beyond what a position names. */
function lineOf(document: TextDocument, line: number): string {
  return document.getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } });
}

function widthOf(char: string, encoding: PositionEncoding): number {
  if (encoding === 'utf-32') return 1;
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x80) return 1;
  if (code < 0x800) return 2;
  return code < 0x10000 ? 3 : 4;
}
