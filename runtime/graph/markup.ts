/** Markup in which texts of a run are harmless. */

/** Markup; every text of the run in it is escaped. */
export type Markup = string;

/** Control characters but newline and tab, and characters that turn the reading direction. */
const INVISIBLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as markup, in elements and in quoted attributes: nothing in it is a tag, and nothing hides. */
export function escapeMarkup(text: string): Markup {
  return text.replace(INVISIBLE, '').replace(/[&<>"']/g, character => ENTITIES[character] ?? '');
}
