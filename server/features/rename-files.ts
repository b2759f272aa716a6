/** Renaming files that connector files name: from a path in the text, or because the user renames them in the editor. */
import type { FileRename, RenameFile, WorkspaceEdit } from 'vscode-languageserver';
import type { TextEdit } from '../../runtime/analysis/diagnostic.ts';
import { replaceValue } from '../../runtime/analysis/edits.ts';
import type { FileReference } from '../../runtime/analysis/file-references.ts';
import { quote } from '../../runtime/analysis/wording.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { FeatureContext } from '../feature.ts';
import { nameIndexOf } from '../name-index.ts';
import type { Snapshot } from '../snapshot.ts';
import { canonicalUri, relativePath, resolveUri } from '../uris.ts';
import { editsOf, type FileEdits, workspaceEdit } from '../workspace-edit.ts';
import type { RenameStart } from './rename.ts';

/** Whether the file of a path can be renamed from here. */
export function prepareFileRename(
  snapshot: Snapshot,
  file: FileReference,
  { client, facts }: FeatureContext,
): Result<RenameStart, string> {
  const uri = resolveUri(snapshot.uri, file.path);
  if (!client.renamesFiles) return err('This editor cannot rename files for a language server.');
  if (uri === undefined || facts.fileState(uri) === 'missing')
    return err(`There is no file ${quote(file.path)}.`);
  const { start, end } = file.node.range;
  return ok({
    range: snapshot.positions.rangeOf({ start: start + 1, end: end - 1 }),
    placeholder: file.path,
  });
}

/** Gives the file another path, and all connector files of the workspace that name it the new one. */
export function renameReferencedFile(
  snapshot: Snapshot,
  file: FileReference,
  newPath: string,
  context: FeatureContext,
): Result<WorkspaceEdit, string> {
  const oldUri = resolveUri(snapshot.uri, file.path);
  const newUri = resolveUri(snapshot.uri, newPath);
  if (oldUri === undefined || newUri === undefined)
    return err(`${quote(newPath)} is not the path of a file.`);
  if (context.facts.fileState(newUri) === 'file') return err(`There is a file ${quote(newPath)} already.`);
  const rename: RenameFile = { kind: 'rename', oldUri, newUri };
  return ok(workspaceEdit(pathEdits([rename], context), context.client, [rename]));
}

/** What has to change in connector files when the editor renames files or folders. */
export function willRenameFiles(
  params: { readonly files: readonly FileRename[] },
  context: FeatureContext,
): WorkspaceEdit | null {
  const edits = pathEdits(params.files, context);
  return edits.some(file => file.edits.length > 0) ? workspaceEdit(edits, context.client) : null;
}

/** Edits against the texts at their old places. */
function pathEdits(renames: readonly FileRename[], context: FeatureContext): readonly FileEdits[] {
  const files: FileEdits[] = [];
  for (const snapshot of context.workspace()) {
    if (context.isCancelled()) break;
    const edits = nameIndexOf(snapshot).files.flatMap(file => pathEdit(snapshot, file, renames));
    if (edits.length > 0) files.push(editsOf(snapshot, edits));
  }
  return files;
}

/** A path is wrong afterwards if its file moved, or the connector file itself did and the path is relative. */
function pathEdit(
  snapshot: Snapshot,
  { path, node }: FileReference,
  renames: readonly FileRename[],
): readonly TextEdit[] {
  const target = resolveUri(snapshot.uri, path);
  if (target === undefined) return [];
  const newTarget = renamed(target, renames);
  const newBase = renamed(canonicalUri(snapshot.uri), renames);
  if (resolveUri(newBase, path) === newTarget) return [];
  const newPath = relativePath(newBase, newTarget);
  if (newPath === undefined) return [];
  const hasDot = /^\.[\\/]/.test(path) && !newPath.startsWith('.');
  return [replaceValue(node, hasDot ? `./${newPath}` : newPath)];
}

function renamed(uri: string, renames: readonly FileRename[]): string {
  for (const { oldUri, newUri } of renames) {
    const from = canonicalUri(oldUri);
    if (uri === from) return canonicalUri(newUri);
    if (uri.startsWith(`${from}/`)) return canonicalUri(newUri) + uri.slice(from.length);
  }
  return uri;
}
