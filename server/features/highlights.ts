/** Highlights of the name at the cursor: all its places in the document. */
import {
  type DocumentHighlight,
  DocumentHighlightKind,
  type TextDocumentPositionParams,
} from 'vscode-languageserver';
import { fileReferenceAt, occurrencesOf } from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { nameAt, nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { resolveUri } from '../uris.ts';

/** Definitions as written, uses as read; all paths of one file together. */
export function highlights(
  snapshot: Snapshot,
  params: TextDocumentPositionParams,
  _context: FeatureContext,
): DocumentHighlight[] {
  const { positions } = snapshot;
  const index = nameIndexOf(snapshot);
  const file = fileReferenceAt(index, positions.offsetAt(params.position));
  if (file) {
    const target = resolveUri(snapshot.uri, file.path);
    return index.files
      .filter(
        ({ path }) =>
          path === file.path || (target !== undefined && resolveUri(snapshot.uri, path) === target),
      )
      .map(({ node }) => ({ range: positions.rangeOf(node.range), kind: DocumentHighlightKind.Text }));
  }
  const found = nameAt(snapshot, params.position);
  if (found === undefined) return [];
  return occurrencesOf(index, found.entity).map(({ range, role }) => ({
    range: positions.rangeOf(range),
    kind: role === 'definition' ? DocumentHighlightKind.Write : DocumentHighlightKind.Read,
  }));
}
