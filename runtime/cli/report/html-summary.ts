/** The head of the HTML report: how the run ended in a few figures, what it was, what is worth knowing. */
import { dateAndTime, formatDuration, formatKnownCost, millisecondsBetween, plural } from '../../amounts.ts';
import type { NeedView, RunView } from '../../engine/projections.ts';
import type { Markup } from '../../graph/markup.ts';
import { escapeHtml } from './html-text.ts';
import type { ReportSource } from './source.ts';

/** The figures people look for first. */
export function tiles(view: RunView): Markup {
  const workers = view.phases.flatMap(phase => phase.workers);
  const succeeded = workers.filter(worker => worker.state === 'succeeded').length;
  const done = view.phases.filter(phase => phase.state === 'succeeded').length;
  const figures: readonly (readonly [string, string])[] = [
    ['phases succeeded', `${done} of ${view.phases.length}`],
    ['workers succeeded', `${succeeded} of ${workers.length}`],
    ['took', view.startedAt && view.endedAt ? spanOf(view.startedAt, view.endedAt) : 'goes on'],
    ['cost', formatKnownCost(view.usage) || 'not reported'],
  ];
  const items = figures.map(([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl class="tiles">${items.join('')}</dl>`;
}

/** What the run was, as names and values. */
export function facts({ view, plan }: ReportSource): Markup {
  const rows: readonly (readonly [string, string | undefined])[] = [
    ['Task', plan.task],
    ['Message', view.outcome === 'succeeded' ? undefined : view.message],
    ['Run', view.run],
    ['File', view.file],
    ['Started', view.startedAt && dateAndTime(view.startedAt)],
    ['From commit', view.base?.slice(0, 12)],
    ['Branch', view.head && `niia/${view.run}/head at ${view.head.slice(0, 12)}`],
  ];
  const items = rows.flatMap(([name, value]) =>
    value ? [`<dt>${name}</dt><dd>${escapeHtml(value)}</dd>`] : [],
  );
  return `<dl class="facts">${items.join('')}</dl>`;
}

/** What a person has to do before the run goes on. */
export function openNeeds(view: RunView): Markup {
  return list(view.needs.map(needText));
}

/** Limits, models that were down, worktrees that stayed, and the notes of the run. */
export function notes(view: RunView): Markup {
  return list([
    ...(view.limit === undefined ? [] : [`Limit: ${view.limit.message}`]),
    ...view.downModels.map(({ label, description, until }) =>
      until === undefined
        ? `${label}: ${description}`
        : `${label}: ${description}, until ${dateAndTime(until)}`,
    ),
    ...view.phases.flatMap(({ name, conflict }) =>
      conflict === undefined
        ? []
        : [`${name}: ${conflict.branch} does not merge: ${conflict.files.join(', ')}`],
    ),
    ...view.keptWorktrees.map(({ dir, why }) => `Kept ${dir}: ${why}`),
    ...view.notes.map(({ text, worker }) => (worker === undefined ? text : `${worker}: ${text}`)),
    ...view.phases.flatMap(phase =>
      phase.workers.flatMap(worker => worker.notes.map(note => `${worker.key}: ${note.text}`)),
    ),
  ]);
}

function needText(need: NeedView): string {
  switch (need.kind) {
    case 'gate':
      return `${need.phase} waits for approval: niia approve`;
    case 'pick':
      return `${need.phase} waits for a pick among ${plural(need.candidates.length, 'branch').replace('branchs', 'branches')}`;
    case 'permission':
    case 'question':
      return `${need.worker} asks: ${need.text}`;
  }
}

function list(texts: readonly string[]): Markup {
  if (texts.length === 0) return '';
  return `<ul>${texts.map(text => `<li>${escapeHtml(text)}</li>`).join('\n')}</ul>`;
}

function spanOf(from: string, to: string): string {
  return formatDuration(millisecondsBetween(from, to));
}
