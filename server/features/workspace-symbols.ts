/** Names of all connector files of the workspace, to jump to. */
import { type SymbolInformation, SymbolKind, type WorkspaceSymbolParams } from 'vscode-languageserver';
import type { Entity, EntityKind } from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import { describePhase, workflowNameOf } from '../outline-text.ts';
import type { Snapshot } from '../snapshot.ts';

/** Nobody reads more. */
const maxSymbols = 500;

const kinds: Readonly<Partial<Record<EntityKind, SymbolKind>>> = {
  alias: SymbolKind.Variable,
  phase: SymbolKind.Namespace,
  member: SymbolKind.Class,
  step: SymbolKind.Function,
  machine: SymbolKind.Object,
  'mcp-server': SymbolKind.Interface,
};

/** Workflows, and all names that files define, that hold the letters of the query in their order. */
export function workspaceSymbols(
  params: WorkspaceSymbolParams,
  context: FeatureContext,
): SymbolInformation[] {
  const found: SymbolInformation[] = [];
  for (const snapshot of context.workspace()) {
    if (context.isCancelled()) break;
    for (const symbol of symbolsOf(snapshot, params.query)) {
      found.push(symbol);
      if (found.length >= maxSymbols) return found;
    }
  }
  return found;
}

function* symbolsOf(snapshot: Snapshot, query: string): Iterable<SymbolInformation> {
  const workflow = workflowNameOf(snapshot);
  const { uri, positions } = snapshot;
  if (matches(workflow, query)) {
    const range = positions.rangeOf({ start: 0, end: 0 });
    yield { name: workflow, kind: SymbolKind.File, location: { uri, range } };
  }
  for (const { entity, role, form, range } of nameIndexOf(snapshot).all) {
    const kind = kinds[entity.kind];
    // What has no name in the file is found by nobody.
    if (role !== 'definition' || form === 'implicit' || kind === undefined || !matches(entity.name, query))
      continue;
    const containerName = containerOf(snapshot, entity, workflow);
    yield { name: entity.name, kind, containerName, location: { uri, range: positions.rangeOf(range) } };
  }
}

function containerOf(snapshot: Snapshot, entity: Entity, workflow: string): string {
  const { phases } = snapshot.analysis.outline;
  if (entity.kind === 'phase') {
    const phase = phases.find(({ name }) => name === entity.name);
    return phase ? `${workflow} · ${describePhase(phase, snapshot)}` : workflow;
  }
  const phase = phases.find(({ index, isTopLevel }) => index === entity.phase && !isTopLevel);
  return phase ? `${workflow} · ${phase.name}` : workflow;
}

/** As editors match: the letters of the query in their order, with anything between. */
function matches(name: string, query: string): boolean {
  const text = name.toLowerCase();
  let at = 0;
  for (const letter of query.toLowerCase()) {
    at = text.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}
