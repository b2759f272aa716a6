/** Names inside the pipeline and their uses outside of texts: phases, their members, their steps. */
import { ownNode } from './inheritance.ts';
import { elements, type JsonNode, member, membersOf } from './json-node.ts';
import { atKeyOf, atNothing, atText } from './occurrence-parts.ts';
import type { Entity, IndexPart, Occurrence } from './occurrences.ts';
import { type MemberOutline, memberKeys, type PhaseOutline, type StepOutline } from './outline.ts';

/** Phases, workers, participants, agents and steps. */
export function phaseOccurrences({ document: { text }, outline, part }: IndexPart): readonly Occurrence[] {
  const phases = new Set(outline.phases.map(phase => phase.name));
  return part.phases.flatMap(phase => [
    phaseDefinition(phase, text),
    ...needsOf(phase, phases, text),
    ...phase.members.map(worker => memberDefinition(phase, worker, text)),
    ...moderatorOf(phase, text),
    ...stepOccurrences(phase, text),
  ]);
}

function phaseDefinition(phase: PhaseOutline, text: string): Occurrence {
  const entity: Entity = { kind: 'phase', name: phase.name };
  const name = member(ownNode(phase), 'name');
  return name?.kind === 'string' && name.value !== ''
    ? atText(name, entity, 'definition', text)
    : atNothing(phase.node, entity);
}

function needsOf(phase: PhaseOutline, phases: ReadonlySet<string>, text: string): readonly Occurrence[] {
  return elements(member(ownNode(phase), 'needs')).flatMap(node =>
    node.kind === 'string' && phases.has(node.value)
      ? [atText(node, { kind: 'phase', name: node.value }, 'use', text)]
      : [],
  );
}

/** Workers given as a number are defined by that number, each under its own. */
function memberDefinition(phase: PhaseOutline, worker: MemberOutline, text: string): Occurrence {
  const entity: Entity = { kind: 'member', name: worker.id, phase: phase.index };
  const { nameNode } = worker;
  return nameNode?.kind === 'string' && nameNode.value !== ''
    ? atText(nameNode, entity, 'definition', text)
    : atNothing(worker.node ?? member(phase.node, memberKeys[phase.kind]) ?? phase.node, entity);
}

function moderatorOf(phase: PhaseOutline, text: string): readonly Occurrence[] {
  const node = phase.kind === 'meeting' ? member(phase.node, 'moderator') : undefined;
  if (node?.kind !== 'string' || !phase.members.some(worker => worker.id === node.value)) return [];
  return [atText(node, { kind: 'member', name: node.value, phase: phase.index }, 'use', text)];
}

/** A `next` that names no step is a suggestion in words (spec §5.3). */
function stepOccurrences(phase: PhaseOutline, text: string): readonly Occurrence[] {
  const entity = (name: string): Entity => ({ kind: 'step', name, phase: phase.index });
  const names = new Set(phase.steps.map(({ name }) => name));
  return phase.steps.flatMap(step => [
    ...stepDefinition(step, entity(step.name), text),
    ...nextOf(step).flatMap(node =>
      node.kind === 'string' && names.has(node.value) ? [atText(node, entity(node.value), 'use', text)] : [],
    ),
  ]);
}

function nextOf(step: StepOutline): readonly JsonNode[] {
  return membersOf(member(step.node, 'output')).flatMap(([, rule]) => elements(member(rule, 'next')));
}

function stepDefinition(step: StepOutline, entity: Entity, text: string): readonly Occurrence[] {
  const { nameNode } = step;
  if (nameNode === undefined) return [atNothing(step.node, entity)];
  // Steps of a map are named by their keys.
  if (nameNode === step.node) return atKeyOf(step.node, entity, text);
  return nameNode.kind === 'string' && nameNode.value !== ''
    ? [atText(nameNode, entity, 'definition', text)]
    : [atNothing(step.node, entity)];
}
