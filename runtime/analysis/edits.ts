/** The text edits that fixes are made of. */
import type { TextEdit } from './diagnostic.ts';
import type { SourceDocument } from './document.ts';
import type { JsonNode, ObjectNode, Range } from './json-node.ts';

/** Takes a range out. */
export function remove(range: Range): TextEdit {
  return { range, newText: '' };
}

/** Puts another value in the place of a value. */
export function replaceValue(node: JsonNode, value: unknown): TextEdit {
  return { range: node.range, newText: JSON.stringify(value) };
}

/** Gives a value another key. */
export function renameKey(node: JsonNode, key: string): TextEdit {
  return { range: node.keyRange ?? node.range, newText: JSON.stringify(key) };
}

/** Takes a key and its value (or a list item) out, with the comma that goes with it. */
export function removeEntry(node: JsonNode): TextEdit {
  const own = { start: (node.keyRange ?? node.range).start, end: node.range.end };
  const siblings = node.parent?.entries ?? [];
  const index = siblings.indexOf(node);
  const next = siblings[index + 1];
  if (next) return remove({ start: own.start, end: (next.keyRange ?? next.range).start });
  const previous = siblings[index - 1];
  if (previous) return remove({ start: previous.range.end, end: own.end });
  // Alone: up to the closing bracket, because a comma may stand before it, which means nothing without an entry.
  const inside = (node.parent?.range.end ?? 0) - 1;
  return remove({ start: own.start, end: Math.max(own.end, inside) });
}

/** Puts a key first in an object, in the object's own layout (one line or indented). */
export function insertFirst(
  document: SourceDocument,
  object: ObjectNode,
  key: string,
  value: unknown,
): TextEdit {
  const at = object.range.start + 1;
  const first = object.entries[0];
  const member = `${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  if (first === undefined) return { range: { start: at, end: at }, newText: ` ${member} ` };
  const gap = document.text.slice(at, (first.keyRange ?? first.range).start);
  // Only blanks are repeated: a comment before the first key stays where it is, once.
  const blanks = /^\s*$/.test(gap) ? gap : ' ';
  return { range: { start: at, end: at }, newText: `${blanks}${member},` };
}

/** Puts an item last in a list. */
export function appendItem(list: JsonNode & { readonly kind: 'array' }, value: unknown): TextEdit {
  const last = list.entries.at(-1);
  const at = last ? last.range.end : list.range.start + 1;
  const text = JSON.stringify(value);
  return { range: { start: at, end: at }, newText: last ? `, ${text}` : text };
}
