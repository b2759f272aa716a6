/** How values, types and lists read in messages. */
import type { Shape, ShapeTable } from '../spec/shape.ts';
import type { JsonNode } from './json-node.ts';

/** Longest piece of the user's own text that a message repeats. */
const maxQuoted = 60;

/** The user's own text in quotes: one line, shortened, nothing in it that a terminal or a reader could mistake. */
export function quote(text: string): string {
  const short = text.length > maxQuoted ? `${text.slice(0, maxQuoted)}…` : text;
  return escapeControls(JSON.stringify(short));
}

/** C0, DEL and C1 controls, and what turns the writing direction: shown as escapes. */
const controls = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Makes a line of foreign text safe to print: controls and direction marks as `\uXXXX`. */
export function escapeControls(text: string): string {
  return text.replace(controls, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** "a, b or c", each quoted. */
export function anyOf(names: readonly string[], limit = 12): string {
  const shown = names.slice(0, limit).map(quote);
  if (names.length > limit) return `${shown.join(', ')} or ${names.length - limit} more`;
  const last = shown.pop() ?? '';
  return shown.length === 0 ? last : `${shown.join(', ')} or ${last}`;
}

/** What a value is, for "but is …". */
export function describeValue(node: JsonNode): string {
  switch (node.kind) {
    case 'string':
      return `the text ${quote(node.value)}`;
    case 'number':
    case 'boolean':
      return String(node.value);
    case 'null':
      return 'null';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
  }
}

/** What a shape asks for, for "must be …". */
export function describeShape(shape: Shape, table: ShapeTable): string {
  switch (shape.kind) {
    case 'any':
      return 'any value';
    case 'ref':
      return describeShape(table[shape.name] ?? { kind: 'any' }, table);
    case 'boolean':
      return shape.only === undefined ? 'true or false' : String(shape.only);
    case 'string':
      return shape.values ? anyOf(shape.values) : 'a text';
    case 'number':
      return describeNumber(shape);
    case 'array':
      return shape.label ?? `a list, each item ${describeShape(shape.items, table)}`;
    case 'object':
      return shape.label;
    case 'map':
      return shape.label === 'a map'
        ? `an object, each value ${describeShape(shape.values, table)}`
        : shape.label;
    case 'union':
      return shape.label ?? shape.of.map(option => describeShape(option, table)).join(', or ');
  }
}

function describeNumber(shape: Extract<Shape, { kind: 'number' }>): string {
  const what = shape.isInteger ? 'a whole number' : 'a number';
  if (shape.min === undefined) return what;
  if (shape.isMinExclusive) return `${what} greater than ${shape.min}`;
  return shape.max === undefined
    ? `${what}, at least ${shape.min}`
    : `${what} from ${shape.min} to ${shape.max}`;
}
