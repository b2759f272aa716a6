/** Go to definition, also for peek: names of the file, placeholders, other files, entries of MCP servers. */
import type { Location, LocationLink, Range, TextDocumentPositionParams } from 'vscode-languageserver';
import type { JsonNode } from '../../runtime/analysis/json-node.ts';
import { member } from '../../runtime/analysis/json-node.ts';
import {
  definitionsOf,
  type Entity,
  fileReferenceAt,
  meaningAt,
  type Occurrence,
} from '../../runtime/analysis/occurrences.ts';
import type { FeatureContext } from '../feature.ts';
import { findMcpEntry } from '../mcp-places.ts';
import { nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { resolveUri } from '../uris.ts';

/** Where what stands at the position is defined; links with the whole target for clients that take them. */
export function definition(
  snapshot: Snapshot,
  params: TextDocumentPositionParams,
  context: FeatureContext,
): Location[] | LocationLink[] {
  const offset = snapshot.positions.offsetAt(params.position);
  const index = nameIndexOf(snapshot);
  const file = fileReferenceAt(index, offset);
  const occurrence = file ? undefined : meaningAt(index, offset);
  const targets = file
    ? fileTarget(snapshot, file.path)
    : occurrence
      ? targetsOf(snapshot, occurrence, context)
      : [];
  if (!context.client.definitionLinks) return targets.map(({ uri, name }) => ({ uri, range: name }));
  const origin = snapshot.positions.rangeOf(
    (file?.node ?? occurrence)?.range ?? { start: offset, end: offset },
  );
  return targets.map(({ uri, name, whole }) => ({
    originSelectionRange: origin,
    targetUri: uri,
    targetRange: whole,
    targetSelectionRange: name,
  }));
}

interface Target {
  readonly uri: string;
  readonly name: Range;
  /** What is shown around it in a peek. */
  readonly whole: Range;
}

const fileStart: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function fileTarget(snapshot: Snapshot, path: string): readonly Target[] {
  const uri = resolveUri(snapshot.uri, path);
  return uri === undefined ? [] : [{ uri, name: fileStart, whole: fileStart }];
}

function targetsOf(snapshot: Snapshot, { entity }: Occurrence, context: FeatureContext): readonly Target[] {
  if (entity.kind === 'built-in') return builtInTarget(snapshot, entity);
  const definitions = definitionsOf(nameIndexOf(snapshot), entity);
  if (definitions.length > 0) return definitions.map(found => targetOf(snapshot, found.node, found.range));
  if (entity.kind === 'member') return countTarget(snapshot, entity);
  if (entity.kind !== 'mcp-server') return [];
  const entry = findMcpEntry(snapshot.uri, entity.name, context.facts, context.client.encoding);
  return entry ? [{ uri: entry.uri, name: entry.range, whole: entry.range }] : [];
}

/** `{answers.research.2}` of a phase with `"workers": 3`. */
function countTarget(snapshot: Snapshot, { phase: index }: Entity): readonly Target[] {
  const phase = snapshot.analysis.outline.phases.find(candidate => candidate.index === index);
  const count = phase?.kind === 'workers' ? member(phase.node, 'workers') : undefined;
  return count?.kind === 'number' ? [targetOf(snapshot, count)] : [];
}

/** What gives a built-in placeholder its value in this file; nothing does for `{run}`, nor for one worker's `{worker}`. */
function builtInTarget(snapshot: Snapshot, { name, phase }: Entity): readonly Target[] {
  const { outline } = snapshot.analysis;
  if (name === 'task' || name === 'name') {
    const node = member(outline.root, name);
    return node ? [targetOf(snapshot, node)] : [];
  }
  const own = outline.phases.find(candidate => candidate.index === phase);
  if (name !== 'phase' || own === undefined) return [];
  const definitions = definitionsOf(nameIndexOf(snapshot), { kind: 'phase', name: own.name });
  return definitions.map(found => targetOf(snapshot, found.node, found.range));
}

function targetOf({ uri, positions }: Snapshot, node: JsonNode, name = node.range): Target {
  // A name as a value belongs to the object around it; one as a key to its value.
  const owner =
    node.kind === 'string' && node.key !== undefined && !isInside(name, node.keyRange) ? node.parent : node;
  const around = owner?.parent === undefined ? node : owner;
  const start = Math.min((around.keyRange ?? around.range).start, name.start);
  return { uri, name: positions.rangeOf(name), whole: positions.rangeOf({ start, end: around.range.end }) };
}

function isInside(inner: JsonNode['range'], outer: JsonNode['range'] | undefined): boolean {
  return outer !== undefined && outer.start <= inner.start && inner.end <= outer.end;
}
