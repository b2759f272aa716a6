/** One worker, or several equal ones, on one line of the terminal. */

import { formatKnownCost, formatKnownDuration, timeOfDay } from '../../amounts.ts';
import type { WorkerView } from '../../engine/projections.ts';
import { workedMs } from '../../engine/worker-time.ts';
import { printableLine } from '../printable.ts';
import type { Style } from '../style.ts';
import { toWidth } from '../text-width.ts';
import { movingSign, stateColor } from './state-words.ts';

/** What a line needs besides the worker. */
export interface LineContext {
  readonly style: Style;
  /** ISO time that elapsed times are counted to. */
  readonly now: string;
  /** Moves the sign of what works; absent = it stands still. */
  readonly tick?: number;
  /** Widths of the columns that are aligned over a phase. */
  readonly keyWidth: number;
  readonly labelWidth: number;
}

const STATE_WIDTH = 9;
const TIME_WIDTH = 6;

/** `⠋ research/2  working    claude (opus)   12s  $0.02  reads src/main.ts` */
export function renderWorkerLine(worker: WorkerView, context: LineContext): string {
  const { style } = context;
  const color = stateColor(worker.state, style);
  const parts = [
    color(movingSign(worker.state, context.tick)),
    toWidth(worker.key, context.keyWidth),
    color(toWidth(worker.state, STATE_WIDTH)),
    toWidth(printableLine(worker.label ?? ''), context.labelWidth),
    toWidth(elapsed(worker, context.now), TIME_WIDTH),
    formatKnownCost(worker.usage),
    style.dim(whatItSays(worker)),
  ];
  return parts
    .filter(part => part !== '')
    .join('  ')
    .trimEnd();
}

/** `· 28 workers  queued  claude`: workers that differ in nothing that matters. */
export function renderGroupLine(workers: readonly WorkerView[], context: LineContext): string {
  const first = workers[0];
  if (first === undefined) return '';
  const color = stateColor(first.state, context.style);
  const parts = [
    color(movingSign(first.state, context.tick)),
    toWidth(groupName(workers), context.keyWidth),
    color(toWidth(first.state, STATE_WIDTH)),
    printableLine(first.label ?? ''),
  ];
  return parts.join('  ').trimEnd();
}

/** What a group of equal workers is called in the column of worker keys. */
export function groupName(workers: readonly WorkerView[]): string {
  return `${workers.length} workers`;
}

/** How long a worker has been at it, in all its attempts; empty before its start. */
export function elapsed(worker: WorkerView, now: string): string {
  return formatKnownDuration(workedMs(worker, now));
}

function whatItSays(worker: WorkerView): string {
  const attempt = worker.attempt > 1 ? `attempt ${worker.attempt}; ` : '';
  return attempt + printableLine(latestWord(worker));
}

function latestWord(worker: WorkerView): string {
  switch (worker.state) {
    case 'succeeded':
      return worker.answer?.summary ?? '';
    case 'failed':
      return worker.failure ? `${worker.failure.description}: ${worker.failure.message}` : '';
    case 'parked':
      return worker.parkedUntil ? `until ${timeOfDay(worker.parkedUntil)}` : '';
    default:
      return worker.question ?? worker.evidence ?? '';
  }
}
