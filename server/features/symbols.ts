/** The outline of a document by meaning: aliases, phases with their members and steps, machines, MCP servers. */
import {
  type DocumentSymbol,
  type DocumentSymbolParams,
  type SymbolInformation,
  SymbolKind,
} from 'vscode-languageserver';
import type { JsonNode, Range } from '../../runtime/analysis/json-node.ts';
import { member, membersOf } from '../../runtime/analysis/json-node.ts';
import type { MemberOutline, PhaseOutline, StepOutline } from '../../runtime/analysis/outline.ts';
import type { FeatureContext } from '../feature.ts';
import { chainOf, chainText } from '../model-facts.ts';
import { describePhase, modelOf } from '../outline-text.ts';
import type { Snapshot } from '../snapshot.ts';

/** Most members and steps that are shown, in file order: clients draw every symbol they get. */
const maxChildren = 10_000;

/**
 * All symbols, as a tree for clients that show one; empty where the editor's JSON support shows an outline itself.
 */
export function symbols(
  snapshot: Snapshot,
  _params: DocumentSymbolParams,
  context: FeatureContext,
): DocumentSymbol[] | SymbolInformation[] {
  if (!context.settings.schemaFeatures) return [];
  const tree = symbolTree(snapshot, context);
  return context.client.hierarchicalSymbols ? tree : tree.flatMap(symbol => flatten(snapshot.uri, symbol));
}

function flatten(uri: string, symbol: DocumentSymbol, containerName?: string): SymbolInformation[] {
  const { name, detail, kind, range, children } = symbol;
  const own = {
    name: detail ? `${name} · ${detail}` : name,
    kind,
    location: { uri, range },
    ...(containerName === undefined ? {} : { containerName }),
  };
  return [own, ...(children ?? []).flatMap(child => flatten(uri, child, name))];
}

function symbolTree(snapshot: Snapshot, context: FeatureContext): DocumentSymbol[] {
  const { outline } = snapshot.analysis;
  const { root, phases } = outline;
  const mcp = member(member(root, 'tools'), 'mcp');
  return [
    ...group(snapshot, member(root, 'models'), 'models', () => aliasSymbols(snapshot, context)),
    ...phaseSymbols(snapshot, phases),
    ...group(snapshot, member(root, 'machines'), 'machines', node =>
      entrySymbols(snapshot, node, SymbolKind.Object),
    ),
    ...(mcp?.kind === 'object'
      ? group(snapshot, mcp, 'MCP servers', node => entrySymbols(snapshot, node, SymbolKind.Interface))
      : []),
  ];
}

function aliasSymbols(snapshot: Snapshot, context: FeatureContext): DocumentSymbol[] {
  return [...snapshot.analysis.names.aliases].map(([alias, node]) =>
    symbol(snapshot, node, {
      name: alias,
      detail: chainText(chainOf(snapshot, alias, context.facts)),
      kind: SymbolKind.Variable,
    }),
  );
}

function phaseSymbols(snapshot: Snapshot, phases: readonly PhaseOutline[]): DocumentSymbol[] {
  let left = maxChildren;
  return phases.map(phase => {
    const members = phase.members.slice(0, left);
    const steps = phase.steps.slice(0, left - members.length);
    left -= members.length + steps.length;
    return phaseSymbol(snapshot, phase, [
      ...members.flatMap(worker => memberSymbol(snapshot, phase, worker)),
      ...steps.map(step => stepSymbol(snapshot, step)),
    ]);
  });
}

function phaseSymbol(snapshot: Snapshot, phase: PhaseOutline, children: DocumentSymbol[]): DocumentSymbol {
  const what = phase.kind === 'workers' ? 'phase' : phase.kind;
  return {
    ...symbol(snapshot, phase.node, {
      name: phase.isTopLevel ? what : `${what} ${phase.name}`,
      detail: describePhase(phase, snapshot),
      kind: SymbolKind.Namespace,
      nameNode: phase.isTopLevel ? member(phase.node, 'type') : member(phase.node, 'name'),
    }),
    children,
  };
}

/** Workers given as a number have no places of their own. */
function memberSymbol(snapshot: Snapshot, phase: PhaseOutline, worker: MemberOutline): DocumentSymbol[] {
  if (worker.node === undefined) return [];
  const detail = modelOf(phase, worker, snapshot.analysis.names) ?? '';
  const { id: name, nameNode } = worker;
  return [symbol(snapshot, worker.node, { name, detail, kind: SymbolKind.Class, nameNode })];
}

function stepSymbol(snapshot: Snapshot, { node, name, nameNode }: StepOutline): DocumentSymbol {
  const binary = member(node, 'binary');
  const detail = binary?.kind === 'string' ? binary.value : '';
  return symbol(snapshot, node, {
    name,
    detail,
    kind: SymbolKind.Function,
    nameNode: nameNode === node ? undefined : nameNode,
  });
}

function entrySymbols(snapshot: Snapshot, map: JsonNode, kind: SymbolKind): DocumentSymbol[] {
  return membersOf(map).map(([name, node]) => symbol(snapshot, node, { name, detail: '', kind }));
}

function group(
  snapshot: Snapshot,
  node: JsonNode | undefined,
  name: string,
  childrenOf: (node: JsonNode) => DocumentSymbol[],
): DocumentSymbol[] {
  if (node?.kind !== 'object' || node.members.size === 0) return [];
  return [
    { ...symbol(snapshot, node, { name, detail: '', kind: SymbolKind.Object }), children: childrenOf(node) },
  ];
}

interface SymbolText {
  readonly name: string;
  readonly detail: string;
  readonly kind: SymbolKind;
  /** Where its name stands; the key or the opening brace where it stands nowhere. */
  readonly nameNode?: JsonNode | undefined;
}

function symbol(
  { positions }: Snapshot,
  node: JsonNode,
  { name, detail, kind, nameNode }: SymbolText,
): DocumentSymbol {
  const start = (node.keyRange ?? node.range).start;
  const opening: Range = { start: node.range.start, end: node.range.start + 1 };
  return {
    // Clients refuse symbols without a name.
    name: name || '""',
    detail,
    kind,
    range: positions.rangeOf({ start, end: node.range.end }),
    selectionRange: positions.rangeOf(nameNode?.range ?? node.keyRange ?? opening),
  };
}
