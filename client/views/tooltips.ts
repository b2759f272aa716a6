/** What the rows of the tree say on hover, as Markdown. */
import { t } from '@vscode/l10n';
import { describeFailure } from '../../runtime/engine/failure-texts.ts';
import type {
  NeedView,
  PhaseView,
  RunView,
  UsageView,
  WorkerView,
} from '../../runtime/engine/projections.ts';
import { runBranch } from '../../runtime/git/run-branches.ts';
import type { RunRow } from '../../runtime/protocol.ts';
import { cost, elapsed, when } from './amounts.ts';
import { stateWord } from './state-words.ts';

/** Text as Markdown shows it, whatever is in it: workers write what they like. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>&~]/g, '\\$&').replace(/\r?\n/g, '  \n');
}

/** Text as a block of output. */
export function quoted(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(run => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}

/** A run: how it stands, where it came from, what it needs. */
export function runTooltip(row: RunRow, view: RunView | undefined, now: number): string {
  return page(`**${escapeMarkdown(row.name)}** ${stateWord(row.state)}`, [
    view?.message && escapeMarkdown(view.message),
    ...(view?.needs.map(need => `- ${needText(need)}`) ?? []),
    table([
      [t('File'), row.file],
      [t('Run'), row.run],
      [t('Started'), when(row.startedAt, now)],
      [t('Took'), elapsed(row, now)],
      ...(view === undefined ? [] : usageRows(view.usage)),
      [t('Branch'), view?.head === undefined ? undefined : runBranch(row.run)],
    ]),
    ...(view?.downModels.map(
      model => `- ${escapeMarkdown(`${model.label}: ${describeFailure(model.reason)}`)}`,
    ) ?? []),
    ...(view?.keptWorktrees.map(kept => `- ${escapeMarkdown(`${kept.dir}: ${kept.why}`)}`) ?? []),
  ]);
}

/** A phase: how it stands and why. */
export function phaseTooltip(phase: PhaseView): string {
  const conflict = phase.conflict;
  return page(`**${escapeMarkdown(phase.name)}** ${stateWord(phase.state)}`, [
    phase.message && escapeMarkdown(phase.message),
    conflict &&
      t(
        'The work of {0} conflicts in {1}',
        escapeMarkdown(conflict.worker),
        escapeMarkdown(conflict.files.join(', ')),
      ),
    table([[t('After'), phase.needs.join(', ')], ...usageRows(phase.usage)]),
  ]);
}

/** A worker: its state with the evidence for it, where it works, what it used. */
export function workerTooltip(worker: WorkerView, now: number): string {
  const { failure } = worker;
  return page(`**${escapeMarkdown(worker.key)}** ${stateWord(worker.state)}`, [
    failure ? escapeMarkdown(`${describeFailure(failure.reason)}: ${failure.message}`) : undefined,
    failure?.tail === undefined ? undefined : quoted(failure.tail),
    worker.question && escapeMarkdown(worker.question),
    worker.evidence && `*${escapeMarkdown(worker.evidence)}*`,
    table([
      [t('Since'), worker.since && when(worker.since, now)],
      [t('Until'), worker.parkedUntil && when(worker.parkedUntil, now)],
      [t('Model'), worker.label],
      [t('Branch'), worker.branch],
      [t('Worktree'), worker.dir],
      [t('Changed files'), worker.files?.toString()],
      [t('Answer'), worker.answer?.summary],
      ...usageRows(worker.usage),
    ]),
    ...worker.notes.slice(-5).map(note => `- ${escapeMarkdown(note.text)}`),
  ]);
}

/** What a person has to do, in a line. */
export function needText(need: NeedView): string {
  switch (need.kind) {
    case 'gate':
      return t('Phase {0} waits for your approval', escapeMarkdown(need.phase));
    case 'pick':
      return t('Phase {0}: choose whose work goes on', escapeMarkdown(need.phase));
    case 'permission':
      return t('{0} asks for permission: {1}', escapeMarkdown(need.worker), escapeMarkdown(need.text));
    case 'question':
      return t('{0} asks: {1}', escapeMarkdown(need.worker), escapeMarkdown(need.text));
  }
}

function usageRows(usage: UsageView): readonly (readonly [string, string | undefined])[] {
  const tokens = (count: number | undefined) => count?.toLocaleString();
  return [
    [t('Cost'), cost(usage)],
    [t('Tokens in'), tokens(usage.inputTokens)],
    [t('Tokens out'), tokens(usage.outputTokens)],
  ];
}

function table(rows: readonly (readonly [string, string | undefined])[]): string | undefined {
  const lines = rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : `| ${name} | ${escapeMarkdown(value).replaceAll('\n', ' ')} |`,
  );
  return lines.length === 0 ? undefined : ['| | |', '|---|---|', ...lines].join('\n');
}

function page(title: string, parts: readonly (string | false | undefined)[]): string {
  return [title, ...parts.filter(Boolean)].join('\n\n');
}
