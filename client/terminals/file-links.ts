/** Finds the files that a line of output names: as paths, in compiler messages, in stack traces. */

/** A file named in a line. */
export interface FileLink {
  /** Where the text of the link stands in the line, in UTF-16 units. */
  readonly start: number;
  readonly length: number;
  /** As the output has it: absolute, or relative to the worker's folder. */
  readonly path: string;
  /** From 1. */
  readonly line?: number;
  readonly column?: number;
}

/** Longer lines are not searched: nobody clicks into minified code. */
const MAX_LINE = 2000;

/** Links of a line, at most. */
const MAX_LINKS = 10;

/** `File "a/b.py", line 12` of Python. */
const QUOTED = /File "(?<path>[^"\n]+)", line (?<line>\d+)/g;

/**
 * `a/b.ts:12:5`, `b.ts(12,5)`, `/a/b.ts`, `C:\a\b.ts:3`. A name without a folder needs a line: else every word with a dot
 * would be one. No blanks, quotes or brackets in it; not behind a scheme (`https://…`).
 */
const PLAIN =
  /(?<![\w/\\:.@-])(?<path>(?:[A-Za-z]:)?[^\s"'`<>()[\]{}|:;,*?]*[\w-]\.\w{1,12})(?:(?::(?<line>\d+)(?::(?<column>\d+))?)|(?:\((?<row>\d+)(?:,\s*(?<cell>\d+))?\)))?/g;

/** The files in a line, left to right, without overlaps. Nothing says that they exist. */
export function findFileLinks(text: string): readonly FileLink[] {
  if (text.length > MAX_LINE) return [];
  const quoted = [...text.matchAll(QUOTED)].map(linkOf);
  const plain = [...text.matchAll(PLAIN)].map(linkOf).filter(isPath);
  const free = plain.filter(link => !quoted.some(other => overlaps(link, other)));
  return [...quoted, ...free].sort((one, other) => one.start - other.start).slice(0, MAX_LINKS);
}

function linkOf(match: RegExpMatchArray): FileLink {
  const { path = '', line, column, row, cell } = match.groups ?? {};
  const at = line ?? row;
  const character = column ?? cell;
  return {
    start: match.index ?? 0,
    length: match[0].length,
    path,
    ...(at === undefined ? {} : { line: Number(at) }),
    ...(character === undefined ? {} : { column: Number(character) }),
  };
}

function isPath({ path, line }: FileLink): boolean {
  return line !== undefined || /[\\/]/.test(path);
}

function overlaps(one: FileLink, other: FileLink): boolean {
  return one.start < other.start + other.length && other.start < one.start + one.length;
}
