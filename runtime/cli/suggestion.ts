/** "Did you mean …?" */
import { closest, distance } from 'fastest-levenshtein';

/** The candidate most like `text`, if it is like it at all: at most a third of its letters (at least two) differ. */
export function nearest(text: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const best = closest(text, candidates);
  return distance(text, best) <= Math.max(2, Math.floor(text.length / 3)) ? best : undefined;
}
