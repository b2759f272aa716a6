/** Fix all (also on save): the repairs that nobody would do otherwise. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import { analyze } from '../../runtime/analysis/analyze.ts';
import { applyFix, type TextEdit } from '../../runtime/analysis/diagnostic.ts';
import type { FeatureContext } from '../feature.ts';
import type { Snapshot } from '../snapshot.ts';
import { editsOf, workspaceEdit } from '../workspace-edit.ts';
import { wants, withoutOverlaps } from './code-actions.ts';

/** The kind by which users turn it on for saving. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.connector`;

/**
 * Rules whose first fix keeps what the author wrote and cannot be meant otherwise. Not among them: everything that drops
 * text (comments, unused aliases) or guesses a name.
 */
const safeRules: readonly string[] = [
  'missing-version',
  'trailing-comma',
  'wrong-type',
  'invalid-host',
  'syntax',
];

/** One mended problem can show another; more rounds than this change nothing any more. */
const maxRounds = 10;

/** The action that mends everything safe; none if there is nothing. */
export function fixAll(snapshot: Snapshot, params: CodeActionParams, context: FeatureContext): CodeAction[] {
  // Only where it is asked for by kind: in menus it would stand beside every quick fix.
  if (!params.context.only || !wants(params, fixAllKind)) return [];
  const edit = safeRepairs(snapshot, context);
  if (edit === undefined) return [];
  const title = 'Fix all that can be mended safely';
  return [{ title, kind: fixAllKind, edit: workspaceEdit([editsOf(snapshot, [edit])], context.client) }];
}

/** All safe repairs as one edit of the part of the text that changes. */
function safeRepairs({ text, analysis }: Snapshot, { settings }: FeatureContext): TextEdit | undefined {
  const { fileName } = analysis.document;
  let mended = text;
  let { diagnostics } = analysis;
  for (let round = 0; round < maxRounds; round++) {
    const wanted = diagnostics.filter(({ code }) => safeRules.includes(code));
    const fixes = withoutOverlaps(wanted.flatMap(({ fixes: [first] = [] }) => first ?? []));
    if (fixes.length === 0) break;
    mended = applyFix(mended, { title: '', edits: fixes.flatMap(fix => fix.edits) });
    diagnostics = analyze(mended, { fileName, ruleSeverities: settings.rules }).diagnostics;
  }
  return mended === text ? undefined : difference(text, mended);
}

/** The smallest single edit that makes one text of the other. */
function difference(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let same = 0;
  while (same < shorter - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  return { range: { start, end: before.length - same }, newText: after.slice(start, after.length - same) };
}
