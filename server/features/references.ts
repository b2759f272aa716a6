/** All references of a name: in the document, and in other connector files where the name reaches so far. */
import type { Location, ReferenceParams } from 'vscode-languageserver';
import {
  definitionsOf,
  type Entity,
  fileReferenceAt,
  occurrencesOf,
} from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { findMcpEntry } from '../mcp-places.ts';
import { nameAt, nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalUri, resolveUri } from '../uris.ts';

/** Where the name or file at the position is used, and with `includeDeclaration` where it is defined. */
export function references(snapshot: Snapshot, params: ReferenceParams, context: FeatureContext): Location[] {
  const index = nameIndexOf(snapshot);
  const file = fileReferenceAt(index, snapshot.positions.offsetAt(params.position));
  if (file) return referencesToFile(resolveUri(snapshot.uri, file.path), context);
  const found = nameAt(snapshot, params.position);
  if (found === undefined) return [];
  const { includeDeclaration } = params.context;
  const shared = sharedEntry(snapshot, found.entity, context);
  if (shared) {
    const uses = filesSharing(shared, found.entity, context).flatMap(file =>
      usesIn(file, found.entity, false),
    );
    return includeDeclaration ? [shared, ...uses] : uses;
  }
  return usesIn(snapshot, found.entity, includeDeclaration);
}

/** All places of connector files that name the file. */
export function referencesToFile(uri: string | undefined, context: FeatureContext): Location[] {
  if (uri === undefined) return [];
  const found: Location[] = [];
  for (const snapshot of context.workspace()) {
    if (context.isCancelled()) break;
    for (const { path, node } of nameIndexOf(snapshot).files) {
      if (resolveUri(snapshot.uri, path) !== uri) continue;
      found.push({ uri: snapshot.uri, range: snapshot.positions.rangeOf(node.range) });
    }
  }
  return found;
}

/** The entry outside of all connector files that the name stands for: so far only MCP servers have one. */
export function sharedEntry(
  snapshot: Snapshot,
  entity: Entity,
  { facts, client }: Pick<FeatureContext, 'facts' | 'client'>,
): Location | undefined {
  if (entity.kind !== 'mcp-server' || definitionsOf(nameIndexOf(snapshot), entity).length > 0)
    return undefined;
  return findMcpEntry(snapshot.uri, entity.name, facts, client.encoding);
}

/** The connector files in which the name stands for the same entry. */
export function filesSharing(entry: Location, entity: Entity, context: FeatureContext): readonly Snapshot[] {
  return context.workspace().filter(snapshot => {
    if (context.isCancelled() || occurrencesOf(nameIndexOf(snapshot), entity).length === 0) return false;
    const own = sharedEntry(snapshot, entity, context);
    return own !== undefined && canonicalUri(own.uri) === canonicalUri(entry.uri);
  });
}

function usesIn(snapshot: Snapshot, entity: Entity, includeDeclaration: boolean): Location[] {
  return occurrencesOf(nameIndexOf(snapshot), entity)
    .filter(({ role }) => includeDeclaration || role === 'use')
    .map(({ range }) => ({ uri: snapshot.uri, range: snapshot.positions.rangeOf(range) }));
}
