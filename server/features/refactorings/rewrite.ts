/** Pieces of new JSON text that look like the text around them. */
import type { TextEdit } from '../../../runtime/analysis/diagnostic.ts';
import type { SourceDocument } from '../../../runtime/analysis/document.ts';
import type { JsonNode, ObjectNode } from '../../../runtime/analysis/json-node.ts';
import { connectorShape } from '../../../runtime/spec/generated/connector-shape.ts';

/** How a file is laid out. */
export interface Style {
  /** One step of indentation. */
  readonly unit: string;
  readonly eol: string;
}

/** Values longer than this take several lines. */
const maxInline = 80;

/** Reads the style from the first indented line; two blanks without one. */
export function styleOf({ text }: SourceDocument): Style {
  const unit = /^[ \t]+(?=\S)/m.exec(text)?.[0] ?? '  ';
  return { unit, eol: text.includes('\r\n') ? '\r\n' : '\n' };
}

/** The blanks before the first character of the line that holds the offset. */
export function indentAt({ text }: SourceDocument, offset: number): string {
  const start = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** The text of a key with its value, or of a list's item, at another indentation than its own. */
export function entryText(document: SourceDocument, node: JsonNode, indent: string): string {
  const start = (node.keyRange ?? node.range).start;
  return reindent(document, document.text.slice(start, node.range.end), indentAt(document, start), indent);
}

/** The text of a value at another indentation than its own. */
export function valueText(document: SourceDocument, node: JsonNode, indent: string): string {
  const { start, end } = node.range;
  return reindent(document, document.text.slice(start, end), indentAt(document, start), indent);
}

/** JSON strings hold no line breaks, so that every line of a value may be moved. */
function reindent(document: SourceDocument, text: string, from: string, to: string): string {
  const { eol } = styleOf(document);
  const lines = text.split(/\r\n|\n|\r/);
  return lines
    .map((line, index) => {
      if (index === 0) return line;
      return to + (line.startsWith(from) ? line.slice(from.length) : line.trimStart());
    })
    .join(eol);
}

/** An object or list out of the texts of its entries: on one line if that is short, else one entry per line. */
export function containerText(
  brackets: '{}' | '[]',
  entries: readonly string[],
  { unit, eol }: Style,
  indent: string,
): string {
  const [open, close] = [brackets.charAt(0), brackets.charAt(1)];
  if (entries.length === 0) return brackets;
  const inline = brackets === '{}' ? `{ ${entries.join(', ')} }` : `[${entries.join(', ')}]`;
  if (inline.length <= maxInline && !/[\n\r]/.test(inline)) return inline;
  const inner = `${eol}${indent}${unit}`;
  return `${open}${inner}${entries.join(`,${inner}`)}${eol}${indent}${close}`;
}

/** Puts `key: text` into an object, after the keys that come before it in the schema; unknown keys go last. */
export function insertEntry(
  document: SourceDocument,
  object: ObjectNode,
  entry: { readonly key: string; readonly text: string },
  shapeName: string,
): TextEdit {
  const member = `${JSON.stringify(entry.key)}: ${entry.text}`;
  const order = keysOf(shapeName);
  const rank = (key: string) => (order.includes(key) ? order.indexOf(key) : order.length);
  const before = object.entries.filter(({ key }) => rank(String(key)) <= rank(entry.key)).at(-1);
  if (before) return insertAt(before.range.end, `,${gapBefore(document, before)}${member}`);
  const at = object.range.start + 1;
  const first = object.entries[0];
  return insertAt(at, first ? `${gapBefore(document, first)}${member},` : ` ${member} `);
}

/** The blanks between an entry and what stands before it. */
export function gapBefore({ text }: SourceDocument, entry: JsonNode): string {
  const start = (entry.keyRange ?? entry.range).start;
  const blanks = /[ \t\r\n]*$/.exec(text.slice(Math.max(0, start - 1000), start))?.[0];
  return blanks || ' ';
}

/** The indentation of the entries of an object. */
export function innerIndent(document: SourceDocument, object: ObjectNode): string {
  const first = object.entries[0];
  if (first) return indentAt(document, (first.keyRange ?? first.range).start);
  return indentAt(document, object.range.start) + styleOf(document).unit;
}

/** Whether there are comments in a value: rewriting it would lose them. */
export function hasComments({ comments }: SourceDocument, { range }: JsonNode): boolean {
  return comments.some(({ start, end }) => range.start <= start && end <= range.end);
}

function keysOf(shapeName: string): readonly string[] {
  const shape = connectorShape[shapeName];
  return shape?.kind === 'object' ? Object.keys(shape.keys) : [];
}

function insertAt(offset: number, newText: string): TextEdit {
  return { range: { start: offset, end: offset }, newText };
}
