/** Refactorings: changes of a file that leave what it means alone. */
import type { CodeAction, CodeActionParams } from 'vscode-languageserver';
import { pathOf } from '../../runtime/analysis/json-node.ts';
import { occurrenceAt, occurrencesOf } from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import { nodeAtOffset, placeOf } from '../place.ts';
import type { Snapshot } from '../snapshot.ts';
import { editsOf, workspaceEdit } from '../workspace-edit.ts';
import { extractAlias } from './refactorings/extract-alias.ts';
import { inlineAlias } from './refactorings/inline-alias.ts';
import type { FindRefactorings, Refactoring, RefactoringInput } from './refactorings/refactoring.ts';
import { moveSessionField } from './refactorings/session-moves.ts';
import { splitPhase } from './refactorings/split-phase.ts';
import { topologyLevel } from './refactorings/topology-level.ts';
import { workersList } from './refactorings/workers-list.ts';

const finders: readonly FindRefactorings[] = [
  workersList,
  extractAlias,
  inlineAlias,
  moveSessionField,
  splitPhase,
  topologyLevel,
];

/** The refactorings that can be done at the start of the range, as far as the client asks for their kinds. */
export function refactorings(
  snapshot: Snapshot,
  params: CodeActionParams,
  context: FeatureContext,
): CodeAction[] {
  const { only } = params.context;
  const isWanted = ({ kind }: Refactoring) =>
    only === undefined ||
    only.some(wanted => wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`));
  return refactoringsAt(snapshot, snapshot.positions.offsetAt(params.range.start))
    .filter(isWanted)
    .map(({ title, kind, edits }) => ({
      title,
      kind,
      edit: workspaceEdit([editsOf(snapshot, edits)], context.client),
    }));
}

/** The same by an offset. None in a file with errors: nobody can tell what it means. */
export function refactoringsAt(snapshot: Snapshot, offset: number): readonly Refactoring[] {
  const { analysis } = snapshot;
  const { root } = analysis.outline;
  const node = nodeAtOffset(analysis.document.root, offset);
  if (root === undefined || node === undefined || analysis.workflow === undefined) return [];
  const index = nameIndexOf(snapshot);
  const name = occurrenceAt(index, offset);
  const input: RefactoringInput = {
    analysis,
    root,
    node,
    place: placeOf(analysis.outline, pathOf(node)),
    places: name ? occurrencesOf(index, name.entity) : [],
    ...(name ? { name } : {}),
  };
  return finders.flatMap(find => find(input));
}
