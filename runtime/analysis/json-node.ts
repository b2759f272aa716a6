/** The values of a JSON text with their places: what rules look at and diagnostics point to. */
import type { JsonPath } from '../spec/workflow.ts';

/** Part of a text: offsets in UTF-16 code units, `end` exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A JSON value with its place in the text. */
export type JsonNode = ObjectNode | ArrayNode | StringNode | NumberNode | BooleanNode | NullNode;

interface NodePlace {
  readonly range: Range;
  /** What it stands in; absent for the root. */
  readonly parent: ObjectNode | ArrayNode | undefined;
  /** Its key or index in the parent. */
  readonly key: string | number | undefined;
  /** The key with its quotes, for a value in an object. */
  readonly keyRange: Range | undefined;
}

/** An object; of duplicate keys the last one counts, as in JSON.parse. */
export interface ObjectNode extends NodePlace {
  readonly kind: 'object';
  /** All values in file order, duplicates included. */
  readonly entries: readonly JsonNode[];
  readonly members: ReadonlyMap<string, JsonNode>;
  /** The value under a key. */
  member(key: string): JsonNode | undefined;
}

/** An array. */
export interface ArrayNode extends NodePlace {
  readonly kind: 'array';
  readonly entries: readonly JsonNode[];
}

/** A text. */
export interface StringNode extends NodePlace {
  readonly kind: 'string';
  readonly value: string;
}

/** A number. */
export interface NumberNode extends NodePlace {
  readonly kind: 'number';
  readonly value: number;
}

/** true or false. */
export interface BooleanNode extends NodePlace {
  readonly kind: 'boolean';
  readonly value: boolean;
}

/** null. */
export interface NullNode extends NodePlace {
  readonly kind: 'null';
}

/** The value under a key, if `node` is an object that has it. */
export function member(node: JsonNode | undefined, key: string): JsonNode | undefined {
  return node?.kind === 'object' ? node.member(key) : undefined;
}

/** The values of an array; none for anything else. */
export function elements(node: JsonNode | undefined): readonly JsonNode[] {
  return node?.kind === 'array' ? node.entries : [];
}

/** The keys and values of an object, of duplicates the last; none for anything else. */
export function membersOf(node: JsonNode | undefined): readonly (readonly [string, JsonNode])[] {
  return node?.kind === 'object' ? [...node.members] : [];
}

/** The text of a string node. */
export function textOf(node: JsonNode | undefined): string | undefined {
  return node?.kind === 'string' ? node.value : undefined;
}

/** The value of a number node. */
export function numberOf(node: JsonNode | undefined): number | undefined {
  return node?.kind === 'number' ? node.value : undefined;
}

/** The value of a boolean node. */
export function booleanOf(node: JsonNode | undefined): boolean | undefined {
  return node?.kind === 'boolean' ? node.value : undefined;
}

/** The strings of an array, others left out; none for anything else. */
export function textsOf(node: JsonNode | undefined): readonly string[] {
  return elements(node).flatMap(item => (item.kind === 'string' ? [item.value] : []));
}

/** Keys and indexes from the root to the node. */
export function pathOf(node: JsonNode): JsonPath {
  const path: (string | number)[] = [];
  for (let at: JsonNode | undefined = node; at !== undefined; at = at.parent) {
    if (at.key !== undefined) path.push(at.key);
  }
  return path.reverse();
}

/** The node at a path, if there is one. */
export function nodeAt(root: JsonNode | undefined, path: JsonPath): JsonNode | undefined {
  return path.reduce<JsonNode | undefined>(
    (node, key) => (typeof key === 'number' ? elements(node)[key] : member(node, key)),
    root,
  );
}

/** The plain JSON value of a node. */
export function jsonValueOf(node: JsonNode): unknown {
  switch (node.kind) {
    case 'object':
      return Object.fromEntries([...node.members].map(([key, value]) => [key, jsonValueOf(value)]));
    case 'array':
      return node.entries.map(jsonValueOf);
    case 'null':
      return null;
    default:
      return node.value;
  }
}
