/** Where the cursor is in a text that may be half typed: inside or outside of quotes, before a key or a value. */
import { createScanner, getLocation, type JSONPath, type Location } from 'jsonc-parser';
import { type JsonNode, nodeAt, pathOf, type Range } from '../../../runtime/analysis/json-node.ts';
import { nodeAtOffset } from '../../place.ts';
import type { Snapshot } from '../../snapshot.ts';

/** A cursor, and what has to be replaced and added for a whole new key or value to stand there. */
export interface Cursor {
  readonly offset: number;
  readonly path: JSONPath;
  readonly isKey: boolean;
  /** The quoted text, bare word, or empty place at the cursor. */
  readonly replace: Range;
  /** The text inside the quotes, if the cursor is in a string. */
  readonly string?: StringCursor;
  /** What stands between quotes or as a bare word before the cursor. */
  readonly typed: string;
  /** Commas that a value (with its key) needs before and after it. */
  readonly before: '' | ',';
  readonly after: '' | ',';
  /** For keys: a colon follows, so a value is there already. */
  readonly hasColon: boolean;
}

/** A cursor inside of quotes. */
export interface StringCursor {
  /** The source between the quotes; up to the cursor's word if the closing quote is missing. */
  readonly content: Range;
  readonly isClosed: boolean;
}

// jsonc-parser's SyntaxKind is a const enum, which type stripping cannot read.
const token = {
  openBrace: 1,
  closeBrace: 2,
  openBracket: 3,
  closeBracket: 4,
  comma: 5,
  colon: 6,
  lineComment: 12,
  blockComment: 13,
  end: 17,
} as const;
/** What can follow a value that needs no comma. */
const afterLast: readonly number[] = [token.closeBrace, token.closeBracket, token.comma, token.end];

/** What can stand before a value or key that needs no comma. */
const beforeItem: readonly number[] = [token.openBrace, token.openBracket, token.comma, token.colon];

/** Finds out where the cursor is; undefined where nothing can be inserted: in comments, numbers, behind the root. */
export function cursorAt({ text, analysis }: Snapshot, offset: number): Cursor | undefined {
  // The parser recurses: texts that the analysis refuses are not for it either.
  if (analysis.document.refusal !== undefined) return undefined;
  const location = locate(text, analysis.document.root, offset);
  if (location.path.length === 0) return undefined;
  const node = location.previousNode;
  const isAtNode = node !== undefined && node.offset < offset && offset <= node.offset + node.length;
  if (isAtNode && (node.type === 'string' || node.type === 'property')) {
    const end = node.offset + node.length;
    // Right behind a closing quote there is no place for anything.
    if (offset === end && isClosedString(text, node.offset, end)) return undefined;
    if (isInEscape(text, node.offset + 1, offset)) return undefined;
    return inString(text, offset, {
      path: location.path,
      isKey: location.isAtPropertyKey,
      start: node.offset,
      end,
    });
  }
  if (isInComment(text, offset)) return undefined;
  const replace = bareWordAt(text, offset);
  const typed = text.slice(replace.start, offset);
  const { path, isAtPropertyKey: isKey } = location;
  const cursor = complete(text, { offset, path, isKey, replace, typed });
  // Between a key and its colon stands nothing else.
  if (cursor.before && cursor.hasColon) return undefined;
  // A key has one value: none stands behind it, nor in front of it.
  const isMemberValue = !isKey && typeof path.at(-1) === 'string';
  const hasValue = cursor.before || (cursor.after && !isKeyNext(text, replace.end));
  if (!isMemberValue || !hasValue) return cursor;
  const last = nodeAt(analysis.document.root, path);
  if (last === undefined || !isBehind(last, replace.start, text)) return undefined;
  return complete(text, { offset, path: [...path.slice(0, -1), ''], isKey: true, replace, typed });
}

/** Whether a place is behind a value and not part of it: the next member can be written there. */
function isBehind({ range }: JsonNode, offset: number, text: string): boolean {
  return range.end < offset && text.slice(range.end, offset).trim() === '';
}

/** Whether a text with a colon follows: the next member, of which a half-typed one before it is not parted by a comma. */
function isKeyNext(text: string, offset: number): boolean {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  scanner.scan();
  return scanner.scan() === token.colon;
}

