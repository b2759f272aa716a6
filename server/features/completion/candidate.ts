/** What completion providers find, and how it becomes an item whose acceptance leaves a valid document. */
import { type CompletionItem, type CompletionItemKind, InsertTextFormat } from 'vscode-languageserver';
import type { Range } from '../../../runtime/analysis/json-node.ts';
import type { FeatureContext } from '../../feature.ts';
import type { Snapshot } from '../../snapshot.ts';
import type { Cursor } from './cursor.ts';

/** A name or text that can stand at the cursor. */
export interface Candidate {
  /** The value, without quotes or escapes. */
  readonly text: string;
  readonly kind: CompletionItemKind;
  /** One line beside the name. */
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Groups are shown one after the other, each in the order found. */
  readonly group?: number;
}

/** A piece of a string, inserted between its quotes. */
export interface Piece extends Candidate {
  /** What of the source it replaces. */
  readonly replace: Range;
  /** The text to insert, escaped for the inside of a string. */
  readonly newText: string;
}

/** Asks clients that know this command to complete again, inside of a folder just chosen. */
export const suggestAgain = { title: 'Suggest', command: 'editor.action.triggerSuggest' } as const;

/** Where items go. */
export interface ItemTarget {
  readonly snapshot: Snapshot;
  readonly cursor: Cursor;
  readonly context: FeatureContext;
}

/**
 * A whole value in quotes, with the commas it needs; only the text between quotes that are both there already: some
 * clients (Neovim's own completion) replace nothing behind the cursor, and would double the closing quote.
 */
export function valueItem(
  candidate: Candidate,
  index: number,
  { snapshot, cursor, context }: ItemTarget,
): CompletionItem {
  const json = JSON.stringify(candidate.text);
  if (cursor.string?.isClosed && !cursor.before && !cursor.after) {
    const replace = cursor.string.content;
    return pieceItem({ ...candidate, replace, newText: json.slice(1, -1) }, index, { snapshot, context });
  }
  const range = snapshot.positions.rangeOf(cursor.replace);
  return {
    ...shown(candidate, index, context),
    // Editors compare with what stands in the range before the cursor: with or without the quote.
    filterText: cursor.string ? json : candidate.text,
    textEdit: { range, newText: `${spaced(cursor.before)}${json}${cursor.after}` },
  };
}

/** A piece of a string. */
export function pieceItem(
  piece: Piece,
  index: number,
  { snapshot, context }: Omit<ItemTarget, 'cursor'>,
): CompletionItem {
  return {
    ...shown(piece, index, context),
    ...(piece.newText === piece.text ? {} : { filterText: piece.newText }),
    textEdit: { range: snapshot.positions.rangeOf(piece.replace), newText: piece.newText },
  };
}

/** A key with a value to fill in; only the key where a value follows already. */
export function keyItem(
  candidate: Candidate & { readonly value: string },
  index: number,
  { snapshot, cursor, context }: ItemTarget,
): CompletionItem {
  const key = JSON.stringify(candidate.text);
  const { snippets } = context.client;
  const value = snippets ? `"\${1:${escapeSnippet(candidate.value)}}"` : JSON.stringify(candidate.value);
  const text = snippets ? escapeSnippet(key) : key;
  const whole = `${spaced(cursor.before)}${text}: ${value}${cursor.after}`;
  const isSnippet = snippets && !cursor.hasColon;
  return {
    ...shown(candidate, index, context),
    filterText: cursor.string ? key : candidate.text,
    insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    textEdit: { range: snapshot.positions.rangeOf(cursor.replace), newText: cursor.hasColon ? key : whole },
  };
}

function shown(
  { text, kind, detail, documentation, group = 0 }: Candidate,
  index: number,
  { client }: FeatureContext,
) {
  return {
    label: text,
    kind,
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined
      ? {}
      : { documentation: asDocumentation(documentation, client.markdown) }),
    sortText: `${group}${String(index).padStart(4, '0')}`,
    insertTextFormat: InsertTextFormat.PlainText,
  };
}

/** Markdown for clients that can show it, else the text without its marks. */
export function asDocumentation(markdown: string, isMarkdown: boolean) {
  return isMarkdown
    ? ({ kind: 'markdown', value: markdown } as const)
    : ({ kind: 'plaintext', value: plainText(markdown) } as const);
}

/** Markdown without code marks, emphasis and links. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/```\w*\n?/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '');
}

/** A comma that stands before an item, with the blank behind it. */
export function spaced(comma: string): string {
  return comma === '' ? '' : `${comma} `;
}

function escapeSnippet(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}
