/** Finds what is new on a screen: lines by their words, each new once. What only counts, turns and blinks is never new. */
export class ScreenNews {
  readonly #seen = new Set<string>();

  /** Whether there is a line whose words were not there before. */
  isIn(lines: readonly string[]): boolean {
    const before = this.#seen.size;
    for (const line of lines) this.#seen.add(line.replace(/[^\p{L}]+/gu, ' ').trim());
    return this.#seen.size > before;
  }
}
