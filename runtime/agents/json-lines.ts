import { createLineSplitter } from './line-splitter.ts';

/** Splits a stream of JSON lines, whatever its pieces, and hands out each line that is a JSON value. */
export interface JsonLines {
  /** The values completed by this piece, in order. Lines that are no JSON are passed over. */
  feed(chunk: string): readonly unknown[];
  /** The value of a last line without line end, if it is whole. */
  end(): readonly unknown[];
}

/** Makes a splitter of JSON lines. One longer than `maxLine` UTF-16 units is passed over. */
export function createJsonLines(maxLine: number): JsonLines {
  const lines = createLineSplitter(maxLine);
  return {
    feed: chunk => lines.feed(chunk).flatMap(jsonValues),
    end: () => jsonValues(lines.end()),
  };
}

/** The value of one text, or none where it is no JSON. */
export function jsonValues(line: string): readonly unknown[] {
  const value = jsonValue(line);
  return value === undefined ? [] : [value];
}

/** The value of one text; undefined where it is no JSON. */
export function jsonValue(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
