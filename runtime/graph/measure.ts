/** How much room a text takes in a drawing. Nothing can be measured before it is drawn, so it is estimated, amply. */
import measure from 'fast-string-truncated-width';

/** Pixels that an average character of the 12 px interface font takes; wide ones (CJK, emoji) take two. */
const CHARACTER = 6.7;

/** Estimated width in pixels at 12 px. */
export function widthOf(text: string): number {
  return measure(text).width * CHARACTER;
}

/** Cuts a text to so many pixels, with `…` where something is missing. */
export function ellipsis(text: string, pixels: number): string {
  if (widthOf(text) <= pixels) return text;
  const limit = Math.max(1, Math.floor(pixels / CHARACTER));
  const { index } = measure(text, { limit, ellipsisWidth: 1 });
  return `${text.slice(0, index).trimEnd()}…`;
}
