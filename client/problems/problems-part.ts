/** Failures of runs in the Problems panel, on the lines of the connector file that they are about. */
import { basename } from 'node:path';
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import type { Runs } from '../runs/runs.ts';
import type { NamedFile } from './named-files.ts';
import type { PlacedProblem } from './placed-problems.ts';
import { actionsFor } from './problem-actions.ts';
import { type FileProblems, ProblemBook } from './problem-book.ts';
import { RelatedFiles } from './related-files.ts';

/** While somebody types, problems move along at most this often, in milliseconds. */
const TYPING_MS = 150;

/** Files that had problems when the window closed: reason enough to ask the daemon about them. */
const REMEMBERED_FILES = 'niia.filesWithProblems';

/** A problem as it is shown. */
interface Shown {
  readonly placed: PlacedProblem;
  readonly diagnostic: vscode.Diagnostic;
}

/** Shows problems and offers what can be done about them. */
export function registerProblems({ context, log, runs }: Parts): vscode.Disposable {
  const shown = new Map<string, readonly Shown[]>();
  const collection = vscode.languages.createDiagnosticCollection('niia-runs');
  const related = new RelatedFiles(run => runs.loaded(run));
  const show = ({ file, problems }: FileProblems): void => {
    const entries = problems.map(placed => ({ placed, diagnostic: diagnosticOf(placed, related) }));
    shown.set(file, entries);
    collection.set(
      vscode.Uri.file(file),
      entries.map(({ diagnostic }) => diagnostic),
    );
    void remember(context.workspaceState, file, entries.length > 0);
  };
  const showWithFiles = async (news: FileProblems): Promise<void> => {
    show(news);
    const unknown = news.problems.flatMap(linked).filter(problem => related.known(problem) === undefined);
    if (unknown.length === 0) return;
    for (const problem of unknown) await related.find(problem);
    // Unless others are shown by now.
    if (shown.get(news.file)?.every(({ placed }, i) => placed === news.problems[i]) === true) show(news);
  };
  const book = new ProblemBook({
    // Drive letters come in both cases; the editor's documents have one.
    list: () => runs.list().map(row => ({ ...row, file: vscode.Uri.file(row.file).fsPath })),
    load: run => loadRun(runs, run),
    read: readFile,
    show: news => void showWithFiles(news).catch(error => log.error('Problems could not be shown', error)),
  });
  const selector = ['json', 'jsonc'].map(language => ({ language, scheme: 'file' }));
  const provider: vscode.CodeActionProvider = {
    provideCodeActions: ({ uri }, range) =>
      (shown.get(uri.fsPath) ?? [])
        .filter(({ diagnostic }) => diagnostic.range.intersection(range) !== undefined)
        .flatMap(entry => quickFixes(entry, uri)),
  };
  const providedCodeActionKinds = [vscode.CodeActionKind.QuickFix];
  wakeDaemon(context.workspaceState, runs, log);
  return vscode.Disposable.from(
    collection,
    vscode.languages.registerCodeActionsProvider(selector, provider, { providedCodeActionKinds }),
    followRuns(book, runs, log),
    followTexts(book, log),
  );
}

/** Related files are looked up for the workers named in the message. */
function linked({ problems }: PlacedProblem): PlacedProblem['problems'][number][] {
  return problems.slice(0, 3);
}

function diagnosticOf(placed: PlacedProblem, related: RelatedFiles): vscode.Diagnostic {
  const { start, end } = placed.range;
  const range = new vscode.Range(start.line, start.character, end.line, end.character);
  const [problem] = placed.problems;
  const diagnostic = new vscode.Diagnostic(range, placed.message, severities[problem.severity]);
  diagnostic.source = 'niia';
  diagnostic.code = problem.code;
  diagnostic.relatedInformation = distinct(
    linked(placed).flatMap(each =>
      (related.known(each) ?? []).map(file => relatedInformation(file, each.conflicts !== undefined)),
    ),
  );
  return diagnostic;
}

