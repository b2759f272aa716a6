/**
 * The recording's format: asciicast v2 (https://docs.asciinema.org/manual/asciicast/v2/), one JSON value a line.
 *
 * Beside the standard "o" (output) and "r" (resize) events there are two of our own, which players skip:
 * - "b": base64 of the exact bytes of the "o" event after it, where they are not valid UTF-8 and "o" only shows a
 *   replacement. With it a recording gives back every byte.
 * - "p": logical offset of what follows, and the size: "1048576 80x24". Readers start from the middle at such a line.
 */
import { isUtf8 } from 'node:buffer';

/** Output bytes per event, at most: keeps its lines, with every byte escaped, below MAX_LINE_BYTES. */
export const MAX_EVENT_BYTES = 8 * 1024;

/** Most bytes that one piece of output takes in a recording: no line is longer. */
export const MAX_LINE_BYTES = 64 * 1024;

/** Distance between "p" events, in bytes of output. */
export const POSITION_INTERVAL_BYTES = 256 * 1024;

/** Size of a terminal in cells. */
export type TerminalSize = { readonly cols: number; readonly rows: number };

/** What stands in a recording's first line. */
export type CastHeader = TerminalSize & {
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly title?: string | undefined;
  readonly term?: string | undefined;
};

/** The first line. */
export function headerLine(header: CastHeader): string {
  const { cols, rows, timestamp, title, term } = header;
  const env = term === undefined ? undefined : { TERM: term };
  return `${JSON.stringify({ version: 2, width: cols, height: rows, timestamp, title, env })}\n`;
}

/**
 * Writes the line or lines of one piece of output at a place in `target`, where MAX_LINE_BYTES must be free; returns their
 * end. `seconds` is the time since the recording's start.
 */
export function writeOutput(target: Buffer, at: number, seconds: number, bytes: Buffer): number {
  const time = seconds.toFixed(6);
  if (!isUtf8(bytes)) {
    const shown = JSON.stringify(bytes.toString('utf8'));
    return at + target.write(`[${time},"b","${bytes.toString('base64')}"]\n[${time},"o",${shown}]\n`, at);
  }
  const from = at + target.write(`[${time},"o","`, at);
  const end = escapeInto(target, from, bytes);
  return end + target.write('"]\n', end);
}

/** By byte: 0 stands for itself in JSON, 1 becomes `\u00XX`, anything else is the letter behind its backslash. */
const ESCAPES = Uint8Array.from({ length: 256 }, (_, byte) => {
  const [, backslash, letter = ''] = JSON.stringify(String.fromCharCode(byte));
  // Bytes of UTF-8 beyond ASCII stand for themselves, and so does a character that is not quoted by a backslash.
  if (backslash !== '\\' || byte > 0x7f) return 0;
  return letter === 'u' ? 1 : letter.charCodeAt(0);
});
const HEX = Buffer.from('0123456789abcdef');
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
const ZERO = 0x30;

/**
 * What JSON.stringify makes of UTF-8 text, without its quotes. Byte by byte: a terminal's output is full of escape
 * characters, and strings on the way would be garbage three times the size of the output.
 */
function escapeInto(target: Buffer, from: number, bytes: Buffer): number {
  let at = from;
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const sign = ESCAPES[byte] ?? 0;
    if (sign === 0) {
      target[at++] = byte;
      continue;
    }
    target[at++] = BACKSLASH;
    if (sign !== 1) {
      target[at++] = sign;
      continue;
    }
    target[at++] = LETTER_U;
    target[at++] = ZERO;
    target[at++] = ZERO;
    target[at++] = HEX[byte >> 4] ?? 0;
    target[at++] = HEX[byte & 15] ?? 0;
  }
  return at;
}

/** The line of a change of size. */
export function resizeLine(seconds: number, { cols, rows }: TerminalSize): string {
  return `[${seconds.toFixed(6)},"r","${cols}x${rows}"]\n`;
}

/** The line that says at which logical offset and size the next event begins. */
export function positionLine(seconds: number, offset: number, { cols, rows }: TerminalSize): string {
  return `[${seconds.toFixed(6)},"p","${offset} ${cols}x${rows}"]\n`;
}

/** How many bytes at the end of `bytes` begin a UTF-8 character that is not complete: 0 to 3. */
export function incompleteTail(bytes: Buffer): number {
  const length = bytes.length;
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back] ?? 0;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    return back < characterBytes(byte) ? back : 0;
  }
  return 0;
}

function characterBytes(lead: number): number {
  if (lead >= 0b1111_0000) return 4;
  if (lead >= 0b1110_0000) return 3;
  return lead >= 0b1100_0000 ? 2 : 1;
}

/** One event read from a line. */
export type CastLine =
  | { readonly kind: 'header'; readonly size: TerminalSize }
  /** `seconds` since the recording's start. */
  | { readonly kind: 'output'; readonly seconds: number; readonly text: string }
  | { readonly kind: 'exact'; readonly bytes: Buffer }
  | { readonly kind: 'resize'; readonly size: TerminalSize }
  | { readonly kind: 'position'; readonly offset: number; readonly size: TerminalSize }
  | { readonly kind: 'other' };

/** Reads one line; what is unknown or broken (a torn last line) is `other`. */
export function parseCastLine(line: string): CastLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { kind: 'other' };
  }
  if (!Array.isArray(value)) return parseHeader(value);
  const [time, code, data]: readonly unknown[] = value;
  if (typeof data !== 'string') return { kind: 'other' };
  return parseEvent(typeof time === 'number' ? time : 0, code, data);
}

function parseHeader(value: unknown): CastLine {
  if (typeof value !== 'object' || value === null || !('width' in value) || !('height' in value))
    return { kind: 'other' };
  const { width, height } = value;
  if (typeof width !== 'number' || typeof height !== 'number') return { kind: 'other' };
  return { kind: 'header', size: { cols: width, rows: height } };
}

function parseEvent(seconds: number, code: unknown, data: string): CastLine {
  if (code === 'o') return { kind: 'output', seconds, text: data };
  if (code === 'b') return { kind: 'exact', bytes: Buffer.from(data, 'base64') };
  if (code === 'r') {
    const size = parseSize(data);
    return size === null ? { kind: 'other' } : { kind: 'resize', size };
  }
  if (code === 'p') return parsePosition(data);
  return { kind: 'other' };
}

function parsePosition(data: string): CastLine {
  const [offset, sizeText] = data.split(' ');
  const size = parseSize(sizeText ?? '');
  return size === null ? { kind: 'other' } : { kind: 'position', offset: Number(offset), size };
}

function parseSize(text: string): TerminalSize | null {
  const match = /^(\d+)x(\d+)$/.exec(text);
  return match === null ? null : { cols: Number(match[1]), rows: Number(match[2]) };
}
