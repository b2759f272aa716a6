import type { TextEdit } from '../../../runtime/analysis/diagnostic.ts';
import { removeEntry } from '../../../runtime/analysis/edits.ts';
import { ownNode } from '../../../runtime/analysis/inheritance.ts';
import type { JsonNode, ObjectNode } from '../../../runtime/analysis/json-node.ts';
import { jsonValueOf, member } from '../../../runtime/analysis/json-node.ts';
import { memberKeys, type PhaseOutline } from '../../../runtime/analysis/outline.ts';
import { quote } from '../../../runtime/analysis/wording.ts';
import type { FindRefactorings, Refactoring, RefactoringInput } from './refactoring.ts';
import { containerText, hasComments, innerIndent, insertEntry, styleOf, valueText } from './rewrite.ts';

/** A session field moves to the level above, or down to the levels below (spec §3: the nearest wins key by key). */
export const moveSessionField: FindRefactorings = input => {
  const field = fieldAt(input.node);
  if (field === undefined || hasComments(input.analysis.document, field.node)) return [];
  return levelsAround(input, field).flatMap(levels => move(input, field, levels));
};

/** A key of a `session`. */
interface Field {
  readonly key: string;
  readonly node: JsonNode;
  /** What the session belongs to. */
  readonly owner: ObjectNode;
}

/** An object that may have a session, as the schema calls it. */
interface Owner {
  readonly node: ObjectNode;
  readonly shape: string;
}

/** A move from some owners to others: many to one upwards, one to many downwards. */
interface Levels {
  readonly title: string;
  readonly from: readonly ObjectNode[];
  readonly to: readonly Owner[];
}

/** The session field around a value. */
function fieldAt(node: JsonNode): Field | undefined {
  for (let at: JsonNode | undefined = node; at?.parent !== undefined; at = at.parent) {
    const session: JsonNode = at.parent;
    if (session.key !== 'session' || session.parent?.kind !== 'object' || typeof at.key !== 'string')
      continue;
    return { key: at.key, node: at, owner: session.parent };
  }
  return undefined;
}

function levelsAround({ analysis, root, place }: RefactoringInput, { key, owner }: Field): readonly Levels[] {
  const { phases } = analysis.outline;
  const name = quote(key);
  const top = { node: root, shape: 'Connector' };
  const phaseOwners = phases.flatMap(phase => ownerOf(ownNode(phase), 'Phase'));
  const isRoot = owner === root;
  const [first] = phases;
  if (isRoot && first?.isTopLevel) {
    return [
      { title: `Move ${name} down to the ${memberKeys[first.kind]}`, from: [root], to: membersOf(first) },
    ];
  }
  if (isRoot) return [{ title: `Move ${name} down to the phases`, from: [root], to: phaseOwners }];
  const { phase } = place;
  if (phase === undefined) return [];
  const members = membersOf(phase);
  if (owner === ownNode(phase)) {
    return [
      { title: `Move ${name} up to the top level`, from: phaseOwners.map(({ node }) => node), to: [top] },
      { title: `Move ${name} down to the ${memberKeys[phase.kind]}`, from: [owner], to: members },
    ];
  }
  const above = phase.isTopLevel ? [top] : ownerOf(ownNode(phase), 'Phase');
  const where = phase.isTopLevel ? 'the top level' : 'the phase';
  return [{ title: `Move ${name} up to ${where}`, from: members.map(({ node }) => node), to: above }];
}

function ownerOf(node: ObjectNode | undefined, shape: string): readonly Owner[] {
  return node ? [{ node, shape }] : [];
}

const memberShapes = {
  workers: 'Worker',
  dialogue: 'Participant',
  meeting: 'Participant',
  mesh: 'MeshAgent',
} as const;

/** None for workers given as a number: they have no sessions of their own. */
function membersOf(phase: PhaseOutline): readonly Owner[] {
  return phase.members.flatMap(worker => ownerOf(worker.node, memberShapes[phase.kind]));
}

function move(input: RefactoringInput, field: Field, { title, from, to }: Levels): readonly Refactoring[] {
  if (from.length === 0 || to.length === 0) return [];
  const values = from.map(owner => fieldOf(owner, field.key));
  const wanted = JSON.stringify(jsonValueOf(field.node));
  // Upwards, everyone below must have had the same.
  if (!values.every(node => node && JSON.stringify(jsonValueOf(node)) === wanted)) return [];
  const targets = to.filter(({ node }) => fieldOf(node, field.key) === undefined);
  if (!canTake(field, to, targets, from)) return [];
  return [
    {
      title,
      kind: 'refactor.move',
      edits: [
        ...values.flatMap(node => (node ? [removal(node)] : [])),
        ...targets.map(owner => addition(input, field, owner)),
      ],
    },
  ];
}

/**
 * Upwards the target must be free. Downwards those that have a value of their own keep it, except for `env`, of which
 * variables from both levels count.
 */
function canTake(
  { key }: Field,
  to: readonly Owner[],
  targets: readonly Owner[],
  from: readonly ObjectNode[],
): boolean {
  const isUpwards = to.length === 1 && !from.some(owner => isInside(to[0]?.node, owner));
  return isUpwards || key === 'env' ? targets.length === to.length : targets.length > 0;
}

function isInside(inner: ObjectNode | undefined, outer: ObjectNode): boolean {
  return inner !== undefined && outer.range.start < inner.range.start && inner.range.end < outer.range.end;
}

function fieldOf(owner: ObjectNode, key: string): JsonNode | undefined {
  return member(member(owner, 'session'), key);
}

/** The field goes, and a session that holds nothing else with it. */
function removal(node: JsonNode): TextEdit {
  const session = node.parent;
  return removeEntry(session !== undefined && session.entries.length === 1 ? session : node);
}

function addition(
  { analysis: { document } }: RefactoringInput,
  field: Field,
  { node, shape }: Owner,
): TextEdit {
  const session = member(node, 'session');
  if (session?.kind === 'object') {
    const text = valueText(document, field.node, innerIndent(document, session));
    return insertEntry(document, session, { key: field.key, text }, 'Session');
  }
  const indent = innerIndent(document, node);
  const style = styleOf(document);
  const value = valueText(document, field.node, indent + style.unit);
  const text = containerText('{}', [`${JSON.stringify(field.key)}: ${value}`], style, indent);
  return insertEntry(document, node, { key: 'session', text }, shape);
}
