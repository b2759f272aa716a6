/** The report of a run as one HTML file without scripts and without anything from the network. Pure. */

import { dateAndTime, formatCost, formatDuration, millisecondsBetween } from '../../amounts.ts';
import type { RunView, UsageView, WorkerView } from '../../engine/projections.ts';
import { printable } from '../printable.ts';
import type { ReportSource } from './answers.ts';
import { reportStyle } from './html-style.ts';

/** HTML in which every text of the run is escaped already. */
type Html = string;

/** The whole file. */
export function renderHtmlReport({ view, plan, answers }: ReportSource): string {
  const state = view.outcome ?? view.state;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(view.name)}: ${escapeHtml(state)}</title>
<style>${reportStyle}</style>
</head>
<body>
<h1>${escapeHtml(view.name)} <span class="state ${escapeHtml(state)}">${escapeHtml(state)}</span></h1>
${factList(view, plan.task)}
<h2>Time line</h2>
${timeLine(view)}
${costTable(view)}
${failures(view)}
${answerSections(view, answers)}
</body>
</html>
`;
}

/** A text of the run as HTML: control characters gone, nothing in it is markup. */
export function escapeHtml(text: string): Html {
  const names: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return printable(text).replace(/[&<>"']/g, character => names[character] ?? '');
}

function factList(view: RunView, task: string | undefined): Html {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Run', view.run],
    ['File', view.file],
    ['Task', task],
    ['Started', view.startedAt && dateAndTime(view.startedAt)],
    ['Took', durationOf(view)],
    ['Cost', costOf(view.usage)],
    ['Branch', view.head && `niia/${view.run}/head at ${view.head.slice(0, 12)}`],
    ['Message', view.message],
  ];
  const items = rows.flatMap(([name, value]) =>
    value ? [`<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`] : [],
  );
  return `<dl>${items.join('')}</dl>`;
}

function timeLine(view: RunView): Html {
  const start = Date.parse(view.startedAt ?? '');
  const end = Date.parse(view.endedAt ?? lastTime(view) ?? '');
  const scale = Math.max(1, end - start);
  const rows = view.phases.flatMap(phase => [
    `<tr class="phase"><th colspan="4">${escapeHtml(phase.name)} <span class="state ${escapeHtml(phase.state)}">${escapeHtml(phase.state)}</span></th></tr>`,
    ...phase.workers.map(worker => workerRow(worker, start, scale)),
  ]);
  return `<table class="time">${rows.join('\n')}</table>`;
}

function workerRow(worker: WorkerView, start: number, scale: number): Html {
  const from = worker.startedAt === undefined ? undefined : Date.parse(worker.startedAt) - start;
  const to = worker.endedAt === undefined ? scale : Date.parse(worker.endedAt) - start;
  const percent = (value: number) => Math.min(100, Math.max(0, (100 * value) / scale)).toFixed(2);
  const bar =
    from === undefined
      ? ''
      : `<div class="bar ${escapeHtml(worker.state)}" style="margin-left:${percent(from)}%;width:${percent(to - from)}%"></div>`;
  return `<tr><td>${escapeHtml(worker.key)}</td><td>${escapeHtml(worker.label ?? '')}</td><td>${escapeHtml(durationOf(worker) ?? '')}</td><td class="lane">${bar}</td></tr>`;
}

function costTable(view: RunView): Html {
  const rows = Object.entries(view.usageByAlias);
  if (rows.length === 0) return '';
  const cells = rows.map(
    ([alias, usage]) =>
      `<tr><td>${escapeHtml(alias)}</td><td>${tokens(usage.inputTokens)}</td><td>${tokens(usage.outputTokens)}</td><td>${costOf(usage) ?? ''}</td></tr>`,
  );
  return `<h2>Cost</h2>
<table><tr><th>model</th><th>input tokens</th><th>output tokens</th><th>cost</th></tr>${cells.join('')}</table>`;
}

function failures(view: RunView): Html {
  const failed = view.phases.flatMap(phase => phase.workers).filter(worker => worker.failure !== undefined);
  if (failed.length === 0) return '';
  const items = failed.map(({ key, failure }) => {
    const text = [failure?.message, failure?.tail].filter(part => part).join('\n');
    return `<h3>${escapeHtml(key)}: ${escapeHtml(failure?.description ?? '')}</h3><pre>${escapeHtml(text)}</pre>`;
  });
  return `<h2>Failures</h2>\n${items.join('\n')}`;
}

function answerSections(view: RunView, answers: ReadonlyMap<string, string>): Html {
  const workers = view.phases.flatMap(phase => phase.workers).filter(worker => answers.has(worker.key));
  if (workers.length === 0) return '';
  const items = workers.map(
    ({ key }) =>
      `<details open><summary>${escapeHtml(key)}</summary><pre>${escapeHtml(answers.get(key) ?? '')}</pre></details>`,
  );
  return `<h2>Answers</h2>\n${items.join('\n')}`;
}

function lastTime(view: RunView): string | undefined {
  const times = view.phases
    .flatMap(phase => phase.workers)
    .flatMap(worker => worker.endedAt ?? worker.startedAt ?? []);
  return times.toSorted().at(-1);
}

function durationOf({
  startedAt,
  endedAt,
}: {
  readonly startedAt?: string;
  readonly endedAt?: string;
}): string | undefined {
  return startedAt && endedAt ? formatDuration(millisecondsBetween(startedAt, endedAt)) : undefined;
}

function costOf(usage: UsageView): string | undefined {
  return usage.costUsd === undefined ? undefined : formatCost(usage.costUsd);
}

function tokens(count: number | undefined): string {
  return count?.toLocaleString('en-US') ?? '';
}
