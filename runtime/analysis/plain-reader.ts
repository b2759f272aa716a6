/** Reads plain JSON, which connector files nearly always are, much faster than a reader that forgives. */
import type { JsonNode } from './json-node.ts';
import { TreeNode } from './tree-node.ts';

/**
 * The value of a text that is JSON to the letter. Undefined for every other text: with comments, mistakes, or deeper than
 * `maxDepth`; the tolerant reader has to say what is the matter with it.
 */
export function readPlainJson(text: string, maxDepth: number): JsonNode | undefined {
  return new PlainReader(text, maxDepth).read();
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

class PlainReader {
  readonly #text: string;
  readonly #maxDepth: number;
  #at: number;

  constructor(text: string, maxDepth: number) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    // Behind a byte order mark.
    this.#at = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  }

  read(): JsonNode | undefined {
    this.#skipBlanks();
    const root = this.#value(0);
    this.#skipBlanks();
    return this.#at === this.#text.length ? root?.asNode : undefined;
  }

  #value(depth: number): TreeNode | undefined {
    const code = this.#text.charCodeAt(this.#at);
    if (code === quote) return this.#string();
    if (code === openBrace) return this.#container('object', closeBrace, depth);
    if (code === openBracket) return this.#container('array', closeBracket, depth);
    return (
      this.#number() ??
      this.#word('true', 'boolean') ??
      this.#word('false', 'boolean') ??
      this.#word('null', 'null')
    );
  }

  #container(kind: 'object' | 'array', close: number, depth: number): TreeNode | undefined {
    if (depth >= this.#maxDepth) return undefined;
    const node = new TreeNode(kind, this.#at, 0);
    this.#at++;
    this.#skipBlanks();
    if (this.#take(close)) return this.#ended(node);
    for (let index = 0; ; index++) {
      const entry = kind === 'object' ? this.#member(depth) : this.#item(index, depth);
      if (entry === undefined) return undefined;
      node.add(entry);
      this.#skipBlanks();
      if (this.#take(close)) return this.#ended(node);
      if (!this.#take(comma)) return undefined;
      this.#skipBlanks();
    }
  }

  #ended(node: TreeNode): TreeNode {
    node.end = this.#at;
    return node;
  }

  #item(index: number, depth: number): TreeNode | undefined {
    const node = this.#value(depth + 1);
    if (node) node.key = index;
    return node;
  }

  #member(depth: number): TreeNode | undefined {
    const keyStart = this.#at;
    const key = this.#text.charCodeAt(keyStart) === quote ? this.#characters() : undefined;
    const keyEnd = this.#at;
    if (key === undefined) return undefined;
    this.#skipBlanks();
    if (!this.#take(colon)) return undefined;
    this.#skipBlanks();
    const node = this.#value(depth + 1);
    if (node === undefined) return undefined;
    node.key = key;
    node.keyStart = keyStart;
    node.keyEnd = keyEnd;
    return node;
  }

  #string(): TreeNode | undefined {
    const start = this.#at;
    const value = this.#characters();
    return value === undefined ? undefined : leaf('string', start, this.#at, value);
  }

  /** What a string holds; goes behind its closing quote. */
  #characters(): string | undefined {
    const start = this.#at + 1;
    let end = endOfPlain(this.#text, start);
    let isPlain = true;
    // What stands behind a backslash is checked by `unescaped`.
    while (this.#text.charCodeAt(end) === backslash) {
      isPlain = false;
      end = endOfPlain(this.#text, end + 2);
    }
    if (this.#text.charCodeAt(end) !== quote) return undefined;
    this.#at = end + 1;
    return isPlain ? this.#text.slice(start, end) : unescaped(this.#text.slice(start - 1, end + 1));
  }

  #number(): TreeNode | undefined {
    const start = this.#at;
    number.lastIndex = start;
    if (!number.test(this.#text)) return undefined;
    this.#at = number.lastIndex;
    return leaf('number', start, this.#at, Number(this.#text.slice(start, this.#at)));
  }

  #word(word: 'true' | 'false' | 'null', kind: 'boolean' | 'null'): TreeNode | undefined {
    if (!this.#text.startsWith(word, this.#at)) return undefined;
    const start = this.#at;
    this.#at += word.length;
    return leaf(kind, start, this.#at, kind === 'null' ? undefined : word === 'true');
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #skipBlanks(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** All that may stand in a string as it is. A pattern, because engines run it much faster than a loop. */
const plainCharacters = /[^"\\\u0000-\u001f]*/y;

function endOfPlain(text: string, start: number): number {
  // Beyond the end of the text, where nothing is found.
  plainCharacters.lastIndex = Math.min(start, text.length);
  plainCharacters.test(text);
  return plainCharacters.lastIndex;
}

function unescaped(source: string): string | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function leaf(kind: JsonNode['kind'], start: number, end: number, value: unknown): TreeNode {
  const node = new TreeNode(kind, start, end);
  node.value = value;
  return node;
}
