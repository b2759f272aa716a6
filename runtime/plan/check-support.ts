import { adapterOf } from '../agents/registry.ts';
import { terminalCliNames, terminalCliOf } from '../agents/terminal/terminal-clis.ts';
import type { PlanNote } from './plan.ts';
import {
  groupBy,
  nameWorkers,
  type PhasePair,
  type PlanContext,
  quoteAll,
  type WorkerPair,
} from './plan-context.ts';
import { mcpServerNames } from './wanted-facts.ts';

/** What the file asks for and this version cannot do: said before anything starts, never ignored. */
export function checkSupport(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const workers = phases.flatMap(phase => phase.workers);
  return [
    ...phases.flatMap(topologyNotes),
    ...blockersFor(workers, 'sub-connector', ({ source }) => source.connector, 'runs the connector file'),
    ...blockersFor(workers, 'machine', ({ source }) => source.machine?.join(', '), 'runs on the machine'),
    ...sandboxNotes(workers),
    ...transportNotes(workers, context),
    ...toolNotes(workers, context),
    ...trustNotes(workers, context),
  ];
}

function topologyNotes({ source }: PhasePair): readonly PlanNote[] {
  const isStar = source.kind === 'workers' && source.conversation !== undefined;
  if (source.kind === 'workers' && !isStar) return [];
  const message = `phase "${source.name}" is a ${isStar ? 'star' : source.kind}: this version runs phases of workers only`;
  return [{ severity: 'blocker', code: 'topology', message, path: source.path, exitCode: 2 }];
}

function blockersFor(
  workers: readonly WorkerPair[],
  code: string,
  textOf: (pair: WorkerPair) => string | undefined,
  verb: string,
): readonly PlanNote[] {
  const affected = workers.filter(pair => textOf(pair) !== undefined);
  return groupBy(affected, pair => textOf(pair) ?? '').map(([text, group]) => ({
    severity: 'blocker',
    code,
    message: `${nameWorkers(group.map(pair => pair.planned))} ${verb} "${text}": this version cannot do that yet`,
    ...pathOf(group),
    exitCode: 2,
  }));
}

function sandboxNotes(workers: readonly WorkerPair[]): readonly PlanNote[] {
  const boxed = workers.filter(({ planned }) => planned.sandbox !== false);
  if (boxed.length === 0) return [];
  const message = `this version has no sandbox yet and never runs without one: sandbox_unavailable is how it ends for ${nameWorkers(boxed.map(pair => pair.planned))}`;
  return [{ severity: 'warning', code: 'sandbox-unavailable', message, ...pathOf(boxed) }];
}

/** A live terminal needs a CLI whose turns can be told there. */
function transportNotes(
  workers: readonly WorkerPair[],
  { workflow, facts }: PlanContext,
): readonly PlanNote[] {
  if (workflow.interactive !== undefined) return [];
  const asking = workers.filter(({ source, planned }) => {
    const isDriven = planned.routes.every(({ transport }) => transport === 'terminal');
    return source.session.transport === 'terminal' && !isDriven;
  });
  if (asking.length === 0) return [];
  const { configuredAgents, platform } = facts;
  const driven = [...new Set([...terminalCliNames, ...Object.keys(configuredAgents)])].filter(
    adapter => terminalCliOf({ adapter, declared: configuredAgents[adapter] }, platform) !== undefined,
  );
  const message = `${nameWorkers(asking.map(pair => pair.planned))} may run without a live terminal, with a readable transcript: it can be had for ${driven.join(', ')}`;
  return [{ severity: 'warning', code: 'transport', message, ...pathOf(asking) }];
}

function toolNotes(workers: readonly WorkerPair[], { workflow, facts }: PlanContext): readonly PlanNote[] {
  const path = ['tools', 'mcp'];
  const unknown = mcpServerNames(workflow).filter(name => !facts.mcpServers.includes(name));
  if (unknown.length > 0) {
    const message = `no MCP server ${quoteAll(unknown)} is defined in the file, .mcp.json, .vscode/mcp.json or the settings of a CLI: see "niia mcp list"`;
    return [{ severity: 'blocker', code: 'mcp-server-unknown', message, path, exitCode: 2 }];
  }
  if (facts.mcpServers.length === 0) return [];
  const routes = workers.flatMap(({ planned }) => planned.routes);
  const without = routes.filter(route => adapterOf(route)?.mcp !== 'native').map(({ label }) => label);
  if (without.length === 0) return [];
  const message = `${[...new Set(without)].join(', ')} cannot use MCP: reaches ${quoteAll(facts.mcpServers)} by "niia mcp call" alone`;
  return [{ severity: 'note', code: 'mcp-by-command', message, path }];
}

function trustNotes(workers: readonly WorkerPair[], { workflow }: PlanContext): readonly PlanNote[] {
  if (workflow.trustDomains.length === 0) return [];
  if (workers.some(({ planned }) => planned.sandbox !== false)) return [];
  const message = 'trust.domains has no effect: no worker has a sandbox, so nothing limits the network';
  return [{ severity: 'warning', code: 'trust-without-sandbox', message, path: ['trust', 'domains'] }];
}

function pathOf([first]: readonly WorkerPair[]): Pick<PlanNote, 'path'> {
  return first === undefined ? {} : { path: first.source.path };
}
