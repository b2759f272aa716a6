/** Signs of the tones, so that no state is told by colour alone. Each fills a square of 16 in the current colour. */
import { type Tone, tones } from './look.ts';
import type { Markup } from './markup.ts';

const CIRCLE = '<circle cx="8" cy="8" r="7" fill="currentColor"/>';
const RING = '<circle cx="8" cy="8" r="6" fill="none" stroke="currentColor" stroke-width="1.6"';
/** What stands on a filled circle, in the colour of the card. */
const INK =
  'stroke="var(--graph-card)" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round" fill="none"';

const drawings: Readonly<Record<Tone, Markup>> = {
  idle: `${RING} stroke-dasharray="2.4 2.3"/>`,
  busy: `${RING} opacity="0.3"/><path class="turning" d="M8 2a6 6 0 0 1 6 6" fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round"/>`,
  attention: `${CIRCLE}<path d="M8 4.3v4.4M8 11.5v.1" ${INK}/>`,
  parked: `${RING}/><path d="M6.3 5.5v5M9.7 5.5v5" fill="none" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>`,
  good: `${CIRCLE}<path d="M4.9 8.3l2.2 2.2 4-4.6" ${INK}/>`,
  bad: `${CIRCLE}<path d="M5.5 5.5l5 5M10.5 5.5l-5 5" ${INK}/>`,
  stopped: `${RING}/><rect x="5.7" y="5.7" width="4.6" height="4.6" rx="0.8" fill="currentColor"/>`,
  unknown: `${RING}/><path d="M6.2 6.3a1.8 1.8 0 1 1 2.6 1.6c-.6.3-.8.6-.8 1.1M8 11.4v.1" fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round"/>`,
};

/** Definitions of all signs, for the `<defs>` of a drawing. */
export function signDefinitions(): Markup {
  return tones
    .map(tone => `<symbol id="sign-${tone}" viewBox="0 0 16 16">${drawings[tone]}</symbol>`)
    .join('');
}

/** A sign with its upper left corner at a place. */
export function drawSign(tone: Tone, x: number, y: number, size: number): Markup {
  return `<use class="sign" href="#sign-${tone}" x="${x}" y="${y}" width="${size}" height="${size}"/>`;
}
