/**
 * A list of fixed length whose updates share structure: changing one entry of 1,000 copies two arrays of about 32, not
 * one of 1,000. The state of a run uses it for phases and workers, so applying an event costs the same in a run of
 * any size, while every earlier state stays valid.
 */
export class ChunkedList<T> implements Iterable<T> {
  readonly length: number;
  readonly #chunks: readonly (readonly T[])[];

  private constructor(chunks: readonly (readonly T[])[], length: number) {
    this.#chunks = chunks;
    this.length = length;
  }

  /** Makes a list of these entries, in this order. */
  static of<T>(items: readonly T[]): ChunkedList<T> {
    const chunks: T[][] = [];
    for (let start = 0; start < items.length; start += CHUNK) chunks.push(items.slice(start, start + CHUNK));
    return new ChunkedList(chunks, items.length);
  }

  /** The entry at an index. An index outside of the list is a bug and throws. */
  at(index: number): T {
    const chunk = this.#chunks[index >> CHUNK_BITS];
    if (chunk === undefined || index < 0 || index >= this.length) {
      throw new RangeError(`index ${index} is outside of a list of ${this.length}`);
    }
    // The bounds were checked above; T itself may include undefined, so a check of the entry would say nothing.
    return chunk[index & (CHUNK - 1)] as T;
  }

  /** This list with one entry replaced; the list itself if the entry is the same. */
  with(index: number, item: T): ChunkedList<T> {
    if (this.at(index) === item) return this;
    const which = index >> CHUNK_BITS;
    const chunk = (this.#chunks[which] ?? []).with(index & (CHUNK - 1), item);
    return new ChunkedList(this.#chunks.with(which, chunk), this.length);
  }

  /** This list with every entry mapped; the list itself if none changed. */
  map(change: (item: T, index: number) => T): ChunkedList<T> {
    let index = 0;
    let isChanged = false;
    const items: T[] = [];
    for (const item of this) {
      const changed = change(item, index++);
      isChanged ||= changed !== item;
      items.push(changed);
    }
    return isChanged ? ChunkedList.of(items) : this;
  }

  *[Symbol.iterator](): Iterator<T> {
    for (const chunk of this.#chunks) yield* chunk;
  }
}

/** 32 entries a chunk: near the square root of 1,000, the largest number of workers of a phase (spec §5). */
const CHUNK_BITS = 5;
const CHUNK = 1 << CHUNK_BITS;
