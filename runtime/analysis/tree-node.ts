/** What the nodes of a JSON text are made of. Only readers make and change them; everybody else sees `JsonNode`. */
import type { ArrayNode, JsonNode, ObjectNode, Range } from './json-node.ts';

/** Objects with more values are looked into by a map; in smaller ones it is faster to look at every key. */
const manyEntries = 12;

/**
 * A node while its text is read. One class for all kinds, with its places as plain numbers: a file of 5,000 lines has
 * 12,000 nodes and is read after every key press, and engines are fast with what is small and has one form.
 */
export class TreeNode {
  readonly kind: JsonNode['kind'];
  readonly start: number;
  end: number;
  keyStart = -1;
  keyEnd = -1;
  parent: ObjectNode | ArrayNode | undefined;
  key: string | number | undefined;
  /** Of texts, numbers, true and false. */
  value: unknown;
  /** Of objects and arrays. */
  entries: JsonNode[] | undefined;
  #members: ReadonlyMap<string, JsonNode> | undefined;

  constructor(kind: JsonNode['kind'], start: number, end: number) {
    this.kind = kind;
    this.start = start;
    this.end = end;
    this.parent = undefined;
    this.key = undefined;
    this.value = undefined;
    this.entries = kind === 'object' || kind === 'array' ? [] : undefined;
    this.#members = undefined;
  }

  get range(): Range {
    return { start: this.start, end: this.end };
  }

  get keyRange(): Range | undefined {
    return this.keyStart < 0 ? undefined : { start: this.keyStart, end: this.keyEnd };
  }

  get members(): ReadonlyMap<string, JsonNode> {
    this.#members ??= new Map((this.entries ?? []).map(entry => [String(entry.key), entry]));
    return this.#members;
  }

  member(key: string): JsonNode | undefined {
    const { entries = [] } = this;
    if (entries.length > manyEntries) return this.members.get(key);
    for (let index = entries.length - 1; index >= 0; index--) {
      const entry = entries[index];
      if (entry?.key === key) return entry;
    }
    return undefined;
  }

  /** The node as everybody else sees it. */
  get asNode(): JsonNode {
    // The readers set `value` or `entries` as the kind of node has them.
    return this as unknown as JsonNode;
  }

  /** Takes a value in; objects with its key. */
  add(child: TreeNode): void {
    // Only objects and arrays are ever given values.
    child.parent = this as unknown as ObjectNode | ArrayNode;
    this.entries?.push(child.asNode);
  }
}
