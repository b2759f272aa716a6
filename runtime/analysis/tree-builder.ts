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
      if (top && 'members' in top) top.property = { key, keyRange: { start: offset, end: offset + length } };
    },
    onObjectEnd: (offset, length) => this.#close(offset + length),
    onArrayBegin: offset => {
      const range = { start: offset, end: offset };
      const entries: JsonNode[] = [];
      const node: ArrayNode = { kind: 'array', range, ...this.#place(), entries };
      this.#add(node);
      this.#stack.push({ node, range, entries });
    },
    onArrayEnd: (offset, length) => this.#close(offset + length),
    onLiteralValue: (value: unknown, offset, length) => {
      const place = { range: { start: offset, end: offset + length }, ...this.#place() };
      if (typeof value === 'string') this.#add({ kind: 'string', value, ...place });
      else if (typeof value === 'number') this.#add({ kind: 'number', value, ...place });
      else if (typeof value === 'boolean') this.#add({ kind: 'boolean', value, ...place });
      else this.#add({ kind: 'null', ...place });
    },
  };

  /** The root, with containers that were never closed reaching to `end`. */
  finish(end: number): JsonNode | undefined {
    while (this.#stack.length > 0) this.#close(end);
    return this.#root;
  }

  #place(): Pick<JsonNode, 'parent' | 'key' | 'keyRange'> {
    const top = this.#stack.at(-1);
    if (top === undefined) return {};
    if (!('members' in top)) return { parent: top.node, key: top.entries.length };
    return { parent: top.node, ...top.property };
  }

  #add(node: JsonNode): void {
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

  #close(end: number): void {
    const top = this.#stack.pop();
    if (top) top.range.end = end;
  }
}
