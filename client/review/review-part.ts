/** The part of the extension that looks at the work of runs, and takes it over or throws it away. */
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { discardWork } from './discard-work.ts';
import { createReviewHost } from './editor-review-host.ts';
import { mergeRun } from './merge-run.ts';
import { openWorktree } from './open-worktree.ts';
import { pickBranch } from './pick-branch.ts';
import { pullRequestBranch } from './pull-request-branch.ts';
import { createContentProvider, REVIEW_SCHEME } from './review-content.ts';
import { showChanges } from './show-changes.ts';

/** Registers the commands and the documents they show. */
export function registerReview(parts: Parts): vscode.Disposable {
  const host = createReviewHost(parts);
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    vscode.workspace.registerTextDocumentContentProvider(REVIEW_SCHEME, createContentProvider(parts.runs)),
    registerCommand('niia.showChanges', argument => showChanges(host, argument)),
    registerCommand('niia.openWorktree', argument => openWorktree(host, argument)),
    registerCommand('niia.merge', argument => mergeRun(host, argument)),
    registerCommand('niia.pick', argument => pickBranch(host, argument)),
    registerCommand('niia.discard', argument => discardWork(host, argument)),
    registerCommand('niia.pullRequestBranch', argument => pullRequestBranch(host, argument)),
  );
}
