/** Links to all files that a connector file names. */
import type { DocumentLink, DocumentLinkParams } from 'vscode-languageserver';
import type { FileReference } from '../../runtime/analysis/file-references.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { resolveUri } from '../uris.ts';

const tooltips: Readonly<Record<FileReference['kind'], string>> = {
  prompt: 'Open the prompt',
  connector: 'Open the connector file',
  flow: 'Open the agent flow',
  'output-schema': 'Open the JSON Schema',
};

/** One link per path, also to files that are not there yet: editors offer to create them. */
export function documentLinks(
  snapshot: Snapshot,
  _params: DocumentLinkParams,
  _context: FeatureContext,
): DocumentLink[] {
  return nameIndexOf(snapshot).files.flatMap(({ kind, path, node }) => {
    const target = resolveUri(snapshot.uri, path);
    if (target === undefined) return [];
    const { start, end } = node.range;
    const range = snapshot.positions.rangeOf({ start: start + 1, end: Math.max(end - 1, start + 1) });
    return [{ range, target, tooltip: tooltips[kind] }];
  });
}