/** What the library says about a place; it reads all text before it, so it is given no more than the object around. */
function locate(text: string, root: JsonNode | undefined, offset: number): Omit<Location, 'matches'> {
  let around = nodeAtOffset(root, offset);
  while (around && !isObjectAround(around, offset)) around = around.parent;
  if (around?.parent === undefined) return getLocation(text, offset);
  const { start, end } = around.range;
  const { path, previousNode, isAtPropertyKey } = getLocation(text.slice(start, end), offset - start);
  return {
    path: [...pathOf(around), ...path],
    isAtPropertyKey,
    ...(previousNode ? { previousNode: { ...previousNode, offset: previousNode.offset + start } } : {}),
  };
}

function isObjectAround({ kind, range }: JsonNode, offset: number): boolean {
  return kind === 'object' && range.start < offset && offset < range.end;
}

interface StringPlace {
  readonly path: JSONPath;
  readonly isKey: boolean;
  readonly start: number;
  readonly end: number;
}

function inString(text: string, offset: number, { path, isKey, start, end }: StringPlace): Cursor {
  const isClosed = isClosedString(text, start, end) && !isWordAt(text, end);
  const contentEnd = isClosed ? end - 1 : wordEnd(text, offset);
  const replace = { start, end: isClosed ? end : contentEnd };
  const content = { start: start + 1, end: contentEnd };
  return complete(text, {
    offset,
    path,
    isKey,
    replace,
    typed: text.slice(start + 1, offset),
    string: { content, isClosed },
  });
}

function complete(text: string, cursor: Omit<Cursor, 'before' | 'after' | 'hasColon'>): Cursor {
  const next = tokenAfter(text, cursor.replace.end);
  const hasColon = cursor.isKey && next === token.colon;
  const needsAfter = !hasColon && !afterLast.includes(next);
  const needsBefore = followsItem(text, cursor.replace.start);
  return { ...cursor, hasColon, before: needsBefore ? ',' : '', after: needsAfter ? ',' : '' };
}

function tokenAfter(text: string, offset: number): number {
  const scanner = createScanner(text, true);
  scanner.setPosition(offset);
  return scanner.scan();
}

/** Whether an item stands right before, without a comma. */
function followsItem(text: string, offset: number): boolean {
  const before = text.slice(Math.max(0, offset - maxBlanks), offset).trimEnd();
  const line = before.slice(before.lastIndexOf('\n') + 1);
  const mayBeComment = line.includes('//') || line.endsWith('*/');
  if (!mayBeComment) return before !== '' && !/[{[,:]$/.test(before);
  const last = lastTokenBefore(text, offset);
  return last !== undefined && !beforeItem.includes(last);
}

function lastTokenBefore(text: string, offset: number): number | undefined {
  const scanner = createScanner(text.slice(0, offset), true);
  let last: number | undefined;
  for (let kind: number = scanner.scan(); kind !== token.end; kind = scanner.scan()) last = kind;
  return last;
}

/** Blanks between items that are looked through; nobody leaves more. */
const maxBlanks = 500;

/** Whether the cursor parts a backslash from what it escapes; `start` = of the text between the quotes. */
function isInEscape(text: string, start: number, offset: number): boolean {
  for (let at = text.indexOf('\\', start); at >= 0 && at < offset; ) {
    const end = at + (text[at + 1] === 'u' ? 6 : 2);
    if (offset < end) return true;
    at = text.indexOf('\\', end);
  }
  return false;
}

/** A string token that ends in a quote of its own; `"` and `"abc\"` do not. */
function isClosedString(text: string, start: number, end: number): boolean {
  if (end - start < 2 || text[end - 1] !== '"') return false;
  let escapes = 0;
  for (let at = end - 2; at > start && text[at] === '\\'; at--) escapes++;
  return escapes % 2 === 0;
}

const word = /[\p{L}\p{N}_./-]/u;

/** A word right behind a closing quote: the quote was meant to open the next text. */
function isWordAt(text: string, offset: number): boolean {
  return word.test(text[offset] ?? '');
}

function wordEnd(text: string, offset: number): number {
  let end = offset;
  while (isWordAt(text, end)) end++;
  return end;
}

function bareWordAt(text: string, offset: number): Range {
  let start = offset;
  while (start > 0 && isWordAt(text, start - 1)) start--;
  return { start, end: wordEnd(text, offset) };
}

/** `//` in a text is no comment: the scanner knows, and is asked only where there may be one. */
function isInComment(text: string, offset: number): boolean {
  const before = text.slice(0, offset);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (!line.includes('//') && !before.includes('/*')) return false;
  const scanner = createScanner(before, false);
  let last = 0;
  for (let kind: number = scanner.scan(); kind !== token.end; kind = scanner.scan()) last = kind;
  return last === token.lineComment || (last === token.blockComment && !before.endsWith('*/'));
}
