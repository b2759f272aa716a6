/** Which connector files run which: who names whom under `connector` (spec §6). */

import type { FileReference } from '../runtime/analysis/file-references.ts';
import { member, numberOf } from '../runtime/analysis/json-node.ts';
import { nameIndexOf } from './name-index.ts';
import type { Snapshot } from './snapshot.ts';
import { canonicalUri, resolveUri } from './uris.ts';

/** One file that runs another one, or is run by it. */
export interface CallEdge {
  /** Canonical. */
  readonly uri: string;
  /** Absent for the run file if it is not among the known ones. */
  readonly snapshot?: Snapshot;
  /** The places in the calling file. */
  readonly places: readonly FileReference[];
}

/** The connector files that a file runs, in the order in which it first names them. */
export function calledBy(caller: Snapshot, workspace: readonly Snapshot[]): readonly CallEdge[] {
  const places = new Map<string, FileReference[]>();
  for (const file of nameIndexOf(caller).files) {
    const uri = file.kind === 'connector' ? resolveUri(caller.uri, file.path) : undefined;
    if (uri !== undefined) places.set(uri, [...(places.get(uri) ?? []), file]);
  }
  return [...places].map(([uri, found]) => {
    const snapshot = workspace.find(file => canonicalUri(file.uri) === uri);
    return { uri, places: found, ...(snapshot ? { snapshot } : {}) };
  });
}

/** The connector files that run a file. */
export function callersOf(
  uri: string,
  workspace: readonly Snapshot[],
): readonly (CallEdge & { snapshot: Snapshot })[] {
  const wanted = canonicalUri(uri);
  return workspace.flatMap(snapshot => {
    const places = nameIndexOf(snapshot).files.filter(
      file => file.kind === 'connector' && resolveUri(snapshot.uri, file.path) === wanted,
    );
    return places.length > 0 ? [{ uri: canonicalUri(snapshot.uri), snapshot, places }] : [];
  });
}

/** Depth that runs below this file may reach (spec §8 `max_depth`); the file itself has depth 0. */
export function maxDepthOf({ analysis }: Snapshot): number {
  return numberOf(member(member(analysis.outline.root, 'limits'), 'max_depth')) ?? defaultMaxDepth;
}

const defaultMaxDepth = 3;
