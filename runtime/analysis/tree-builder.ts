/** Builds the node tree from the callbacks of the JSON reader, also over texts that are broken or half written. */
import type { JSONVisitor } from 'jsonc-parser';
import type { JsonNode, Range } from './json-node.ts';
import { TreeNode } from './tree-node.ts';

/** A container while it is read, with the key that its next value gets. */
interface Open {
  readonly node: TreeNode;
  property?: { readonly key: string; readonly start: number; readonly end: number };
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
    onObjectBegin: offset => this.#open(new TreeNode('object', offset, offset)),
    onObjectProperty: (key, offset, length) => {
      const top = this.#stack.at(-1);
      this.#comma = undefined;
      if (top?.node.kind === 'object')
        top.property = { key, start: offset, end: Math.min(offset + length, this.#end) };
    },
    onObjectEnd: (offset, length) => this.#endContainer(offset + length),
    onSeparator: (separator, offset, length) => {
      this.#comma = separator === ',' ? { start: offset, end: offset + length } : undefined;
    },
    onArrayBegin: offset => this.#open(new TreeNode('array', offset, offset)),
    onArrayEnd: (offset, length) => this.#endContainer(offset + length),
    onLiteralValue: (value: unknown, offset, length) => {
      const node = new TreeNode(kindOf(value), offset, Math.min(offset + length, this.#end));
      node.value = value ?? undefined;
      this.#add(node);
    },
  };

  /** The root, with containers that were never closed reaching to the end. */
  finish(): JsonNode | undefined {
    while (this.#stack.length > 0) this.#close(this.#end);
    return this.#root;
  }

  #open(node: TreeNode): void {
    this.#add(node);
    this.#stack.push({ node });
    if (this.#stack.length > this.#maxDepth) throw new TooDeep(node.start);
  }

  #add(node: TreeNode): void {
    this.#comma = undefined;
    const top = this.#stack.at(-1);
    if (top === undefined) {
      this.#root ??= node.asNode;
      return;
    }
    if (top.node.kind === 'array') {
      node.key = top.node.entries?.length;
      top.node.add(node);
      return;
    }
    // A value without a key stands in broken text only; it belongs nowhere.
    if (top.property === undefined) return;
    node.key = top.property.key;
    node.keyStart = top.property.start;
    node.keyEnd = top.property.end;
    delete top.property;
    top.node.add(node);
  }

  #endContainer(end: number): void {
    if (this.#comma) this.trailingCommas.push(this.#comma);
    this.#comma = undefined;
    this.#close(end);
  }

  #close(end: number): void {
    const top = this.#stack.pop();
    if (top) top.node.end = Math.min(end, this.#end);
  }
}

function kindOf(literal: unknown): 'string' | 'number' | 'boolean' | 'null' {
  const type = typeof literal;
  return type === 'string' || type === 'number' || type === 'boolean' ? type : 'null';
}
