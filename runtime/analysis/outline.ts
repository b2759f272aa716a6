/**
 * The parts of a connector file with their nodes, read as far as they make sense: what rules and the normal form share.
 * Values of a wrong type are left out here; the shape check reports them.
 */
import type { Phase } from '../spec/workflow.ts';
import type { JsonNode, ObjectNode } from './json-node.ts';
import { elements, member, membersOf, numberOf, textOf } from './json-node.ts';

/** The parts of a file. */
export interface Outline {
  readonly root?: ObjectNode;
  /** Phases in file order; a top-level dialogue, meeting or mesh is one phase. */
  readonly phases: readonly PhaseOutline[];
  /** Phases and members, each with what it says of itself: where `model`, `machine`, `session` and the like stand. */
  readonly owners: readonly ObjectNode[];
  /** Every `session`, the top level's first. */
  readonly sessions: readonly JsonNode[];
  /** The file is one interactive session (spec §2). */
  readonly isInteractive: boolean;
}

/** A phase, or the top level as the one phase of its topology. */
export interface PhaseOutline {
  readonly index: number;
  readonly node: ObjectNode;
  readonly isTopLevel: boolean;
  readonly name: string;
  readonly kind: Phase['kind'];
  readonly members: readonly MemberOutline[];
  readonly steps: readonly StepOutline[];
}

/** A worker, participant or agent; workers given as a number are one entry with that count. */
export interface MemberOutline {
  /** Absent for workers given as a number, or by default. */
  readonly node?: ObjectNode;
  /** Its `name` or `id`. */
  readonly nameNode?: JsonNode;
  readonly id: string;
  readonly count: number;
}

/** A step with its effective name. */
export interface StepOutline {
  readonly node: ObjectNode;
  readonly nameNode?: JsonNode;
  readonly name: string;
}

/** Most identical workers of a phase (spec §5). */
const maxCount = 1000;

/** The key under which each kind of phase lists its members. */
export const memberKeys = {
  workers: 'workers',
  dialogue: 'participants',
  meeting: 'participants',
  mesh: 'agents',
} as const;

/** Further phases are not read (`too-large-workflow`): rules look at phases in pairs. */
export const maxPhases = 2000;
/** More workers than this make no normal form: each is an object of its own there. */
export const maxWorkers = 100_000;

/** How many workers, participants and agents all phases have together. */
export function countWorkers({ phases }: Outline): number {
  return phases.reduce((sum, phase) => sum + countWorkersOf(phase), 0);
}

/** How many workers, participants or agents a phase has. */
export function countWorkersOf(phase: PhaseOutline): number {
  return phase.members.reduce((sum, worker) => sum + worker.count, 0);
}

/** Reads the parts out of the root value. */
export function readOutline(root: JsonNode | undefined): Outline {
  if (root?.kind !== 'object') return { phases: [], owners: [], sessions: [], isInteractive: false };
  const phases = readPhases(root);
  const owners = ownersIn(phases);
  const isInteractive = !root.members.has('pipeline') && topologyOf(root) === undefined;
  return { root, phases, owners, sessions: sessionsOf([root, ...owners]), isInteractive };
}

function readPhases(root: ObjectNode): readonly PhaseOutline[] {
  const kind = topologyOf(root);
  if (kind) return [readPhase(root, 0, kind, true)];
  const nodes = elements(member(member(root, 'pipeline'), 'phases')).slice(0, maxPhases);
  return nodes.flatMap((node, index) =>
    node.kind === 'object' ? [readPhase(node, index, topologyOf(node) ?? 'workers', false)] : [],
  );
}

/** The nodes of phases and of their members. */
export function ownersIn(phases: readonly PhaseOutline[]): readonly ObjectNode[] {
  const owners: ObjectNode[] = [];
  for (const { node, isTopLevel, members } of phases) {
    // A top-level topology has nothing of its own beside the root.
    if (!isTopLevel) owners.push(node);
    for (const worker of members) if (worker.node) owners.push(worker.node);
  }
  return owners;
}

function sessionsOf(owners: readonly ObjectNode[]): readonly JsonNode[] {
  const sessions: JsonNode[] = [];
  for (const owner of owners) {
    const session = owner.member('session');
    if (session) sessions.push(session);
  }
  return sessions;
}

/** Whether the worker needs a model: it does unless it only runs steps or a sub-connector (spec §5.3, §6). */
export function needsModel(phase: PhaseOutline, worker: MemberOutline): boolean {
  // At the top level `connector` is the version of the file.
  const owners = [worker.node, phase.isTopLevel ? undefined : phase.node];
  if (owners.some(owner => member(owner, 'connector'))) return false;
  return phase.steps.length === 0 || owners.some(speaksToModel);
}

function speaksToModel(node: ObjectNode | undefined): boolean {
  return ['model', 'prompt', 'prompt_file'].some(key => member(node, key) !== undefined);
}

function topologyOf(node: ObjectNode): Exclude<Phase['kind'], 'workers'> | undefined {
  const type = textOf(member(node, 'type'));
  return type === 'dialogue' || type === 'meeting' || type === 'mesh' ? type : undefined;
}

function readPhase(node: ObjectNode, index: number, kind: Phase['kind'], isTopLevel: boolean): PhaseOutline {
  // The top level's `name` is the workflow's, not the phase's.
  const name = isTopLevel ? undefined : textOf(member(node, 'name'));
  return {
    index,
    node,
    isTopLevel,
    name: name || `phase-${index + 1}`,
    kind,
    members: readMembers(node, kind),
    steps: isTopLevel ? [] : readSteps(member(node, 'steps')),
  };
}

function readMembers(phase: ObjectNode, kind: Phase['kind']): readonly MemberOutline[] {
  const list = member(phase, memberKeys[kind]);
  if (list?.kind === 'array') {
    return list.entries.flatMap((node, index) =>
      node.kind === 'object' ? [readMember(node, index, kind)] : [],
    );
  }
  if (kind !== 'workers') return [];
  const count = numberOf(list) ?? 1;
  return [{ id: '1', count: Number.isInteger(count) && count >= 1 && count <= maxCount ? count : 1 }];
}

function readMember(node: ObjectNode, index: number, kind: Phase['kind']): MemberOutline {
  const nameNode = member(node, kind === 'workers' ? 'name' : 'id');
  const id = textOf(nameNode) || String(index + 1);
  return { node, id, count: 1, ...(nameNode ? { nameNode } : {}) };
}

function readSteps(steps: JsonNode | undefined): readonly StepOutline[] {
  if (steps?.kind === 'object') {
    return membersOf(steps).flatMap(([key, node]) =>
      node.kind === 'object' ? [{ node, nameNode: node, name: key }] : [],
    );
  }
  return elements(steps).flatMap((node, index) => {
    if (node.kind !== 'object') return [];
    const nameNode = member(node, 'name');
    return [{ node, name: textOf(nameNode) || String(index + 1), ...(nameNode ? { nameNode } : {}) }];
  });
}
