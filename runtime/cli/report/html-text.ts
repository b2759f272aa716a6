/** Texts of a run in the HTML report. */
import { escapeMarkup, type Markup } from '../../graph/markup.ts';
import { printable } from '../printable.ts';

/** A text as HTML: escape sequences and control characters gone, nothing in it is markup. */
export function escapeHtml(text: string): Markup {
  return escapeMarkup(printable(text));
}

/** A section with a heading; nothing where it has no content. */
export function section(heading: string, content: Markup): Markup {
  return content === '' ? '' : `<section><h2>${escapeHtml(heading)}</h2>\n${content}\n</section>`;
}

/** The state of a run, phase or worker as a badge. */
export function badge(tone: string, word: string): Markup {
  return `<span class="badge" data-tone="${escapeHtml(tone)}">${escapeHtml(word)}</span>`;
}
