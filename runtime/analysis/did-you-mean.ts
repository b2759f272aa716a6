/** The name the user probably meant. */
import { distance } from 'fastest-levenshtein';

/** Longer texts are no typos of a name; comparing them would only cost time. */
const maxLength = 64;

/** Further candidates are not compared: a file has hundreds of names, unless a program wrote it. */
const maxCandidates = 2000;

/** The candidate nearest to `text`, if it is near enough to be a typo (a third of its letters, at least 2 edits). */
export function closestName(text: string, candidates: Iterable<string>): string | undefined {
  if (text.length === 0 || text.length > maxLength) return undefined;
  const wanted = text.toLowerCase();
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(text.length / 3)) + 1;
  let compared = 0;
  for (const candidate of candidates) {
    if (compared++ >= maxCandidates) break;
    if (Math.abs(candidate.length - text.length) >= bestDistance) continue;
    const edits = distance(wanted, candidate.toLowerCase());
    // Changing every letter of a short name is another name, not a typo.
    if (edits < bestDistance && edits < candidate.length) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` Did you mean ${JSON.stringify(name)}?`;
}
