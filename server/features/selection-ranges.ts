/** Growing the selection along the JSON tree, where the editor's JSON support does not do it. */
import type { SelectionRange, SelectionRangeParams } from 'vscode-languageserver';
import type { JsonNode, Range } from '../../runtime/analysis/json-node.ts';
import type { FeatureContext } from '../feature.ts';
import { nodeAtOffset } from '../place.ts';
import type { Snapshot } from '../snapshot.ts';

/** For every position: name, string, key with value, content of the object, the object, and so on to the root. */
export function selectionRanges(
  snapshot: Snapshot,
  params: SelectionRangeParams,
  _context: FeatureContext,
): SelectionRange[] {
  return params.positions.map(position => {
    const offset = snapshot.positions.offsetAt(position);
    const around = rangesAt(nodeAtOffset(snapshot.analysis.document.root, offset), offset);
    const chain = around.reduceRight<SelectionRange | undefined>((parent, range) => {
      const own = { range: snapshot.positions.rangeOf(range) };
      return parent ? { ...own, parent } : own;
    }, undefined);
    return chain ?? { range: { start: position, end: position } };
  });
}

/** From the inside out, each larger than the one before. */
function rangesAt(node: JsonNode | undefined, offset: number): readonly Range[] {
  const ranges: Range[] = [];
  const add = (range: Range): void => {
    const last = ranges.at(-1);
    const isLarger =
      !last || (range.start <= last.start && last.end <= range.end && sizeOf(range) > sizeOf(last));
    if (isLarger && range.start <= offset && offset <= range.end) ranges.push(range);
  };
  for (let at = node; at !== undefined; at = at.parent) {
    const { range, keyRange } = at;
    if (keyRange) add(inner(keyRange));
    if (keyRange) add(keyRange);
    if (at.kind === 'string' || at.kind === 'object' || at.kind === 'array') add(inner(range));
    add(range);
    if (keyRange) add({ start: keyRange.start, end: range.end });
  }
  return ranges;
}

function inner({ start, end }: Range): Range {
  return { start: Math.min(start + 1, end), end: Math.max(end - 1, start) };
}

function sizeOf({ start, end }: Range): number {
  return end - start;
}
