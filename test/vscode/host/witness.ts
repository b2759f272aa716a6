/** What the suites in the extension host tell the lane outside, through a file. */
import { readFileSync, writeFileSync } from 'node:fs';

/** How the tests of a run ended. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Says, inside the extension host, that all suites have ended. */
export function leaveWitness(counts: Counts): void {
  const file = process.env.TEST_WITNESS;
  if (file === undefined) throw new Error('TEST_WITNESS is not set');
  writeFileSync(file, JSON.stringify(counts));
}

/** What the suites said; undefined if they never came to an end. */
export function readWitness(file: string): Counts | undefined {
  try {
    const { passed, failed, skipped }: Partial<Counts> = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) };
  } catch {
    return undefined;
  }
}
