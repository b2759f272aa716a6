/** Fixes that need more than the rule that found the problem knows. */
import type { Diagnostic, Fix, TextEdit } from '../../runtime/analysis/diagnostic.ts';
import { insertFirst, replaceValue } from '../../runtime/analysis/edits.ts';
import { type JsonNode, member, nodeAt, type ObjectNode } from '../../runtime/analysis/json-node.ts';
import { placeOf } from '../place.ts';
import type { Snapshot } from '../snapshot.ts';

/** Further ways to mend a problem. */
export function furtherFixes(problem: Diagnostic, snapshot: Snapshot): readonly Fix[] {
  const { root } = snapshot.analysis.outline;
  const node = nodeAt(root, problem.path);
  if (root === undefined || node === undefined) return [];
  switch (problem.code) {
    case 'unknown-alias':
      return createAlias(node, root, snapshot);
    case 'duplicate-phase':
      return uniqueName(node, 'name', phaseNames(snapshot), snapshot);
    case 'duplicate-worker':
      return uniqueMember(problem, node, snapshot);
    case 'duplicate-step':
      return uniqueStep(problem, node, snapshot);
    default:
      return [];
  }
}

/** What a new alias stands for until its author says better: the alias everyone without a model gets, else claude. */
function createAlias(node: JsonNode, root: ObjectNode, { analysis }: Snapshot): readonly Fix[] {
  if (node.kind !== 'string' || node.value.includes('/')) return [];
  const { document, names } = analysis;
  const value = names.aliases.has('primary') && isOutsideModels(node) ? 'primary' : 'claude';
  const models = member(root, 'models');
  if (models !== undefined && models.kind !== 'object') return [];
  const edit = models
    ? insertFirst(document, models, node.value, value)
    : insertFirst(document, root, 'models', { [node.value]: value });
  return [{ title: `Create the alias "${node.value}"`, edits: [edit] }];
}

/** In the routes themselves the new alias would not be reached through `primary`. */
function isOutsideModels(node: JsonNode): boolean {
  for (let at: JsonNode | undefined = node; at; at = at.parent) {
    if (at.key === 'models' && at.parent?.parent === undefined) return false;
  }
  return true;
}

function phaseNames({ analysis }: Snapshot): readonly string[] {
  return analysis.outline.phases.map(phase => phase.name);
}

function uniqueMember(problem: Diagnostic, node: JsonNode, snapshot: Snapshot): readonly Fix[] {
  const { phase } = placeOf(snapshot.analysis.outline, problem.path);
  const key = phase?.kind === 'workers' ? 'name' : 'id';
  return phase
    ? uniqueName(
        node,
        key,
        phase.members.map(({ id }) => id),
        snapshot,
      )
    : [];
}

function uniqueStep(problem: Diagnostic, node: JsonNode, snapshot: Snapshot): readonly Fix[] {
  const { phase } = placeOf(snapshot.analysis.outline, problem.path);
  return phase
    ? uniqueName(
        node,
        'name',
        phase.steps.map(({ name }) => name),
        snapshot,
      )
    : [];
}

/** Gives the name at `node`, or of the object `node`, the next free number. */
function uniqueName(
  node: JsonNode,
  key: string,
  taken: readonly string[],
  { analysis }: Snapshot,
): readonly Fix[] {
  const isName = node.kind === 'string' && node.key === key;
  const owner = isName ? node.parent : node;
  if (owner?.kind !== 'object') return [];
  const current = isName ? node.value : undefined;
  const base = current ?? nameOfUnnamed(owner, key);
  const name = nextFree(base, taken);
  const edit: TextEdit = isName ? replaceValue(node, name) : insertFirst(analysis.document, owner, key, name);
  return [{ title: `Call this one "${name}"`, edits: [edit] }];
}

/** What an object without a name is called: its number, for phases `phase-<n>` (spec §5). */
function nameOfUnnamed(owner: ObjectNode, key: string): string {
  const number = typeof owner.key === 'number' ? owner.key + 1 : 1;
  return key === 'name' && owner.parent?.key === 'phases' ? `phase-${number}` : String(number);
}

function nextFree(base: string, taken: readonly string[]): string {
  const stem = base.replace(/-\d+$/, '');
  let number = 2;
  while (taken.includes(`${stem}-${number}`)) number++;
  return `${stem}-${number}`;
}
