/** Edits of texts and names of files → what a client applies, in the form that it understands. */
import type { RenameFile, TextDocumentEdit, TextEdit, WorkspaceEdit } from 'vscode-languageserver';
import type { TextEdit as SourceEdit } from '../runtime/analysis/diagnostic.ts';
import type { ClientSupport } from './client-support.ts';
import type { Snapshot } from './snapshot.ts';

/** Edits of one document. */
export interface FileEdits {
  readonly uri: string;
  /** Of the text that the edits were made for; null for files that nobody has open. */
  readonly version: number | null;
  readonly edits: readonly TextEdit[];
}

/** Edits of a snapshot's text, given as offsets. */
export function editsOf({ uri, version, positions }: Snapshot, edits: readonly SourceEdit[]): FileEdits {
  return {
    uri,
    // Files that are read from disk have no version; editors count theirs from 1.
    version: version > 0 ? version : null,
    edits: edits.map(({ range, newText }) => ({ range: positions.rangeOf(range), newText })),
  };
}

/** The edits with versions, or without for clients that do not take them; first the texts, then the names of files. */
export function workspaceEdit(
  files: readonly FileEdits[],
  client: ClientSupport,
  renames: readonly RenameFile[] = [],
): WorkspaceEdit {
  const changed = files.filter(({ edits }) => edits.length > 0);
  if (!client.versionedEdits) {
    return { changes: Object.fromEntries(changed.map(({ uri, edits }) => [uri, [...edits]])) };
  }
  const documentEdits = changed.map(
    ({ uri, version, edits }): TextDocumentEdit => ({ textDocument: { uri, version }, edits: [...edits] }),
  );
  return { documentChanges: [...documentEdits, ...renames] };
}
