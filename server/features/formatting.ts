/** Formatting, where the editor's JSON support does not do it. */
import { type Edit, format } from 'jsonc-parser';
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
  return (edits.length > maxEdits ? [joined(edits, text)] : edits).map(({ offset, length, content }) => ({
    range: positions.rangeOf({ start: offset, end: offset + length }),
    newText: content,
  }));
}

/** More edits than this are sent as one: each costs thirty times the blanks that it changes. */
const maxEdits = 2000;

/** One edit that does what all do, which stand in file order. */
function joined(edits: readonly Edit[], text: string): Edit {
  const start = edits[0]?.offset ?? 0;
  let content = '';
  let end = start;
  for (const edit of edits) {
    content += text.slice(end, edit.offset) + edit.content;
    end = edit.offset + edit.length;
  }
  return { offset: start, length: end - start, content };
}
