const MIN_RING_BYTES = 16 * 1024;

/** Most memory one session's recent output takes. */
export const MAX_RING_BYTES = 1024 * 1024;

/**
 * The recent output of a session, addressed by logical offset (bytes since the start).
 *
 * A ring that costs nothing while a session is quiet: it is allocated with the first byte, grows only while a
 * reader is behind, and is given back by `release` (older output is then read from the recording).
 */
export class OutputLog {
  #ring: Buffer | null = null;
  #start = 0;
  #end = 0;

  /** Offset of the oldest byte in memory. */
  get start(): number {
    return this.#start;
  }

  /** Offset after the last byte. */
  get end(): number {
    return this.#end;
  }

  /** Bytes of memory in use. */
  get allocatedBytes(): number {
    return this.#ring?.length ?? 0;
  }

  /**
   * Adds output. The ring grows, up to MAX_RING_BYTES, rather than overwrite what lies at or after `keepFrom`.
   * `bytes` may be at most MAX_RING_BYTES long; it is copied.
   */
  append(bytes: Uint8Array, keepFrom: number): void {
    const ring = this.#roomFor(bytes.length, Math.max(keepFrom, this.#start));
    const at = this.#end % ring.length;
    const first = Math.min(bytes.length, ring.length - at);
    ring.set(first === bytes.length ? bytes : bytes.subarray(0, first), at);
    if (first < bytes.length) ring.set(bytes.subarray(first), 0);
    this.#end += bytes.length;
    this.#start = Math.max(this.#start, this.#end - ring.length);
  }

  /**
   * Copies output from offset `from` into `target` at `at`, at most `maxBytes`; returns how many bytes.
   * `from` must not be before `start`.
   */
  copy(from: number, target: Buffer, at: number, maxBytes: number): number {
    const ring = this.#ring;
    if (ring === null || from < this.#start) return 0;
    const count = Math.min(maxBytes, this.#end - from, target.length - at);
    if (count <= 0) return 0;
    const position = from % ring.length;
    const first = Math.min(count, ring.length - position);
    ring.copy(target, at, position, position + first);
    if (first < count) ring.copy(target, at + first, 0, count - first);
    return count;
  }

  /** Gives the memory back; what was in it can no longer be copied from here. */
  release(): void {
    this.#ring = null;
    this.#start = this.#end;
  }

  #roomFor(count: number, keepFrom: number): Buffer {
    const wanted = Math.max(count, this.#end + count - keepFrom);
    let size = Math.max(this.allocatedBytes, MIN_RING_BYTES);
    while (size < wanted && size < MAX_RING_BYTES) size *= 2;
    if (this.#ring?.length === size) return this.#ring;
    const grown = Buffer.allocUnsafeSlow(size);
    this.#moveInto(grown);
    this.#ring = grown;
    return grown;
  }

  #moveInto(grown: Buffer): void {
    const ring = this.#ring;
    if (ring === null) return;
    for (let offset = this.#start; offset < this.#end; ) {
      const from = offset % ring.length;
      const to = offset % grown.length;
      const count = Math.min(this.#end - offset, ring.length - from, grown.length - to);
      ring.copy(grown, to, from, from + count);
      offset += count;
    }
  }
}
