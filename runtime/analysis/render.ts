/** Diagnostics for a terminal, like a compiler prints them: place, message, source line, squiggle, hints. */
import type { Diagnostic, Severity } from './diagnostic.ts';
import type { SourceDocument } from './document.ts';
import { lineText, positionAt } from './document.ts';
import type { Range } from './json-node.ts';
import { escapeControls } from './wording.ts';

/** What a piece of the output is, for whoever colours it. */
export type Style = Severity | 'place' | 'gutter' | 'help';

/** How to render. */
export interface RenderOptions {
  /** Puts colour on a piece of text; absent: plain text. */
  readonly style?: (text: string, style: Style) => string;
  /** Widest source line; longer ones are cut around the place. Default 120. */
  readonly maxWidth?: number;
}

/** One diagnostic: `file:line:column: severity[code]: message`, its source line and what can be done. No line break at the end. */
export function renderDiagnostic(
  document: SourceDocument,
  diagnostic: Diagnostic,
  options: RenderOptions = {},
): string {
  const style = options.style ?? (text => text);
  const place = style(`${placeOf(document, diagnostic.range)}:`, 'place');
  const severity = style(`${diagnostic.severity}[${diagnostic.code}]:`, diagnostic.severity);
  const lines = [`${place} ${severity} ${escapeControls(diagnostic.message)}`];
  lines.push(...excerpt(document, diagnostic, options));
  for (const { message, range } of diagnostic.related ?? []) {
    lines.push(style(`  note: ${escapeControls(message)}: ${placeOf(document, range)}`, 'help'));
  }
  for (const { title } of diagnostic.fixes ?? [])
    lines.push(style(`  help: ${escapeControls(title)}`, 'help'));
  return lines.join('\n');
}

/** All diagnostics of a file with a summary line; `file: ok` for none. Ends with a line break. */
export function renderDiagnostics(
  document: SourceDocument,
  diagnostics: readonly Diagnostic[],
  options: RenderOptions = {},
): string {
  const blocks = diagnostics.map(diagnostic => `${renderDiagnostic(document, diagnostic, options)}\n\n`);
  return `${blocks.join('')}${escapeControls(document.fileName)}: ${summarize(diagnostics)}\n`;
}

/** `2 errors, 1 warning`, or `ok`. Hints are not counted. */
export function summarize(diagnostics: readonly Diagnostic[]): string {
  const counted: readonly (readonly [Severity, string])[] = [
    ['error', 'error'],
    ['warning', 'warning'],
    ['info', 'note'],
  ];
  const parts = counted.flatMap(([severity, word]) => {
    const count = diagnostics.filter(diagnostic => diagnostic.severity === severity).length;
    return count === 0 ? [] : [`${count} ${word}${count === 1 ? '' : 's'}`];
  });
  return parts.join(', ') || 'ok';
}

function placeOf(document: SourceDocument, range: Range): string {
  const { line, column } = positionAt(document, range.start);
  return `${escapeControls(document.fileName)}:${line}:${column}`;
}

/** The source line with the squiggle under it; of a range over several lines the first. */
function excerpt(
  document: SourceDocument,
  diagnostic: Diagnostic,
  options: RenderOptions,
): readonly string[] {
  const { line, column } = positionAt(document, diagnostic.range.start);
  const full = lineText(document, line);
  const { start, end } = diagnostic.range;
  const length = Math.max(1, Math.min(end - start, full.length - (column - 1)));
  const cut = cutAround(full, column - 1, length, options.maxWidth ?? 120);
  const style = options.style ?? (text => text);
  const before = showable(cut.text.slice(0, cut.at));
  const marked = showable(cut.text.slice(cut.at, cut.at + cut.length));
  const after = showable(cut.text.slice(cut.at + cut.length));
  const number = String(line);
  const bar = style(`${' '.repeat(number.length + 1)} |`, 'gutter');
  const squiggle = `${' '.repeat(displayWidth(before))}${style('~'.repeat(Math.max(1, displayWidth(marked))), diagnostic.severity)}`;
  return [`${style(` ${number} |`, 'gutter')} ${before}${marked}${after}`, `${bar} ${squiggle}`];
}

/** A window of a long line, with dots where something is left out. */
function cutAround(text: string, at: number, length: number, width: number) {
  if (text.length <= width) return { text, at, length };
  const from = Math.max(0, Math.min(at - Math.floor(width / 4), text.length - width));
  const head = from > 0 ? '…' : '';
  const tail = from + width < text.length ? '…' : '';
  const shown = Math.max(1, Math.min(length, from + width - at));
  return {
    text: `${head}${text.slice(from, from + width)}${tail}`,
    at: at - from + head.length,
    length: shown,
  };
}

/** Tabs as blanks, so that the squiggle stands where it belongs; controls as escapes. */
function showable(text: string): string {
  return escapeControls(text.replaceAll('\t', '  ').replaceAll('\ufeff', ''));
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u;
const unseen = /\p{Mark}|\u200d|\ufe0f/u;

/** Terminal columns: wide letters take two, combining marks none. */
function displayWidth(text: string): number {
  let width = 0;
  for (const char of text) width += unseen.test(char) ? 0 : wide.test(char) ? 2 : 1;
  return width;
}
