/** Call hierarchy: connector files that run each other, with their depth against `limits.max_depth`. */
import {
  type CallHierarchyIncomingCall,
  type CallHierarchyIncomingCallsParams,
  type CallHierarchyItem,
  type CallHierarchyOutgoingCall,
  type CallHierarchyOutgoingCallsParams,
  SymbolKind,
  type TextDocumentPositionParams,
} from 'vscode-languageserver';
import { member } from '../../runtime/analysis/json-node.ts';
import { fileReferenceAt } from '../../runtime/analysis/occurrences.ts';
import { type CallEdge, calledBy, callersOf, maxDepthOf } from '../callers.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import { workflowNameOf } from '../outline-text.ts';
import type { Snapshot } from '../snapshot.ts';
import { baseNameOf, canonicalUri, resolveUri } from '../uris.ts';

/** The connector file that is named at the position, else the one that is looked at. */
export function prepareCallHierarchy(
  snapshot: Snapshot,
  params: TextDocumentPositionParams,
  context: FeatureContext,
): CallHierarchyItem[] | null {
  const reference = fileReferenceAt(nameIndexOf(snapshot), snapshot.positions.offsetAt(params.position));
  if (reference === undefined) return [itemOf(snapshot.uri, snapshot, rootDepth(snapshot))];
  const uri = reference.kind === 'connector' ? resolveUri(snapshot.uri, reference.path) : undefined;
  if (uri === undefined) return null;
  const named = findFile(uri, context);
  return [itemOf(uri, named, named ? rootDepth(named) : { depth: 0, maxDepth: 0 })];
}

/** The files that the item's file runs; each is one deeper, and the limits of the one at the top count. */
export function outgoingCalls(
  { item }: CallHierarchyOutgoingCallsParams,
  context: FeatureContext,
): CallHierarchyOutgoingCall[] {
  const caller = findFile(item.uri, context);
  if (caller === undefined) return [];
  const { depth, maxDepth } = readDepth(item.data) ?? rootDepth(caller);
  return calledBy(caller, context.workspace()).map(edge => ({
    to: itemOf(edge.uri, edge.snapshot, { depth: depth + 1, maxDepth }),
    fromRanges: rangesOf(caller, edge),
  }));
}

/** The files that run the item's file; here the limits of the caller count, as each may be the top of a run. */
export function incomingCalls(
  { item }: CallHierarchyIncomingCallsParams,
  context: FeatureContext,
): CallHierarchyIncomingCall[] {
  const below = readDepth(item.data)?.below ?? 0;
  return callersOf(item.uri, context.workspace()).map(edge => ({
    from: itemOf(edge.uri, edge.snapshot, {
      depth: 0,
      maxDepth: maxDepthOf(edge.snapshot),
      below: below + 1,
    }),
    fromRanges: rangesOf(edge.snapshot, edge),
  }));
}

interface Depth {
  /** Of the file in the run that is looked at. */
  readonly depth: number;
  /** Of the file at the top of that run. */
  readonly maxDepth: number;
  /** For callers: how much deeper the file is that was asked about. */
  readonly below?: number;
}

function rootDepth(snapshot: Snapshot): Depth {
  return { depth: 0, maxDepth: maxDepthOf(snapshot) };
}

function itemOf(uri: string, snapshot: Snapshot | undefined, depth: Depth): CallHierarchyItem {
  const start = { line: 0, character: 0 };
  const name = member(snapshot?.analysis.outline.root, 'name');
  return {
    name: snapshot ? workflowNameOf(snapshot) : baseNameOf(uri),
    kind: SymbolKind.File,
    detail: snapshot ? describe(uri, depth) : `${baseNameOf(uri)} · not in the workspace`,
    uri,
    range: snapshot?.positions.rangeOf({ start: 0, end: snapshot.text.length }) ?? { start, end: start },
    selectionRange: (name && snapshot?.positions.rangeOf(name.range)) ?? { start, end: start },
    data: depth,
  };
}

function describe(uri: string, { depth, maxDepth, below }: Depth): string {
  const reached = below ?? depth;
  if (reached === 0) return baseNameOf(uri);
  const what =
    below === undefined ? `depth ${depth} of ${maxDepth}` : `reaches depth ${below} of ${maxDepth}`;
  return `${baseNameOf(uri)} · ${what}${reached > maxDepth ? ', beyond limits.max_depth' : ''}`;
}

function rangesOf(caller: Snapshot, { places }: CallEdge) {
  return places.map(({ node }) => caller.positions.rangeOf(node.range));
}

function findFile(uri: string, context: FeatureContext): Snapshot | undefined {
  const wanted = canonicalUri(uri);
  return context.workspace().find(snapshot => canonicalUri(snapshot.uri) === wanted);
}

/** Items come back from the client as it got them; other data are not ours. */
function readDepth(data: unknown): Depth | undefined {
  if (typeof data !== 'object' || data === null || !('depth' in data) || !('maxDepth' in data))
    return undefined;
  const { depth, maxDepth } = data;
  if (typeof depth !== 'number' || typeof maxDepth !== 'number') return undefined;
  const below = 'below' in data && typeof data.below === 'number' ? { below: data.below } : {};
  return { depth, maxDepth, ...below };
}
