/** A run as a block of lines for the terminal, as tall as there is room for. Pure. */

import { formatDuration, formatKnownCost, millisecondsBetween, plural } from '../../amounts.ts';
import type { NeedView, PhaseView, RunView, WorkerView } from '../../engine/projections.ts';
import { printableLine } from '../printable.ts';
import type { Style } from '../style.ts';
import { truncate, widthOf } from '../text-width.ts';
import { movingSign, stateColor } from './state-words.ts';
import { groupName, type LineContext, renderGroupLine, renderWorkerLine } from './worker-line.ts';

/** The room, the time and the colours. */
export interface LiveOptions {
  readonly columns: number;
  readonly rows: number;
  readonly style: Style;
  /** ISO time. */
  readonly now: string;
  readonly tick?: number;
}

/** How much of a phase is shown: every worker, equal workers as one line, or its heading alone. */
type Detail = 'workers' | 'groups' | 'heading';

const MAX_LABEL = 24;
const MAX_KEY = 32;

/**
 * Lines of a run: heading, phases with their workers, what waits for a person. Where they do not fit into the rows, first
 * ended phases lose their workers, then equal workers become one line, then the middle is left out.
 */
export function renderLive(view: RunView, options: LiveOptions): readonly string[] {
  const head = [runLine(view, options)];
  const tail = view.needs.map(need => needLine(view.run, need, options.style));
  const room = Math.max(1, options.rows - head.length - tail.length);
  const body = phaseLines(view, options, room);
  const lines = [...head, ...body, ...tail].slice(0, Math.max(1, options.rows));
  return lines.map(line => truncate(line, options.columns));
}

/** What a person has to do, and the command that does it. */
export function needLine(run: string, need: NeedView, style: Style): string {
  const [what, command] = needWords(run, need);
  return `${style.yellow(`? ${printableLine(what)}`)}  ${style.dim(command)}`;
}

function needWords(run: string, need: NeedView): readonly [what: string, command: string] {
  switch (need.kind) {
    case 'gate':
      return [`${need.phase} waits for approval`, `niia approve ${run} ${need.phase}`];
    case 'pick':
      return [
        `${need.phase}: choose one of ${need.candidates.join(', ')}`,
        `niia pick ${run} ${need.phase} WORKER`,
      ];
    case 'permission':
      return [`${need.worker} asks: ${need.text}`, `niia answer ${run} ${need.worker} yes`];
    case 'question':
      return [`${need.worker} asks: ${need.text}`, `niia answer ${run} ${need.worker} TEXT`];
  }
}

function phaseLines(view: RunView, options: LiveOptions, room: number): readonly string[] {
  const plans: readonly ((phase: PhaseView) => Detail)[] = [
    phase => (isPending(phase) ? 'heading' : 'workers'),
    phase => (isPending(phase) || isEnded(phase) ? 'heading' : 'workers'),
    phase => (isPending(phase) || isEnded(phase) ? 'heading' : 'groups'),
  ];
  let lines: readonly string[] = [];
  for (const detailOf of plans) {
    lines = view.phases.flatMap(phase => renderPhase(phase, detailOf(phase), options));
    if (lines.length <= room) return lines;
  }
  return squeeze(lines, room, options.style);
}

/** Leaves out the middle: the beginning says where the run is, the end what comes. */
function squeeze(lines: readonly string[], room: number, style: Style): readonly string[] {
  if (room < 3) return lines.slice(0, room);
  const before = Math.ceil((room - 1) * 0.75);
  const after = room - 1 - before;
  const missing = lines.length - before - after;
  return [
    ...lines.slice(0, before),
    style.dim(`  … ${missing} more lines`),
    ...lines.slice(lines.length - after),
  ];
}

function renderPhase(phase: PhaseView, detail: Detail, options: LiveOptions): readonly string[] {
  const heading = phaseLine(phase, options);
  if (detail === 'heading') return [heading];
  const groups = detail === 'groups' ? groupEqual(phase.workers) : phase.workers.map(worker => [worker]);
  const context: LineContext = { ...options, ...columnWidths(groups) };
  const lines = groups.map(group =>
    group.length > 1 ? renderGroupLine(group, context) : group[0] ? renderWorkerLine(group[0], context) : '',
  );
  return [heading, ...lines.map(line => `  ${line}`)];
}

function columnWidths(groups: readonly (readonly WorkerView[])[]): {
  readonly keyWidth: number;
  readonly labelWidth: number;
} {
  const widest = (texts: readonly string[], most: number) =>
    Math.min(most, Math.max(1, ...texts.map(widthOf)));
  const names = groups.map(group => (group.length > 1 ? groupName(group) : (group[0]?.key ?? '')));
  const labels = groups.flat().map(worker => worker.label ?? '');
  return { keyWidth: widest(names, MAX_KEY), labelWidth: widest(labels, MAX_LABEL) };
}

function groupEqual(workers: readonly WorkerView[]): readonly (readonly WorkerView[])[] {
  const groups = new Map<string, WorkerView[]>();
  for (const worker of workers) {
    // Who waits for a person or failed keeps a line of its own as long as there is one.
    const kind = worker.state === 'waiting' ? worker.key : `${worker.state} ${worker.label ?? ''}`;
    groups.set(kind, [...(groups.get(kind) ?? []), worker]);
  }
  return [...groups.values()];
}

function runLine(view: RunView, options: LiveOptions): string {
  const { style } = options;
  const state = view.outcome ?? view.state;
  const parts = [
    style.bold(printableLine(view.name)),
    style.dim(view.run),
    stateColor(state, style)(state),
    view.startedAt === undefined
      ? ''
      : formatDuration(millisecondsBetween(view.startedAt, view.endedAt ?? options.now)),
    formatKnownCost(view.usage),
  ];
  return parts.filter(part => part !== '').join('  ');
}

function phaseLine(phase: PhaseView, options: LiveOptions): string {
  const { style } = options;
  const time =
    phase.startedAt === undefined
      ? ''
      : formatDuration(millisecondsBetween(phase.startedAt, phase.endedAt ?? options.now));
  const color = stateColor(phase.state, style);
  const parts = [
    `${color(movingSign(isBusy(phase) ? 'skipped' : phase.state))} ${style.bold(printableLine(phase.name))}`,
    color(phase.state),
    countWorkers(phase.workers),
    time,
    phase.message === undefined ? '' : style.dim(printableLine(phase.message)),
  ];
  return parts.filter(part => part !== '').join('  ');
}

function countWorkers(workers: readonly WorkerView[]): string {
  const done = workers.filter(worker => worker.endedAt !== undefined).length;
  const failed = workers.filter(worker => worker.state === 'failed').length;
  const tail = failed > 0 ? `, ${failed} failed` : '';
  if (done === 0) return plural(workers.length, 'worker');
  return `${done}/${workers.length} done${tail}`;
}

function isPending(phase: PhaseView): boolean {
  return phase.state === 'pending' || phase.state === 'gated';
}

function isBusy(phase: PhaseView): boolean {
  return phase.state === 'running' || phase.state === 'picking' || phase.state === 'gated';
}

function isEnded(phase: PhaseView): boolean {
  return phase.endedAt !== undefined;
}
