/** Folding of objects, lists and comments, where the editor's JSON support does not do it. */
import { type FoldingRange, FoldingRangeKind, type FoldingRangeParams } from 'vscode-languageserver';
import type { JsonNode, Range } from '../../runtime/analysis/json-node.ts';
import type { FeatureContext } from '../feature.ts';
import type { Snapshot } from '../snapshot.ts';

/** Editors stop at about so many themselves. */
const maxRanges = 5000;

/** All values that take more than one line; the line of the closing brace stays visible. */
export function foldingRanges(
  snapshot: Snapshot,
  _params: FoldingRangeParams,
  context: FeatureContext,
): FoldingRange[] {
  if (!context.settings.schemaFeatures) return [];
  const { root, comments } = snapshot.analysis.document;
  const ranges: FoldingRange[] = [];
  for (const { start, end } of containersIn(root)) {
    if (ranges.length >= maxRanges) return ranges;
    const [startLine, endLine] = linesOf(snapshot, { start, end });
    if (endLine - 1 > startLine) ranges.push({ startLine, endLine: endLine - 1 });
  }
  for (const comment of comments) {
    const [startLine, endLine] = linesOf(snapshot, comment);
    if (endLine > startLine) ranges.push({ startLine, endLine, kind: FoldingRangeKind.Comment });
  }
  return ranges;
}

/** In file order. No generator: one in another costs a step for every level, at every value. */
function containersIn(node: JsonNode | undefined, found: Range[] = []): readonly Range[] {
  if (node?.kind !== 'object' && node?.kind !== 'array') return found;
  found.push(node.range);
  for (const entry of node.entries) containersIn(entry, found);
  return found;
}

function linesOf({ positions }: Snapshot, { start, end }: Range): readonly [number, number] {
  return [positions.positionAt(start).line, positions.positionAt(end).line];
}
