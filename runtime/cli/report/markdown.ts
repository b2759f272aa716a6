/** The report of a run as Markdown. Pure. */

import {
  dateAndTime,
  formatDuration,
  formatKnownCost,
  formatKnownDuration,
  millisecondsBetween,
} from '../../amounts.ts';
import type { PhaseView, RunView, WorkerView } from '../../engine/projections.ts';
import { finalWorkedMs } from '../../engine/worker-time.ts';
import { printable, printableLine } from '../printable.ts';
import type { ReportSource } from './source.ts';

/** The report. Texts of workers are fenced, so that they cannot change its structure. */
export function renderMarkdownReport({ view, plan, answers }: Omit<ReportSource, 'timeline'>): string {
  const sections = [
    [`# ${printableLine(view.name)}: ${view.outcome ?? view.state}`],
    facts(view, plan.task),
    ['## Phases', '', ...phaseTable(view)],
    costSection(view),
    failureSection(view),
    answerSection(view, answers),
  ];
  const texts = sections.filter(section => section.length > 0).map(section => section.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

function facts(view: RunView, task: string | undefined): readonly string[] {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Run', view.run],
    ['File', view.file],
    ['Task', task],
    ['Started', view.startedAt && dateAndTime(view.startedAt)],
    [
      'Took',
      view.startedAt && view.endedAt && formatDuration(millisecondsBetween(view.startedAt, view.endedAt)),
    ],
    ['Cost', formatKnownCost(view.usage)],
    ['Branch', view.head && `niia/${view.run}/head at ${view.head.slice(0, 12)}`],
    ['Message', view.message],
  ];
  return rows.flatMap(([name, value]) => (value ? [`- **${name}**: ${cell(value)}`] : []));
}

function phaseTable(view: RunView): readonly string[] {
  return [
    '| worker | state | model | time | cost | answer |',
    '|---|---|---|---|---|---|',
    ...view.phases.flatMap(phase => [phaseRow(phase), ...phase.workers.map(workerRow)]),
  ];
}

function phaseRow(phase: PhaseView): string {
  return `| **${cell(phase.name)}** | ${phase.state} | | ${span(phase)} | ${formatKnownCost(phase.usage)} | |`;
}

function workerRow(worker: WorkerView): string {
  const said = worker.answer?.summary ?? worker.failure?.message ?? '';
  const label = cell(worker.label ?? '');
  return `| ${cell(worker.key)} | ${worker.state} | ${label} | ${formatKnownDuration(finalWorkedMs(worker))} | ${formatKnownCost(worker.usage)} | ${cell(said)} |`;
}

function costSection(view: RunView): readonly string[] {
  const below = view.below === undefined ? [] : [['runs below', view.below.usage] as const];
  const rows = [...Object.entries(view.usageByAlias), ...below];
  if (rows.length === 0) return [];
  const tokens = (count: number | undefined) => count?.toLocaleString('en-US') ?? '';
  return [
    '## Cost',
    '',
    '| alias | input tokens | output tokens | cost |',
    '|---|---|---|---|',
    ...rows.map(
      ([alias, usage]) =>
        `| ${cell(alias)} | ${tokens(usage.inputTokens)} | ${tokens(usage.outputTokens)} | ${formatKnownCost(usage)} |`,
    ),
  ];
}

function failureSection(view: RunView): readonly string[] {
  const failures = view.phases.flatMap(phase => phase.workers).filter(worker => worker.failure !== undefined);
  if (failures.length === 0) return [];
  return [
    '## Failures',
    ...failures.flatMap(({ key, failure }) => [
      '',
      `### ${printableLine(key)}: ${printableLine(failure?.description ?? '')}`,
      '',
      ...fence([failure?.message, failure?.tail].filter(text => text).join('\n')),
    ]),
  ];
}

function answerSection(view: RunView, answers: ReadonlyMap<string, string>): readonly string[] {
  const workers = view.phases.flatMap(phase => phase.workers).filter(worker => answers.has(worker.key));
  if (workers.length === 0) return [];
  return [
    '## Answers',
    ...workers.flatMap(({ key }) => ['', `### ${printableLine(key)}`, '', ...fence(answers.get(key) ?? '')]),
  ];
}

/** A fence longer than any in the text. */
function fence(text: string): readonly string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(match => match[0].length));
  const marks = '`'.repeat(longest + 1);
  return [marks, printable(text).trimEnd(), marks];
}

function cell(text: string): string {
  return printableLine(text).replace(/[\\|`*_[\]<>]/g, '\\$&');
}

function span({ startedAt, endedAt }: { readonly startedAt?: string; readonly endedAt?: string }): string {
  return startedAt && endedAt ? formatDuration(millisecondsBetween(startedAt, endedAt)) : '';
}
