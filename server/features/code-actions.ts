/** Quick fixes: every way to mend the problems at the cursor, and to be left alone by a rule. */
import { type CodeAction, CodeActionKind, type CodeActionParams } from 'vscode-languageserver';
import type { Diagnostic, Fix } from '../../runtime/analysis/diagnostic.ts';
import type { FeatureContext } from '../feature.ts';
import { problemsOf } from '../problems.ts';
import { ruleCodes } from '../settings.ts';
import type { Snapshot } from '../snapshot.ts';
import { editsOf, workspaceEdit } from '../workspace-edit.ts';
import { toProtocol } from './diagnostics.ts';
import { furtherFixes } from './further-fixes.ts';

/** The client changes its own settings: `{ code, severity }`. */
export const setSeverityCommand = 'niia.setRuleSeverity';

/** Of a whole file that is selected the first problems are mended one by one: nobody reads a longer menu. */
const maxProblems = 20;

/** The quick fixes for the problems in the range. */
export function quickFixes(
  snapshot: Snapshot,
  params: CodeActionParams,
  context: FeatureContext,
): CodeAction[] {
  if (!wants(params, CodeActionKind.QuickFix)) return [];
  const { start, end } = snapshot.positions.offsetsOf(params.range);
  const all = problemsOf(snapshot, context.facts, context.settings);
  const here = all.filter(({ range }) => range.start <= end && start <= range.end).slice(0, maxProblems);
  const codes = [...new Set(here.map(({ code }) => code))];
  return [
    ...here.flatMap(problem => fixActions(problem, snapshot, context)),
    ...codes.flatMap(code => allOfRule(code, all, snapshot, context)),
    ...here.flatMap((problem, index) =>
      codes.indexOf(problem.code) === index ? turnOff(problem, snapshot, context) : [],
    ),
  ];
}

/** Whether the client asks for actions of this kind. */
export function wants({ context: { only } }: CodeActionParams, kind: string): boolean {
  return only === undefined || only.some(wanted => kind === wanted || kind.startsWith(`${wanted}.`));
}

function fixActions(problem: Diagnostic, snapshot: Snapshot, context: FeatureContext): CodeAction[] {
  const fixes = [...(problem.fixes ?? []), ...furtherFixes(problem, snapshot)];
  return fixes.map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [toProtocol(problem, snapshot, context)],
    ...(index === 0 ? { isPreferred: true } : {}),
    edit: workspaceEdit([editsOf(snapshot, fix.edits)], context.client),
  }));
}

/** Mends the first way all problems of one rule at once, if there are several. */
function allOfRule(
  code: string,
  all: readonly Diagnostic[],
  snapshot: Snapshot,
  context: FeatureContext,
): CodeAction[] {
  const problems = all.filter(problem => problem.code === code);
  const fixes = withoutOverlaps(problems.flatMap(({ fixes = [] }) => fixes.slice(0, 1)));
  if (fixes.length < 2) return [];
  const edits = fixes.flatMap(fix => fix.edits);
  return [
    {
      title: `Fix all ${fixes.length} problems of "${code}"`,
      kind: CodeActionKind.QuickFix,
      diagnostics: problems.map(problem => toProtocol(problem, snapshot, context)),
      edit: workspaceEdit([editsOf(snapshot, edits)], context.client),
    },
  ];
}

/** Fixes whose edits do not touch those of an earlier one. */
export function withoutOverlaps(fixes: readonly Fix[]): readonly Fix[] {
  const taken: Fix[] = [];
  for (const fix of fixes) {
    const isFree = taken.every(other =>
      other.edits.every(a => fix.edits.every(b => areApart(a.range, b.range))),
    );
    if (isFree) taken.push(fix);
  }
  return taken;
}

function areApart(a: Fix['edits'][number]['range'], b: Fix['edits'][number]['range']): boolean {
  return a.end < b.start || b.end < a.start;
}

/** Not for errors: the file would not run all the same. */
function turnOff(problem: Diagnostic, snapshot: Snapshot, context: FeatureContext): CodeAction[] {
  const { code, severity } = problem;
  if (severity === 'error' || !ruleCodes.has(code)) return [];
  const title = `Turn the rule "${code}" off`;
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [toProtocol(problem, snapshot, context)],
      command: { title, command: setSeverityCommand, arguments: [{ code, severity: 'off' }] },
    },
  ];
}
