/** Formatting, where the editor's JSON support does not do it. */
import { format } from 'jsonc-parser';
import type {
  DocumentFormattingParams,
  DocumentRangeFormattingParams,
  TextEdit,
} from 'vscode-languageserver';
import type { FeatureContext } from '../feature.ts';
import type { Snapshot } from '../snapshot.ts';

/** The edits that lay out the document, or the lines of a range of it. Comments and the order of keys stay. */
export function formatting(
  snapshot: Snapshot,
  params: DocumentFormattingParams | DocumentRangeFormattingParams,
  _context: FeatureContext,
): TextEdit[] {
  // Texts that are refused (size, nesting) would take too long here as well.
  if (snapshot.analysis.document.refusal) return [];
  const { text, positions } = snapshot;
  const range = 'range' in params ? positions.offsetsOf(params.range) : undefined;
  const wanted = range && { offset: range.start, length: range.end - range.start };
  const { tabSize, insertSpaces, insertFinalNewline } = params.options;
  const edits = format(text, wanted, {
    tabSize,
    insertSpaces,
    insertFinalNewline: insertFinalNewline ?? false,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    keepLines: false,
  });
  return edits.map(({ offset, length, content }) => ({
    range: positions.rangeOf({ start: offset, end: offset + length }),
    newText: content,
  }));
}
