/** The time line of a run: a lane per worker, with a bar for each thing it did. */
import { formatDuration, formatKnownDuration, millisecondsBetween, plural } from '../../amounts.ts';
import type { PhaseView, RunView, WorkerView } from '../../engine/projections.ts';
import { finalWorkedMs } from '../../engine/worker-time.ts';
import { phaseLook, type Tone } from '../../graph/look.ts';
import type { Markup } from '../../graph/markup.ts';
import type { Segment } from '../../graph/timeline.ts';
import { badge, escapeHtml } from './html-text.ts';
import type { ReportSource } from './source.ts';

/** Phases with more workers are folded. */
const MAX_OPEN = 40;

/** The lanes by phase, an axis and a legend; nothing before the first worker started. */
export function timeline({ view, timeline: lanes }: ReportSource): Markup {
  const span = spanOf(view, lanes);
  if (span === undefined) return '';
  const phases = view.phases.filter(phase => phase.workers.some(worker => lanes.has(worker.key)));
  return `<div class="timeline">
${axis(span)}
${phases.map(phase => phaseLanes(phase, lanes, span)).join('\n')}
</div>
<p class="legend">${legend()}</p>`;
}

/** The time that the whole width stands for, in ms since 1970. */
interface Span {
  readonly start: number;
  readonly end: number;
}

function spanOf(view: RunView, lanes: ReadonlyMap<string, readonly Segment[]>): Span | undefined {
  if (view.startedAt === undefined || lanes.size === 0) return undefined;
  const times = [...lanes.values()].flat().flatMap(({ from, to }) => [from, to ?? from]);
  const ends = [view.startedAt, ...(view.endedAt === undefined ? [] : [view.endedAt]), ...times].map(time =>
    Date.parse(time),
  );
  const start = Date.parse(view.startedAt);
  return {
    start,
    end: Math.max(
      start + 1,
      ends.reduce((latest, time) => Math.max(latest, time), start),
    ),
  };
}

function phaseLanes(phase: PhaseView, lanes: ReadonlyMap<string, readonly Segment[]>, span: Span): Markup {
  const { tone, word } = phaseLook(phase);
  const rows = phase.workers.map(worker => workerLane(worker, lanes.get(worker.key) ?? [], span));
  const isOpen = phase.workers.length <= MAX_OPEN;
  return `<details${isOpen ? ' open' : ''}><summary>${escapeHtml(phase.name)} ${badge(tone, word)} <span class="dim">${took(phase)}</span></summary>
${rows.join('\n')}</details>`;
}

function workerLane(worker: WorkerView, segments: readonly Segment[], span: Span): Markup {
  const attempts = worker.attempts.length > 1 ? `, ${plural(worker.attempts.length, 'attempt')}` : '';
  const title = `${worker.key}: ${worker.state}${attempts}`;
  const bars = segments.map(segment => bar(segment, worker, span)).join('');
  const lines = ticksOf(span).map(({ at }) => `<line x1="${at}" x2="${at}" y1="0" y2="14"/>`);
  return `<div class="lane"><span class="who" title="${escapeHtml(title)}">${escapeHtml(worker.id)} <span class="dim">${escapeHtml(worker.label ?? '')}</span></span><svg viewBox="0 0 1000 14" preserveAspectRatio="none" role="img" aria-label="${escapeHtml(title)}">${lines.join('')}${bars}</svg><span class="took">${formatKnownDuration(finalWorkedMs(worker))}</span></div>`;
}

/** Thinner bars would not be seen; in thousandths of the width. */
const MIN_BAR = 3;

function bar(segment: Segment, worker: WorkerView, span: Span): Markup {
  const end = segment.to === undefined ? span.end : Date.parse(segment.to);
  const x = position(Date.parse(segment.from), span);
  const width = Math.max(MIN_BAR, position(end, span) - x);
  const duration = formatDuration(end - Date.parse(segment.from));
  const who = segment.label === '' ? '' : `${segment.label}: `;
  const text = `${who}${segment.kind} for ${duration}${segment.attempt > 1 ? `, attempt ${segment.attempt}` : ''}`;
  return `<rect class="bar ${segment.kind}" data-tone="${toneOf(segment, worker)}" x="${Math.min(x, 1000 - MIN_BAR)}" y="2" width="${round(width)}" height="10"><title>${escapeHtml(text)}</title></rect>`;
}

/** Work is coloured by what became of its attempt. */
function toneOf({ kind, attempt }: Segment, worker: WorkerView): Tone {
  if (kind === 'waiting') return 'attention';
  if (kind === 'parked') return 'parked';
  if (kind !== 'working') return 'idle';
  switch (worker.attempts.find(each => each.attempt === attempt)?.outcome?.kind) {
    case 'succeeded':
      return 'good';
    case 'failed':
      return 'bad';
    case 'stopped':
    case 'skipped':
      return 'stopped';
    case undefined:
      return 'busy';
  }
}

function axis(span: Span): Markup {
  const labels = ticksOf(span).map(
    ({ at, text }) =>
      `<span style="left:${round(at / 10)}%"${at > 900 ? ' class="last"' : ''}>${text}</span>`,
  );
  return `<div class="lane axis" aria-hidden="true"><span class="who"></span><span class="ticks">${labels.join('')}</span><span class="took"></span></div>`;
}

interface Tick {
  /** In thousandths of the width. */
  readonly at: number;
  readonly text: string;
}

/** Steps between ticks that people count in, in ms. */
const STEPS = [
  100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000, 900_000,
  1_800_000, 3_600_000, 7_200_000, 14_400_000, 28_800_000, 86_400_000,
];
const MAX_TICKS = 5;

function ticksOf(span: Span): readonly Tick[] {
  const length = span.end - span.start;
  const step = STEPS.find(each => length / each <= MAX_TICKS) ?? length / MAX_TICKS;
  return Array.from({ length: Math.floor(length / step) + 1 }, (_, index) => ({
    at: round((1000 * index * step) / length),
    text: index === 0 ? '0' : formatDuration(index * step),
  }));
}

function legend(): Markup {
  const entries: readonly (readonly [Tone, string])[] = [
    ['good', 'worked, succeeded'],
    ['bad', 'worked, failed'],
    ['busy', 'works'],
    ['idle', 'prepared, started'],
    ['attention', 'waited for a person'],
    ['parked', 'waited for a rate limit'],
    ['stopped', 'stopped'],
  ];
  return entries.map(([tone, text]) => `<span><i data-tone="${tone}"></i>${text}</span>`).join(' ');
}

function took({ startedAt, endedAt }: { readonly startedAt?: string; readonly endedAt?: string }): string {
  return startedAt && endedAt ? formatDuration(millisecondsBetween(startedAt, endedAt)) : '';
}

function position(time: number, { start, end }: Span): number {
  return round((1000 * (time - start)) / (end - start));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
