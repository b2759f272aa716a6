/** Completion: the names and texts that can stand at the cursor, inserted so that the document stays valid. */
import type { CompletionItem, CompletionList, CompletionParams } from 'vscode-languageserver';
import type { FeatureContext } from '../../feature.ts';
import { type Place, placeOf } from '../../place.ts';
import type { Snapshot } from '../../snapshot.ts';
import {
  type Candidate,
  type ItemTarget,
  keyItem,
  type Piece,
  pieceItem,
  suggestAgain,
  valueItem,
} from './candidate.ts';
import { type Cursor, cursorAt } from './cursor.ts';
import { fileCandidates, filePieces } from './files.ts';
import { aliasKeys } from './keys.ts';
import { modelCandidates } from './models.ts';
import {
  machineCandidates,
  matchCandidates,
  mcpCandidates,
  moderatorCandidates,
  needsCandidates,
  stepCandidates,
} from './names.ts';
import { permissionCandidates } from './permissions.ts';
import { placeholderPieces } from './placeholders.ts';
import { type Slot, slotAt } from './slot.ts';

/** Characters that ask for completion without a key combination. */
export const triggerCharacters: readonly string[] = ['"', '{', '.', '/', ':', ' '];

/** A longer list is cut, and asked for again with each letter. */
const maxItems = 300;

/** What can stand at a place. */
export interface Completions {
  readonly list: CompletionList;
  /** Nothing else can stand there: the schema has nothing to add. */
  readonly isAll: boolean;
  /** Undefined where nothing can be inserted. */
  readonly cursor: Cursor | undefined;
}

/** Completes at a position. */
export function completion(
  snapshot: Snapshot,
  params: CompletionParams,
  context: FeatureContext,
): CompletionList {
  return completionsAt(snapshot, params, context).list;
}

/** The same, with what is known of the place. */
export function completionsAt(
  snapshot: Snapshot,
  params: CompletionParams,
  context: FeatureContext,
): Completions {
  const cursor = cursorAt(snapshot, snapshot.positions.offsetAt(params.position));
  const slot = cursor && !cursor.isKey ? slotOf(snapshot, cursor) : undefined;
  const items = cursor ? itemsAt({ snapshot, cursor, context }) : [];
  return { list: listOf(items, cursor), cursor, isAll: slot !== undefined && namesOnly.includes(slot.kind) };
}

/** Slots that take one name, and nothing that only the schema knows. */
const namesOnly: readonly Slot['kind'][] = ['model', 'moderator', 'permission'];

function slotOf(snapshot: Snapshot, { path }: Cursor): Slot | undefined {
  return slotAt(path, placeOf(snapshot.analysis.outline, path));
}

function listOf(items: CompletionItem[], cursor: Cursor | undefined): CompletionList {
  if (items.length <= maxItems) return { isIncomplete: false, items };
  const typed = cursor?.typed.toLowerCase() ?? '';
  const fitting = items.filter(({ label }) => label.toLowerCase().includes(typed));
  return { isIncomplete: true, items: fitting.slice(0, maxItems) };
}

function itemsAt(target: ItemTarget): CompletionItem[] {
  const { snapshot, cursor } = target;
  if (cursor.isKey) {
    const isAlias = cursor.path.length === 2 && cursor.path[0] === 'models';
    return isAlias ? aliasKeys(snapshot, cursor.typed).map((key, index) => keyItem(key, index, target)) : [];
  }
  const place = placeOf(snapshot.analysis.outline, cursor.path);
  const slot = slotAt(cursor.path, place);
  if (slot === undefined) return [];
  const pieces = piecesFor(slot, place, target);
  if (pieces) return pieces.map((piece, index) => withFollowUp(pieceItem(piece, index, target)));
  return candidatesFor(slot, place, target).map((candidate, index) => valueItem(candidate, index, target));
}

/** After a folder its entries are wanted. */
function withFollowUp(item: CompletionItem): CompletionItem {
  return item.textEdit?.newText.endsWith('/') ? { ...item, command: suggestAgain } : item;
}

/** What goes between the quotes; undefined where a whole value is wanted. */
function piecesFor(
  slot: Slot,
  place: Place,
  { snapshot, cursor, context }: ItemTarget,
): readonly Piece[] | undefined {
  if (slot.kind === 'template') return placeholderPieces(snapshot, cursor, place, slot.use);
  if (slot.kind === 'file' && isInString(cursor)) return filePieces(snapshot, cursor, slot.wanted, context);
  return undefined;
}

function isInString(cursor: Cursor): boolean {
  return cursor.string !== undefined;
}

function candidatesFor(
  slot: Slot,
  place: Place,
  { snapshot, cursor, context }: ItemTarget,
): readonly Candidate[] {
  switch (slot.kind) {
    case 'model':
      return modelCandidates(snapshot, context, undefined);
    case 'route':
      return modelCandidates(snapshot, context, slot.alias);
    case 'needs':
      return needsCandidates(snapshot, place, cursor.typed);
    case 'moderator':
      return moderatorCandidates(place);
    case 'machine':
      return machineCandidates(snapshot, context);
    case 'mcp':
      return mcpCandidates(snapshot, context, cursor.typed);
    case 'next':
      return stepCandidates(place);
    case 'match':
      return matchCandidates();
    case 'permission':
      return permissionCandidates(snapshot, place, context);
    case 'file':
      return fileCandidates(snapshot, slot.wanted, context);
    case 'template':
      return [];
  }
}
