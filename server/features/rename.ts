/** Rename of names: prepared, checked against the file that comes out, and across connector files where they share a name. */
import type {
  Range as ProtocolRange,
  RenameParams,
  TextDocumentPositionParams,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { applyFix, type TextEdit } from '../../runtime/analysis/diagnostic.ts';
import { insertFirst } from '../../runtime/analysis/edits.ts';
import {
  definitionsOf,
  type Entity,
  fileReferenceAt,
  type Occurrence,
  occurrencesOf,
} from '../../runtime/analysis/occurrences.ts';
import { quote } from '../../runtime/analysis/wording.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { FeatureContext } from '../feature.ts';
import { nameAt, nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { editsOf, workspaceEdit } from '../workspace-edit.ts';
import { filesSharing, sharedEntry } from './references.ts';
import { checkRename } from './rename-check.ts';
import { prepareFileRename, renameReferencedFile } from './rename-files.ts';

/** What the editor shows before it asks for the name. */
export interface RenameStart {
  readonly range: ProtocolRange;
  readonly placeholder: string;
}

/** Whether the name at the position can be renamed: null where there is none; the failure says why not, for people. */
export function prepareRename(
  snapshot: Snapshot,
  params: TextDocumentPositionParams,
  context: FeatureContext,
): Result<RenameStart | null, string> {
  const file = fileReferenceAt(nameIndexOf(snapshot), snapshot.positions.offsetAt(params.position));
  if (file) return prepareFileRename(snapshot, file, context);
  const found = nameAt(snapshot, params.position);
  if (found === undefined) return ok(null);
  const obstacle = obstacleTo(snapshot, found.entity, context);
  if (obstacle !== undefined) return err(obstacle);
  return ok({ range: snapshot.positions.rangeOf(found.range), placeholder: found.entity.name });
}

/** The edits that give the name at the position another one: null where there is none; the failure says why it cannot have it, for people. */
export function rename(
  snapshot: Snapshot,
  params: RenameParams,
  context: FeatureContext,
): Result<WorkspaceEdit | null, string> {
  const { newName } = params;
  const start = prepareRename(snapshot, params, context);
  if (!start.ok) return start;
  if (start.value === null) return ok(null);
  if (newName.trim() === '') return err('A name must not be empty.');
  const file = fileReferenceAt(nameIndexOf(snapshot), snapshot.positions.offsetAt(params.position));
  if (file) return renameReferencedFile(snapshot, file, newName, context);
  const entity = nameAt(snapshot, params.position)?.entity;
  if (entity === undefined || entity.name === newName) return ok(workspaceEdit([], context.client));
  const shared = sharedEntry(snapshot, entity, context);
  if (shared) return renameShared(snapshot, entity, newName, context);
  const edits = renameEdits(snapshot, entity, newName);
  const problem = checkRename(snapshot, entity, newName, applyFix(snapshot.text, { title: '', edits }));
  if (problem !== undefined) return err(problem);
  return ok(workspaceEdit([editsOf(snapshot, edits)], context.client));
}

/** Why an entity keeps its name; undefined if it need not. */
function obstacleTo(snapshot: Snapshot, entity: Entity, context: FeatureContext): string | undefined {
  const name = quote(entity.name);
  if (entity.kind === 'model') return `${name} is a model of its CLI, not a name of this file.`;
  if (entity.kind === 'built-in') return `{${entity.name}} is always called so.`;
  if (entity.kind === 'variable') return undefined;
  if (entity.kind === 'alias' && (entity.name === 'primary' || entity.name === 'fallback')) {
    return `The alias ${name} has a meaning of its own: workers and models that name none get it.`;
  }
  const definitions = definitionsOf(nameIndexOf(snapshot), entity);
  if (
    definitions.some(({ form, node }) => form === 'implicit' && !canBeNamed(node.kind)) ||
    isCounted(snapshot, entity)
  ) {
    return 'Workers given as a number are called by their numbers: make them a list first.';
  }
  if (definitions.length > 0 || sharedEntry(snapshot, entity, context)) return undefined;
  return entity.kind === 'machine' || entity.kind === 'mcp-server'
    ? `${name} is defined outside of this file.`
    : `${name} is not defined in this file.`;
}

function canBeNamed(kind: Occurrence['node']['kind']): boolean {
  return kind === 'object';
}

/** A number in `{answers.research.2}` is a use without a definition of its own. */
function isCounted(snapshot: Snapshot, entity: Entity): boolean {
  if (entity.kind !== 'member') return false;
  const phase = snapshot.analysis.outline.phases.find(({ index }) => index === entity.phase);
  return phase?.members.every(({ node }) => node === undefined) ?? false;
}

function renameEdits(snapshot: Snapshot, entity: Entity, newName: string): readonly TextEdit[] {
  const inJson = JSON.stringify(newName).slice(1, -1);
  return occurrencesOf(nameIndexOf(snapshot), entity).flatMap(({ form, range, node }) => {
    if (form !== 'implicit') return [{ range, newText: inJson }];
    if (node.kind !== 'object') return [];
    const key = entity.kind === 'member' && !isWorker(snapshot, entity) ? 'id' : 'name';
    return [insertFirst(snapshot.analysis.document, node, key, newName)];
  });
}

function isWorker(snapshot: Snapshot, entity: Entity): boolean {
  return snapshot.analysis.outline.phases.some(
    ({ index, kind }) => index === entity.phase && kind === 'workers',
  );
}

/** An MCP server that another file defines: there, and in all connector files that mean that entry. */
function renameShared(
  snapshot: Snapshot,
  entity: Entity,
  newName: string,
  context: FeatureContext,
): Result<WorkspaceEdit, string> {
  const entry = sharedEntry(snapshot, entity, context);
  if (entry === undefined) return err(`${quote(entity.name)} is not defined anywhere.`);
  if (context.facts.mcpServers(snapshot.uri)?.some(({ name }) => name === newName)) {
    return err(`There is an MCP server ${quote(newName)} already.`);
  }
  const definition = { range: entry.range, newText: JSON.stringify(newName).slice(1, -1) };
  const uses = filesSharing(entry, entity, context).map(file =>
    editsOf(file, renameEdits(file, entity, newName)),
  );
  return ok(workspaceEdit([{ uri: entry.uri, version: null, edits: [definition] }, ...uses], context.client));
}
