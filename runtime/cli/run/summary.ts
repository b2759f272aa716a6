/** What a run came to, for its end and for `niia show`: outcome, phases, failures, answers, and what to do next. */
import { join } from 'node:path';
import { formatDuration, formatKnownCost, millisecondsBetween, plural } from '../../amounts.ts';
import type { PhaseView, RunView, WorkerView } from '../../engine/projections.ts';
import { printable, printableLine } from '../printable.ts';
import type { Style } from '../style.ts';
import { truncate, widthOf } from '../text-width.ts';
import { movingSign, stateColor } from './state-words.ts';
import { renderWorkerLine } from './worker-line.ts';

/** Lines of output shown of a failed worker. */
const TAIL_LINES = 12;
/** Most workers that get a line each; a larger run shows its phases only. */
const MAX_WORKER_LINES = 40;
/** Cells of a worker's line; the rest of what it says is in its answer. */
const LINE_WIDTH = 94;

/** The summary of an ended run. `dir` is the run's folder. Ends with a newline. */
export function renderSummary(view: RunView, dir: string, style: Style): string {
  const sections = [
    [outcomeLine(view, style)],
    phaseSection(view, style),
    failureLines(view, style),
    answerLines(view, dir),
    keptLines(view, style),
    nextSteps(view, style),
  ];
  const texts = sections.filter(section => section.length > 0).map(section => section.join('\n'));
  return `${texts.join('\n\n')}\n`;
}

/** Every failed worker, with reason, message and the last lines of its output. */
export function failureLines(view: RunView, style: Style): readonly string[] {
  const conflicts = view.phases.flatMap(phase => (phase.conflict ? [{ phase, ...phase.conflict }] : []));
  return [
    ...failedWorkers(view).flatMap(worker => workerFailure(worker, style)),
    ...conflicts.flatMap(({ phase, worker, branch, files }) => [
      `${style.red('✗')} ${style.bold(phase.name)}: the work of ${worker} does not merge`,
      ...files.map(file => `    ${printableLine(file)}`),
      `    branch ${branch} is kept`,
    ]),
  ];
}

function outcomeLine(view: RunView, style: Style): string {
  const state = view.outcome ?? view.state;
  const color = stateColor(state, style);
  const workers = view.phases.flatMap(phase => phase.workers);
  const facts = [
    `${style.bold(printableLine(view.name))} ${color(state)}`,
    view.startedAt && view.endedAt ? formatDuration(millisecondsBetween(view.startedAt, view.endedAt)) : '',
    plural(workers.length, 'worker'),
    formatKnownCost(view.usage),
  ];
  const message = view.message && view.outcome !== 'succeeded' ? `\n  ${printableLine(view.message)}` : '';
  return `${color(movingSign(state))} ${facts.filter(fact => fact !== '').join(', ')}${message}`;
}

function phaseSection(view: RunView, style: Style): readonly string[] {
  const workers = view.phases.flatMap(phase => phase.workers);
  const context = {
    style,
    now: view.endedAt ?? '',
    keyWidth: Math.max(...workers.map(worker => widthOf(worker.key))),
    labelWidth: Math.max(...workers.map(worker => widthOf(printableLine(worker.label ?? '')))),
  };
  return view.phases.flatMap(phase => [
    phaseLine(phase, style),
    ...(workers.length > MAX_WORKER_LINES ? [] : phase.workers)
      .filter(worker => worker.state !== 'skipped')
      .map(worker => `    ${truncate(renderWorkerLine(worker, context), LINE_WIDTH)}`),
  ]);
}

function phaseLine(phase: PhaseView, style: Style): string {
  const color = stateColor(phase.state, style);
  const good = phase.workers.filter(worker => worker.state === 'succeeded').length;
  const time =
    phase.startedAt && phase.endedAt
      ? `, ${formatDuration(millisecondsBetween(phase.startedAt, phase.endedAt))}`
      : '';
  const known = formatKnownCost(phase.usage);
  const cost = known === '' ? '' : `, ${known}`;
  const counted = `${good} of ${plural(phase.workers.length, 'worker')}${time}${cost}`;
  return `  ${color(movingSign(phase.state))} ${style.bold(printableLine(phase.name))}  ${color(phase.state)}  ${style.dim(counted)}`;
}

function workerFailure(worker: WorkerView, style: Style): readonly string[] {
  const { failure } = worker;
  if (failure === undefined) return [];
  const tail = printable(failure.tail ?? '')
    .trimEnd()
    .split('\n')
    .slice(-TAIL_LINES);
  return [
    `${style.red('✗')} ${style.bold(worker.key)}: ${printableLine(failure.description)}`,
    ...(failure.message === '' ? [] : [`    ${printable(failure.message).replaceAll('\n', '\n    ')}`]),
    ...(failure.tail ? tail.map(line => style.dim(`    │ ${line}`)) : []),
  ];
}

function answerLines(view: RunView, dir: string): readonly string[] {
  const answers = view.phases.flatMap(phase => phase.workers).filter(worker => worker.answer !== undefined);
  return answers.length === 0 ? [] : [`answers  ${join(dir, 'answers')} (${answers.length})`];
}

function keptLines(view: RunView, style: Style): readonly string[] {
  if (view.keptWorktrees.length === 0) return [];
  return [
    'kept',
    ...view.keptWorktrees.map(kept => {
      const branch = kept.branch === undefined ? '' : ` (branch ${kept.branch})`;
      return `  ${printableLine(kept.dir)}${branch} ${style.dim(printableLine(kept.why))}`;
    }),
  ];
}

function nextSteps(view: RunView, style: Style): readonly string[] {
  const hasChanges = view.head !== undefined && view.head !== view.base;
  const commands: (readonly [string, string])[] = [];
  if (hasChanges) {
    commands.push([`niia diff ${view.run}`, `what changed; branch niia/${view.run}/head`]);
    commands.push([`niia merge ${view.run}`, 'take it into your branch']);
  }
  if (view.outcome !== 'succeeded')
    commands.push([`niia retry ${view.run}`, 'run what did not succeed again']);
  commands.push([`niia logs ${view.run}`, 'what the workers printed']);
  const width = Math.max(...commands.map(([command]) => command.length));
  return commands.map(([command, does]) => `  ${style.cyan(command.padEnd(width))}  ${style.dim(does)}`);
}

function failedWorkers(view: RunView): readonly WorkerView[] {
  return view.phases.flatMap(phase => phase.workers).filter(worker => worker.state === 'failed');
}
