/** What a model text leads to: its failover chain in the file, and what this machine knows about the CLIs in it. */
import { adapterFor } from '../runtime/agents/registry.ts';
import { normalizeRoute } from '../runtime/analysis/normalize-route.ts';
import { labelOf, programsOf } from '../runtime/plan/plan-routes.ts';
import {
  type Chain,
  type ChainEntry,
  type ConfiguredAgents,
  resolveChain,
} from '../runtime/plan/resolve-chain.ts';
import type { Route } from '../runtime/spec/workflow.ts';
import type { ProgramState, WorkspaceFacts } from './facts.ts';
import type { Snapshot } from './snapshot.ts';

/** Routes of all aliases of a file; for `snapshot.once`. */
export function routesOf({ analysis }: Snapshot): Readonly<Record<string, Route>> {
  return Object.fromEntries(
    [...analysis.names.aliases].map(([alias, node]) => [alias, normalizeRoute(node)]),
  );
}

/** The failover chain of an alias or literal model, whatever else is wrong in the file. */
export function chainOf(snapshot: Snapshot, model: string, facts: WorkspaceFacts): Chain {
  const agents = facts.user()?.agents ?? noAgents;
  const chains = snapshot.once(knownChains);
  if (chains.agents !== agents) {
    chains.agents = agents;
    chains.byModel.clear();
  }
  const known = chains.byModel.get(model);
  if (known !== undefined) return known;
  const chain = resolveChain(model, snapshot.once(routesOf), agents);
  chains.byModel.set(model, chain);
  return chain;
}

const noAgents: ConfiguredAgents = {};

/** Chains found already, as long as the user's configuration is the same: lists and hints ask for them over and over. */
interface KnownChains {
  agents: ConfiguredAgents;
  readonly byModel: Map<string, Chain>;
}

/** For `snapshot.once`. */
function knownChains(): KnownChains {
  return { agents: noAgents, byModel: new Map() };
}

/** `claude (opus) → codex`: a chain in one line. */
export function chainText({ entries, unknown }: Chain): string {
  const known = entries.map(labelOf);
  return [...known, ...unknown.map(name => `${name}?`)].join(' → ');
}

/** Programs any of which serves an entry, best first; empty if it needs none. */
export function programNamesOf(entry: ChainEntry): readonly string[] {
  const adapter = adapterFor(entry.adapter);
  // CLIs that this version does not drive are looked for by their own name.
  return adapter === undefined && entry.command === undefined ? [entry.adapter] : programsOf(entry, adapter);
}

/** Whether a CLI is here: its program and where, `none-needed`, or undefined while nobody knows. */
export function programOf(
  entry: ChainEntry,
  facts: WorkspaceFacts,
): (ProgramState & { readonly name: string }) | 'none-needed' | undefined {
  const names = programNamesOf(entry);
  const [first] = names;
  if (first === undefined) return 'none-needed';
  const states = names.map(name => ({ name, state: facts.program(name) }));
  const found = states.find(({ state }) => state?.kind === 'found');
  if (found?.state) return { ...found.state, name: found.name };
  return states.every(({ state }) => state !== undefined) ? { kind: 'not-found', name: first } : undefined;
}