/** Workers that share a line have the same trouble as a rule, each in its own worktree: one of them shows it. */
function distinct(
  links: readonly vscode.DiagnosticRelatedInformation[],
): vscode.DiagnosticRelatedInformation[] {
  const keyOf = ({ message, location: { uri, range } }: vscode.DiagnosticRelatedInformation) =>
    [message, basename(uri.fsPath), range.start.line, range.start.character].join('\n');
  return [...new Map(links.toReversed().map(link => [keyOf(link), link])).values()].toReversed();
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
} as const;

function relatedInformation(
  { file, line, column = 1, message }: NamedFile,
  isConflict: boolean,
): vscode.DiagnosticRelatedInformation {
  const position = new vscode.Position(line - 1, Math.max(0, column - 1));
  const text = message || (isConflict ? t('Does not merge') : t('Named in the output'));
  return new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(file), position), text);
}

function quickFixes({ placed, diagnostic }: Shown, uri: vscode.Uri): readonly vscode.CodeAction[] {
  return actionsFor(placed, uri.toString()).map(({ title, command, argument }) => {
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.command = { title, command, arguments: [argument] };
    action.diagnostics = [diagnostic];
    return action;
  });
}

/** What is loaded is fresh, unless the run was taken up again somewhere else since it ended. */
async function loadRun(runs: Runs, run: string) {
  const known = runs.loaded(run);
  const row = runs.list().find(each => each.run === run);
  const isStale = known?.view.state === 'ended' && row?.endedAt !== known.view.endedAt;
  if (known !== undefined && !isStale) return known;
  const loaded = await runs.load(run);
  return loaded.ok ? loaded.value : known;
}

async function readFile(file: string): Promise<string | undefined> {
  const uri = vscode.Uri.file(file);
  const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    // Deleted or moved: its problems have no place any more.
    return undefined;
  }
}

function followRuns(book: ProblemBook, runs: Runs, log: vscode.LogOutputChannel): vscode.Disposable {
  const report = (error: unknown) => log.error('Problems of runs could not be read', error);
  book.refreshAll().catch(report);
  return runs.onDidChange(run => {
    const row = runs.list().find(each => each.run === run);
    // A run that is gone may have been the newest of its file.
    (row === undefined ? book.refreshAll() : book.refresh(vscode.Uri.file(row.file).fsPath)).catch(report);
  });
}

function followTexts(book: ProblemBook, log: vscode.LogOutputChannel): vscode.Disposable {
  const timers = new Map<string, NodeJS.Timeout>();
  const typed = vscode.workspace.onDidChangeTextDocument(({ document }) => {
    const { fsPath, scheme } = document.uri;
    if (scheme !== 'file' || timers.has(fsPath) || !document.languageId.startsWith('json')) return;
    const move = () => {
      timers.delete(fsPath);
      book.place(fsPath, document.getText());
    };
    timers.set(fsPath, setTimeout(move, TYPING_MS));
  });
  const reread = ({ uri, languageId }: vscode.TextDocument): void => {
    if (uri.scheme !== 'file' || !languageId.startsWith('json')) return;
    book.refreshKnown(uri.fsPath).catch(error => log.error('Problems of runs could not be read', error));
  };
  return vscode.Disposable.from(
    typed,
    vscode.workspace.onDidOpenTextDocument(reread),
    // What was not saved is gone.
    vscode.workspace.onDidCloseTextDocument(reread),
    new vscode.Disposable(() => {
      for (const timer of timers.values()) clearTimeout(timer);
    }),
  );
}

async function remember(state: vscode.Memento, file: string, hasProblems: boolean): Promise<void> {
  const files = new Set(state.get<readonly string[]>(REMEMBERED_FILES, []));
  if (files.has(file) === hasProblems) return;
  if (hasProblems) files.add(file);
  else files.delete(file);
  await state.update(REMEMBERED_FILES, [...files]);
}

/** The daemon ends when it is idle, but knows what failed: it is asked again where there was something to show. */
function wakeDaemon(state: vscode.Memento, runs: Runs, log: vscode.LogOutputChannel): void {
  if (runs.daemon.kind !== 'off' || state.get<readonly string[]>(REMEMBERED_FILES, []).length === 0) return;
  if (!vscode.workspace.isTrusted) return;
  void runs.request('daemon/status', {}).then(answer => {
    if (!answer.ok) log.warn(answer.failure.message);
  });
}
