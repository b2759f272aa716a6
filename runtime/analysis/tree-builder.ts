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

/**
 * Thrown where the nesting first passes `maxDepth`: the reader recurses once per level, and nothing but this ends it
 * before the stack does.
 */
export class TooDeep extends Error {
  readonly offset: number;

  constructor(offset: number) {
    super('nested too deeply');
    this.offset = offset;
  }
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

  readonly #maxDepth: number;

  /** `end` is the length of the text: the reader runs past it after an unclosed text. */
  constructor(end: number, maxDepth: number) {
    this.#end = end;
    this.#maxDepth = maxDepth;
  }

  /** The callbacks for jsonc-parser's `visit`. */
  readonly visitor: JSONVisitor = {
    onObjectBegin: offset => {
      const range = { start: offset, end: offset };
      const entries: JsonNode[] = [];
      const members = new Map<string, JsonNode>();
      const node: ObjectNode = { ...this.#place(range), kind: 'object', entries, members };
      this.#add(node);
      this.#open({ node, range, entries, members });
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
      const node: ArrayNode = { ...this.#place(range), kind: 'array', entries };
      this.#add(node);
      this.#open({ node, range, entries });
    },
    onArrayEnd: (offset, length) => this.#endContainer(offset + length),
    onLiteralValue: (value: unknown, offset, length) => {
      const range = { start: offset, end: Math.min(offset + length, this.#end) };
      const place = this.#place(range);
      if (typeof value === 'string') this.#add({ ...place, kind: 'string', value });
      else if (typeof value === 'number') this.#add({ ...place, kind: 'number', value });
      else if (typeof value === 'boolean') this.#add({ ...place, kind: 'boolean', value });
      else this.#add({ ...place, kind: 'null' });
    },
  };

  /** The root, with containers that were never closed reaching to the end. */
  finish(): JsonNode | undefined {
    while (this.#stack.length > 0) this.#close(this.#end);
    return this.#root;
  }

  /** Callers spread it first: engines copy an object faster into an empty one. */
  #place(range: Range): Pick<JsonNode, 'range' | 'parent' | 'key' | 'keyRange'> {
    const top = this.#stack.at(-1);
    if (top === undefined) return { range };
    if (!('members' in top)) return { range, parent: top.node, key: top.entries.length };
    if (top.property === undefined) return { range, parent: top.node };
    const { key, keyRange } = top.property;
    return { range, parent: top.node, key, keyRange };
  }

  #open(container: Open): void {
    this.#stack.push(container);
    if (this.#stack.length > this.#maxDepth) throw new TooDeep(container.range.start);
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
