/** Linked editing: typing at a name's definition changes all its uses along. */
import type { LinkedEditingRanges, TextDocumentPositionParams } from 'vscode-languageserver';
import { occurrencesOf } from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { nameAt, nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { prepareRename } from './rename.ts';

/** Characters that end the link: quotes, escapes and braces would be the text around the name. */
const wordPattern = '[^"\\\\{}]*';

/**
 * The places of the name whose definition is at the position. Not from a use: who types there wants another name to be
 * used, not to change the name.
 */
export function linkedEditing(
  snapshot: Snapshot,
  params: TextDocumentPositionParams,
  context: FeatureContext,
): LinkedEditingRanges | null {
  const found = nameAt(snapshot, params.position);
  if (found?.role !== 'definition' || found.form === 'implicit') return null;
  if (!prepareRename(snapshot, params, context).ok) return null;
  const textOf = ({ start, end }: { start: number; end: number }) => snapshot.text.slice(start, end);
  const places = occurrencesOf(nameIndexOf(snapshot), found.entity);
  // Escapes may differ from place to place; linked ranges hold the same text.
  const isSame = places.every(({ range }) => textOf(range) === textOf(found.range));
  if (!isSame || places.length < 2) return null;
  return { ranges: places.map(({ range }) => snapshot.positions.rangeOf(range)), wordPattern };
}
