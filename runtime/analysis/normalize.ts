/** Checked outline → normal form (`spec/workflow.ts`). Called only for files without errors; misfits fall to defaults. */
import type { Limits, Machine, McpServer, Tools, Worker, Workflow } from '../spec/workflow.ts';
import { effectiveModel, sessionLayers } from './inheritance.ts';
import type { JsonNode } from './json-node.ts';
import { booleanOf, elements, member, membersOf, numberOf, pathOf, textOf, textsOf } from './json-node.ts';
import type { ModelNames } from './model-names.ts';
import { normalizePhase, readCapabilities } from './normalize-phase.ts';
import { normalizeRoute } from './normalize-route.ts';
import { normalizeSession } from './normalize-session.ts';
import { optional, textMap } from './optional.ts';
import type { Outline } from './outline.ts';
import { readPhaseGraph } from './phase-graph.ts';

/** What the normal form is made of. */
export interface NormalizeInput {
  readonly outline: Outline;
  readonly names: ModelNames;
  readonly fileName: string;
}

/** The normal form; undefined if the file has no root object. */
export function normalize(input: NormalizeInput): Workflow | undefined {
  const { outline, names } = input;
  const { root } = outline;
  if (!root) return undefined;
  const graph = readPhaseGraph(outline);
  const trust = member(root, 'trust');
  return {
    name: textOf(member(root, 'name')) || baseName(input.fileName),
    specVersion: textOf(member(root, 'connector')) === '2.1' ? '2.1' : '2.0',
    ...optional('description', textOf(member(root, 'description'))),
    ...optional('task', textOf(member(root, 'task'))),
    phases: outline.phases.map(phase => normalizePhase(phase, { outline, names, graph })),
    ...(outline.isInteractive ? { interactive: interactiveWorker(input) } : {}),
    models: Object.fromEntries([...names.aliases].map(([alias, route]) => [alias, normalizeRoute(route)])),
    scratchpad: hasScratchpad(outline),
    tools: readTools(member(member(root, 'tools'), 'mcp')),
    trustDomains: textsOf(member(trust, 'domains')),
    ...optional('agentFlow', textOf(member(member(root, 'agent'), 'flow'))),
    limits: readLimits(member(root, 'limits')),
    capabilities: readCapabilities([root]),
    machines: readMachines(member(root, 'machines')),
  };
}

/** The one worker of a file without pipeline (spec §2); its id is its name in lists and branches. */
function interactiveWorker({ outline, names }: NormalizeInput): Worker {
  const model = effectiveModel(undefined, undefined, names);
  return {
    id: '1',
    isNamed: false,
    path: [],
    ...(model ? { model: { text: model.text, path: pathOf(model.node) } } : {}),
    session: normalizeSession(sessionLayers(outline)),
    capabilities: readCapabilities(outline.root ? [outline.root] : []),
  };
}

/** `dir/review.connector.json` → `review`. */
function baseName(fileName: string): string {
  const parts = fileName.split(/[\\/]/).filter(part => part !== '');
  const file = parts.at(-1) ?? '';
  const stem = file.replace(/\.jsonc?$/i, '').replace(/\.connector$/i, '');
  return stem || 'connector';
}

/** On anywhere is on for the run (spec §3). */
function hasScratchpad(outline: Outline): boolean {
  const { root, phases } = outline;
  const owners: readonly (JsonNode | undefined)[] = [
    member(root, 'pipeline'),
    member(root, 'session'),
    ...phases.flatMap(phase => [
      phase.isTopLevel ? undefined : phase.node,
      member(phase.node, 'session'),
      ...phase.members.map(worker => member(worker.node, 'session')),
    ]),
  ];
  return owners.some(owner => booleanOf(member(owner, 'scratchpad')) === true);
}

function readTools(mcp: JsonNode | undefined): Tools {
  const mcpNames = elements(mcp).flatMap(node =>
    node.kind === 'string' ? [{ name: node.value, path: pathOf(node) }] : [],
  );
  const mcpServers = membersOf(mcp).flatMap(([name, node]) => {
    const server = readServer(node);
    return server ? [[name, server] as const] : [];
  });
  return { mcpNames, mcpServers: Object.fromEntries(mcpServers) };
}

function readServer(node: JsonNode): McpServer | undefined {
  const command = textOf(member(node, 'command'));
  if (command !== undefined) {
    return { command, args: textsOf(member(node, 'args')), env: textMap(member(node, 'env')) };
  }
  const url = textOf(member(node, 'url'));
  return url === undefined ? undefined : { url };
}

/** Defaults of spec §8. */
function readLimits(node: JsonNode | undefined): Limits {
  return {
    maxDepth: numberOf(member(node, 'max_depth')) ?? 3,
    maxTotalAgents: numberOf(member(node, 'max_total_agents')) ?? 1000,
    ...optional('maxCostUsd', numberOf(member(node, 'max_cost_usd'))),
    ...optional('timeoutPerAgentMs', numberOf(member(node, 'timeout_per_agent_ms'))),
    maxMessages: numberOf(member(node, 'max_messages')) ?? 500,
  };
}

function readMachines(node: JsonNode | undefined): Readonly<Record<string, Machine>> {
  const machines = membersOf(node).flatMap(([name, value]) => {
    const machine = readMachine(value);
    return machine ? [[name, machine] as const] : [];
  });
  return Object.fromEntries(machines);
}

function readMachine(node: JsonNode): Machine | undefined {
  const host = textOf(member(node, 'ssh'));
  if (host !== undefined) return { kind: 'ssh', host };
  const srun = member(node, 'srun');
  if (srun) return { kind: 'srun', args: textsOf(srun) };
  const command = member(node, 'command');
  return command ? { kind: 'command', argv: textsOf(command) } : undefined;
}
