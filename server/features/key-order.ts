/** Canonical key order: a command, and a source action for clients that sort on save. */
import type { CodeAction, CodeActionParams, WorkspaceEdit } from 'vscode-languageserver';
import { orderKeys } from '../../runtime/analysis/key-order.ts';
import type { FeatureContext } from '../feature.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalUri } from '../uris.ts';
import { editsOf, workspaceEdit } from '../workspace-edit.ts';

/** Takes `{ uri }`; the server has the edit applied by the client. */
export const keyOrderCommand = 'niia.orderKeys';
/** For `editor.codeActionsOnSave` and the like. */
export const keyOrderKind = 'source.orderKeys';

/** The edit that orders the keys of an open document; undefined if there is nothing to do. */
export function keyOrder(argument: unknown, context: FeatureContext): WorkspaceEdit | undefined {
  const uri = readUri(argument);
  const wanted = uri === undefined ? undefined : canonicalUri(uri);
  const snapshot = context.workspace().find(file => canonicalUri(file.uri) === wanted);
  return snapshot && editFor(snapshot, context);
}

/** The same as a code action. Only if asked for by its kind: it belongs into no menu of fixes. */
export function keyOrderAction(
  snapshot: Snapshot,
  { context: { only } }: CodeActionParams,
  context: FeatureContext,
): CodeAction[] {
  if (!only?.some(kind => keyOrderKind === kind || keyOrderKind.startsWith(`${kind}.`))) return [];
  const edit = editFor(snapshot, context);
  return edit ? [{ title: 'Bring keys into canonical order', kind: keyOrderKind, edit }] : [];
}

function editFor(snapshot: Snapshot, context: FeatureContext): WorkspaceEdit | undefined {
  const edits = orderKeys(snapshot.analysis.document);
  return edits.length > 0 ? workspaceEdit([editsOf(snapshot, edits)], context.client) : undefined;
}

/** Arguments come from the client as anything. */
function readUri(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('uri' in argument)) return undefined;
  return typeof argument.uri === 'string' ? argument.uri : undefined;
}
