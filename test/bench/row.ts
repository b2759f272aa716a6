/** One line of the table in docs/benchmarks.md. */
export interface BenchRow {
  /** What was measured. */
  readonly name: string;
  /** Median of `runs`. */
  readonly value: number;
  readonly unit: string;
  /** The same measure of the baseline, taken in the same run. */
  readonly baseline?: number;
  /** value / baseline, or baseline / value where more is better: as the goal reads it. */
  readonly ratio?: number;
  /** The goal in words, e.g. `≤ 1.25 × raw git`. */
  readonly goal?: string;
  /** Whether the goal is met; absent = there is none. */
  readonly isMet?: boolean;
  /** Raw numbers of every run, in `unit`. */
  readonly runs: readonly number[];
}

/** The middle of a list of numbers (mean of the two middle ones for an even count). */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const low = sorted[Math.ceil(middle) - 1] ?? Number.NaN;
  const high = sorted[Math.floor(middle)] ?? Number.NaN;
  return (low + high) / 2;
}
