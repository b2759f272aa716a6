/** Builds the node tree from the callbacks of the JSON reader, also over texts that are broken or half written. */
import type { JSONVisitor } from 'jsonc-parser';
import type { ArrayNode, JsonNode, ObjectNode, Range } from './json-node.ts';

/** A container while it is read: the builder alone may still change it. */
type Open = OpenObject | OpenArray;
interface OpenRange {
  start: number;
  end: number;
}
interface OpenObject {
  readonly node: ObjectNode;
  readonly range: OpenRange;
  readonly entries: JsonNode[];
  readonly members: Map<string, JsonNode>;
  property?: { readonly key: string; readonly keyRange: Range };
}
interface OpenArray {
  readonly node: ArrayNode;
  readonly range: OpenRange;
  readonly entries: JsonNode[];
}

/** Collects one document; use once. */
export class TreeBuilder {
  readonly #stack: Open[] = [];
  #root: JsonNode | undefined;
  /** The last separator, if it is a comma that no value has followed yet. */
  #comma: Range | undefined;

  /** Commas before a closing brace or bracket. */
  readonly trailingCommas: Range[] = [];

  readonly #end: number;

  /** `end` is the length of the text: the reader runs past it after an unclosed text. */
  constructor(end: number) {
    this.#end = end;
  }

  /** The callbacks for jsonc-parser's `visit`. */
  readonly visitor: JSONVisitor = {
    onObjectBegin: offset => {
      const range = { start: offset, end: offset };
      const entries: JsonNode[] = [];
      const members = new Map<string, JsonNode>();
      const node: ObjectNode = { kind: 'object', range, ...this.#place(), entries, members };
      this.#add(node);
      this.#stack.push({ node, range, entries, members });
    },
    onObjectProperty: (key, offset, length) => {
      const top = this.#stack.at(-1);
      this.#comma = undefined;
      if (top && 'members' in top)
        top.property = { key, keyRange: { start: offset, end: Math.min(offset + length, this.#end) } };
    },
    onObjectEnd: (offset, length) => this.#endContainer(offset + length),
    onSeparator: (separator, offset, length) => {
      this.#comma = separator === ',' ? { start: offset, end: offset + length } : undefined;
    },
    onArrayBegin: offset => {
      const range = { start: offset, end: offset };
      const entries: JsonNode[] = [];
      const node: ArrayNode = { kind: 'array', range, ...this.#place(), entries };
      this.#add(node);
      this.#stack.push({ node, range, entries });
    },
    onArrayEnd: (offset, length) => this.#endContainer(offset + length),
    onLiteralValue: (value: unknown, offset, length) => {
      const range = { start: offset, end: Math.min(offset + length, this.#end) };
      const place = { range, ...this.#place() };
      if (typeof value === 'string') this.#add({ kind: 'string', value, ...place });
      else if (typeof value === 'number') this.#add({ kind: 'number', value, ...place });
      else if (typeof value === 'boolean') this.#add({ kind: 'boolean', value, ...place });
      else this.#add({ kind: 'null', ...place });
    },
  };

  /** The root, with containers that were never closed reaching to the end. */
  finish(): JsonNode | undefined {
    while (this.#stack.length > 0) this.#close(this.#end);
    return this.#root;
  }

  #place(): Pick<JsonNode, 'parent' | 'key' | 'keyRange'> {
    const top = this.#stack.at(-1);
    if (top === undefined) return {};
    if (!('members' in top)) return { parent: top.node, key: top.entries.length };
    return { parent: top.node, ...top.property };
  }

  #add(node: JsonNode): void {
    this.#comma = undefined;
    const top = this.#stack.at(-1);
    if (top === undefined) {
      this.#root ??= node;
      return;
    }
    if ('members' in top) {
      // A value without a key stands in broken text only; it belongs nowhere.
      if (top.property === undefined) return;
      top.members.set(top.property.key, node);
      delete top.property;
    }
    top.entries.push(node);
  }

  #endContainer(end: number): void {
    if (this.#comma) this.trailingCommas.push(this.#comma);
    this.#comma = undefined;
    this.#close(end);
  }

  #close(end: number): void {
    const top = this.#stack.pop();
    if (top) top.range.end = Math.min(end, this.#end);
  }
}
