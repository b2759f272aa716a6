/** Whether a rename is safe: every name of the file must mean afterwards what it meant before. */
import { readDocument } from '../../runtime/analysis/document.ts';
import { member } from '../../runtime/analysis/json-node.ts';
import { collectModelNames } from '../../runtime/analysis/model-names.ts';
import {
  definitionsOf,
  type Entity,
  type EntityKind,
  entityKey,
  findOccurrences,
  type OccurrenceIndex,
  occurrencesOf,
} from '../../runtime/analysis/occurrences.ts';
import { readOutline } from '../../runtime/analysis/outline.ts';
import { quote } from '../../runtime/analysis/wording.ts';
import { nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';

/** What is wrong with a new name, for people; undefined if nothing is. `after` is the text with the new name. */
export function checkRename(
  snapshot: Snapshot,
  entity: Entity,
  newName: string,
  after: string,
): string | undefined {
  const before = nameIndexOf(snapshot);
  const renamed: Entity = { ...entity, name: newName };
  if (entity.kind === 'alias' && newName === 'fallback') {
    return 'The alias "fallback" has a meaning of its own: every model without a chain falls back to it.';
  }
  if (definitionsOf(before, renamed).length > 0)
    return `There is ${article[entity.kind]} ${quote(newName)} already.`;
  const index = readNames(snapshot, after);
  if (occurrencesOf(index, renamed).length < occurrencesOf(before, entity).length) {
    return `${quote(newName)} cannot be used as a name here: not every place of ${quote(entity.name)} could hold it.`;
  }
  if (!isEqual(countsWithout(before, entity), countsWithout(index, renamed))) {
    return `With ${quote(newName)} other names of this file would mean something else.`;
  }
  return undefined;
}

/** The names of the changed text, without what the rules would say about it. */
function readNames({ analysis }: Snapshot, text: string): OccurrenceIndex {
  const document = readDocument(text, analysis.document.fileName);
  const names = collectModelNames(member(document.root, 'models'), [...analysis.names.adapters]);
  return findOccurrences({ document, outline: readOutline(document.root), names });
}

const article: Readonly<Record<EntityKind, string>> = {
  alias: 'an alias',
  model: 'a model',
  phase: 'a phase',
  member: 'a worker, participant or agent',
  machine: 'a machine',
  step: 'a step',
  'mcp-server': 'an MCP server',
  variable: 'a variable',
  'built-in': 'a placeholder',
};

/** How often every other name stands in the file. */
function countsWithout(index: OccurrenceIndex, entity: Entity): ReadonlyMap<string, number> {
  const own = entityKey(entity);
  const others = [...index.byEntity].filter(([key]) => key !== own);
  return new Map(others.map(([key, places]) => [key, places.length]));
}

function isEqual(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): boolean {
  return before.size === after.size && [...before].every(([key, count]) => after.get(key) === count);
}
