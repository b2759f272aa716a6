/** Serves the sides of changed files as documents: blobs of a run's repository, and sentences in place of what is no text. */
import * as vscode from 'vscode';
import type { Runs } from '../runs/runs.ts';
import { type ContentQuery, formatQuery, readQuery } from './content-query.ts';
import type { Side } from './review-host.ts';

/** Scheme of the documents. Language features of ours are for files only. */
export const REVIEW_SCHEME = 'niia-git';

/** The document of a side. */
export function sideUri(run: string, side: Side): vscode.Uri {
  if (side.kind === 'file') return vscode.Uri.file(side.path);
  const query: ContentQuery = side.kind === 'blob' ? { run, object: side.object } : { note: side.text };
  // The path gives the document its name and language.
  const { path } = vscode.Uri.file(side.path);
  return vscode.Uri.from({ scheme: REVIEW_SCHEME, path, query: formatQuery(query) });
}

/** Serves the documents. */
export function createContentProvider(runs: Pick<Runs, 'request'>): vscode.TextDocumentContentProvider {
  return {
    async provideTextDocumentContent({ query }) {
      const asked = readQuery(query);
      if (asked === undefined) return '';
      if ('note' in asked) return asked.note;
      const blob = await runs.request('run/blob', asked);
      // Shown in place of the content: a run may be gone by the time its documents come back with the window.
      return blob.ok ? Buffer.from(blob.value.base64, 'base64').toString('utf8') : blob.failure.message;
    },
  };
}
