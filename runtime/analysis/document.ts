/** Connector text → values with places, and everything the JSON reader had to say. Never throws. */
import { type ParseErrorCode, visit } from 'jsonc-parser';
import type { JsonNode, Range } from './json-node.ts';
import { readPlainJson } from './plain-reader.ts';
import { TooDeep, TreeBuilder } from './tree-builder.ts';

/** A text that was read as JSON (with comments and trailing commas). */
export interface SourceDocument {
  /** For messages and the default name of the workflow; any path or URI. */
  readonly fileName: string;
  readonly text: string;
  /** Absent if the text holds no value at all, or is refused. */
  readonly root?: JsonNode;
  readonly syntaxErrors: readonly SyntaxFault[];
  readonly comments: readonly Range[];
  readonly trailingCommas: readonly Range[];
  /** Set if the text is not read at all. */
  readonly refusal?: Refusal;
  /** Offset of the first character of every line. */
  readonly lineStarts: readonly number[];
}

/** A place where the text is not JSON. */
export interface SyntaxFault {
  readonly code: ParseErrorCode;
  readonly range: Range;
}

/** Why a text is not read at all. */
export type Refusal =
  | { readonly kind: 'too_large'; readonly maxCharacters: number }
  | { readonly kind: 'too_deep'; readonly maxDepth: number; readonly offset: number };

/** A place as people count: line and column from 1, columns in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Texts with more characters than this are refused: no connector file is, and every key press reads the text again. */
const maxCharacters = 2_500_000;
/** Nesting beyond this is refused: the parser recurses, and the deepest legal construct needs a dozen levels. */
const maxDepth = 200;

/** Reads a text. */
export function readDocument(text: string, fileName: string): SourceDocument {
  const base = { fileName, text, lineStarts: findLineStarts(text) };
  const nothing = { ...base, syntaxErrors: [], comments: [], trailingCommas: [] };
  if (text.length > maxCharacters) return { ...nothing, refusal: { kind: 'too_large', maxCharacters } };
  const plain = readPlainJson(text, maxDepth);
  if (plain) return { ...nothing, root: plain };
  // A byte order mark is blanked, so that all offsets stay.
  const json = text.charCodeAt(0) === 0xfeff ? ` ${text.slice(1)}` : text;
  try {
    return { ...base, ...parse(json) };
  } catch (error) {
    if (!(error instanceof TooDeep)) throw error;
    return { ...nothing, refusal: { kind: 'too_deep', maxDepth, offset: error.offset } };
  }
}

function parse(json: string): Omit<SourceDocument, 'fileName' | 'text' | 'lineStarts'> {
  const builder = new TreeBuilder(json.length, maxDepth);
  const syntaxErrors: SyntaxFault[] = [];
  const comments: Range[] = [];
  // The reader runs past the end after an unclosed comment or text.
  const rangeOf = (offset: number, length: number) => ({
    start: offset,
    end: Math.min(offset + length, json.length),
  });
  const visitor = {
    ...builder.visitor,
    onComment: (offset: number, length: number) => {
      comments.push(rangeOf(offset, length));
    },
    onError: (code: ParseErrorCode, offset: number, length: number) => {
      syntaxErrors.push({ code, range: rangeOf(offset, length) });
    },
  };
  visit(json, visitor, { allowTrailingComma: true });
  const root = builder.finish();
  return { syntaxErrors, comments, trailingCommas: builder.trailingCommas, ...(root ? { root } : {}) };
}

/** The line and column of an offset. */
export function positionAt(document: SourceDocument, offset: number): Position {
  let low = 0;
  let high = document.lineStarts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((document.lineStarts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (document.lineStarts[low] ?? 0) + 1 };
}

/** The text of a line (from 1) without its line break. */
export function lineText(document: SourceDocument, line: number): string {
  const start = document.lineStarts[line - 1] ?? document.text.length;
  const end = document.lineStarts[line] ?? document.text.length;
  return document.text.slice(start, end).replace(/\r?\n$|\r$/, '');
}

function findLineStarts(text: string): readonly number[] {
  const starts = [0];
  if (!text.includes('\r')) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
    return starts;
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 10 || (code === 13 && text.charCodeAt(at + 1) !== 10)) starts.push(at + 1);
  }
  return starts;
}
