/** Phases, workers and steps in normal form (spec §5, §6). */
import type { Capabilities, Conversation, Phase, Step, StepRule, Worker } from '../spec/workflow.ts';
import { effectiveModel, nearest, ownNode, sessionLayers } from './inheritance.ts';
import type { JsonNode, ObjectNode } from './json-node.ts';
import {
  booleanOf,
  elements,
  jsonValueOf,
  member,
  membersOf,
  numberOf,
  pathOf,
  textOf,
  textsOf,
} from './json-node.ts';
import type { ModelNames } from './model-names.ts';
import { normalizeSession } from './normalize-session.ts';
import { oneOf, optional } from './optional.ts';
import {
  type MemberOutline,
  memberKeys,
  needsModel,
  type Outline,
  type PhaseOutline,
  type StepOutline,
} from './outline.ts';
import type { PhaseGraph } from './phase-graph.ts';
import { parseMatch } from './step-match.ts';

interface FileParts {
  readonly outline: Outline;
  readonly names: ModelNames;
  readonly graph: PhaseGraph;
}

/** The normal form of a phase. */
export function normalizePhase(phase: PhaseOutline, file: FileParts): Phase {
  const own = ownNode(phase);
  const value = (key: string) => member(own, key);
  return {
    name: phase.name,
    path: pathOf(phase.node),
    kind: phase.kind,
    ...optional('description', textOf(value('description'))),
    needs: file.graph.needsOf(phase),
    workers: phase.members.flatMap(worker => normalizeWorkers(phase, worker, file)),
    parallel: booleanOf(value('parallel')) ?? true,
    ...optional('maxParallel', numberOf(value('max_parallel'))),
    steps: phase.steps.map(normalizeStep),
    retries: numberOf(value('retries')) ?? 0,
    onFailure: oneOf(['stop', 'continue'], textOf(value('on_failure'))) ?? 'stop',
    merge: oneOf(['auto', 'none', 'pick'], textOf(value('merge'))) ?? 'auto',
    ...optional('output', readOutput(value('output'))),
    ...optional('gate', oneOf(['approve'], textOf(value('gate')))),
    ...optional('conversation', readConversation(phase)),
  };
}

/** What agents may do, the nearest owner first; everything by default (spec §8). */
export function readCapabilities(owners: readonly (ObjectNode | undefined)[]): Capabilities {
  const nodes = owners.map(owner => member(owner, 'capabilities'));
  const first = (key: string) =>
    nodes.map(node => booleanOf(member(node, key))).find(value => value !== undefined);
  return { spawn: first('spawn') ?? true, message: first('message') ?? true };
}

/** One worker, or as many as its number says. */
function normalizeWorkers(phase: PhaseOutline, worker: MemberOutline, file: FileParts): readonly Worker[] {
  const one = normalizeWorker(phase, worker, file);
  if (worker.node) return [one];
  return Array.from({ length: worker.count }, (_, index) => ({ ...one, id: String(index + 1) }));
}

function normalizeWorker(phase: PhaseOutline, worker: MemberOutline, { outline, names }: FileParts): Worker {
  const own = ownNode(phase);
  const model = needsModel(phase, worker) ? effectiveModel(phase, worker, names) : undefined;
  const place = worker.node ?? member(phase.node, memberKeys[phase.kind]) ?? phase.node;
  const machine = nearest('machine', [worker.node, own]);
  return {
    id: worker.id,
    isNamed: Boolean(textOf(worker.nameNode)),
    path: pathOf(place),
    ...optional('description', textOf(member(worker.node, 'description'))),
    ...optional('model', model && { text: model.text, path: pathOf(model.node) }),
    ...promptOf([worker.node, own]),
    ...optional('role', textOf(member(worker.node, 'role'))),
    ...optional('connector', textOf(nearest('connector', [worker.node, own]))),
    ...optional('machine', machine && (machine.kind === 'string' ? [machine.value] : textsOf(machine))),
    session: normalizeSession(sessionLayers(outline, phase, worker)),
    capabilities: readCapabilities([worker.node, own, outline.root]),
  };
}

/** The nearest owner that has `prompt` or `prompt_file` decides. */
function promptOf(owners: readonly (ObjectNode | undefined)[]): Pick<Worker, 'prompt' | 'promptFile'> {
  for (const owner of owners) {
    const prompt = member(owner, 'prompt');
    if (prompt?.kind === 'string' && prompt.value.trim() !== '') {
      return { prompt: { text: prompt.value, path: pathOf(prompt) } };
    }
    const promptFile = textOf(member(owner, 'prompt_file'));
    if (promptFile) return { promptFile };
  }
  return {};
}

function normalizeStep({ node, name }: StepOutline): Step {
  return {
    name,
    path: pathOf(node),
    binary: textOf(member(node, 'binary')) ?? '',
    args: textsOf(member(node, 'args')),
    intent: oneOf(['read', 'write'], textOf(member(node, 'intent'))) ?? 'read',
    ...optional('cwd', textOf(member(node, 'cwd'))),
    ...optional('timeoutMs', numberOf(member(node, 'timeout_ms'))),
    rules: membersOf(member(node, 'output')).flatMap(([rule, value]) => normalizeRule(rule, value)),
  };
}

function normalizeRule(name: string, node: JsonNode): readonly StepRule[] {
  const match = parseMatch(textOf(member(node, 'match')) ?? '');
  return match.ok ? [{ name, match: match.value, next: textsOf(member(node, 'next')) }] : [];
}

function readOutput(node: JsonNode | undefined): Phase['output'] {
  if (node === undefined) return undefined;
  return node.kind === 'string' ? { schemaFile: node.value } : { schema: jsonValueOf(node) };
}

/** Defaults of spec §6; a phase of workers converses only as a star. */
function readConversation(phase: PhaseOutline): Conversation | undefined {
  const value = (key: string) => member(phase.node, key);
  const communication =
    phase.kind === 'workers' ? member(ownNode(phase), 'communication') : value('communication');
  const topology = oneOf(['mesh', 'star', 'ring'], textOf(member(communication, 'topology')));
  if (phase.kind === 'workers' && communication === undefined) return undefined;
  const defaultRounds = { dialogue: 3, meeting: 2, mesh: undefined, workers: undefined }[phase.kind];
  const channel = member(communication, 'broadcast_channel');
  return {
    ...optional('rounds', defaultRounds && (numberOf(value('rounds')) ?? defaultRounds)),
    ...optional('until', oneOf(['agreement'], textOf(value('until')))),
    agenda: elements(value('agenda')).flatMap(item => textOf(item) ?? []),
    ...optional('moderator', textOf(value('moderator'))),
    broadcast: booleanOf(value('broadcast')) ?? true,
    turns: oneOf(['round-robin', 'moderator', 'parallel'], textOf(value('turns'))) ?? 'round-robin',
    ...optional('decide', oneOf(['moderator', 'vote'], textOf(value('decide')))),
    topology: topology ?? 'mesh',
    anyToAny: booleanOf(member(communication, 'any_to_any')) ?? true,
    ...optional('broadcastChannel', booleanOf(channel) ?? textOf(channel)),
  };
}
