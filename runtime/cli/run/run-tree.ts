/** A run as a tree of text: everything `niia show` says about it. Pure. */
import { join } from 'node:path';
import { dateAndTime, formatDuration, formatKnownCost, millisecondsBetween } from '../../amounts.ts';
import type { AttemptView, PhaseView, RunView, WorkerView } from '../../engine/projections.ts';
import { printableLine } from '../printable.ts';
import type { Style } from '../style.ts';
import { needLine } from './live-view.ts';
import { movingSign, stateColor } from './state-words.ts';
import { failureLines } from './summary.ts';
import { elapsed } from './worker-line.ts';

/** What every line of the tree depends on besides the run. */
export interface TreeOptions {
  /** The run's folder. */
  readonly dir: string;
  /** ISO time to which the times of what still runs are counted. */
  readonly now: string;
  readonly style: Style;
}

/** The tree of a run. Ends with a newline. */
export function renderRunTree(view: RunView, options: TreeOptions): string {
  const { dir, style } = options;
  const failures = failureLines(view, style);
  const lines = [
    ...header(view, dir, style),
    '',
    ...view.phases.flatMap(phase => phaseLines(phase, { view, ...options })),
    ...(failures.length > 0 ? ['', ...failures] : []),
    ...(view.downModels.length > 0 ? ['', ...downModelLines(view)] : []),
    ...(view.needs.length > 0 ? ['', ...view.needs.map(need => needLine(view.run, need, style))] : []),
    ...(view.notes.length > 0 ? ['', ...noteLines(view, style)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function header(view: RunView, dir: string, style: Style): readonly string[] {
  const state = view.outcome ?? view.state;
  const fields: readonly (readonly [string, string | undefined])[] = [
    ['file', view.file],
    ['started', view.startedAt && dateAndTime(view.startedAt)],
    [
      'took',
      view.startedAt && view.endedAt && formatDuration(millisecondsBetween(view.startedAt, view.endedAt)),
    ],
    ['cost', costText(view)],
    ['base', view.base?.slice(0, 12)],
    ['branch', view.head && `niia/${view.run}/head (${view.head.slice(0, 12)})`],
    ['parent', view.parent && `${view.parent.run} (${view.parent.worker})`],
    ['folder', dir],
    ['limit', view.limit && `${view.limit.limit}: ${view.limit.message}`],
    ['message', view.message],
  ];
  return [
    `${style.bold(view.run)}  ${stateColor(state, style)(state)}`,
    ...fields.flatMap(([name, value]) =>
      value ? [`  ${style.dim(name.padEnd(8))} ${printableLine(value)}`] : [],
    ),
  ];
}

function costText(view: RunView): string | undefined {
  const total = formatKnownCost(view.usage);
  const ofBelow = view.below && formatKnownCost(view.below.usage);
  const parts = [
    ...Object.entries(view.usageByAlias).map(([alias, usage]) => `${alias} ${formatKnownCost(usage)}`),
    ...(ofBelow ? [`runs below ${ofBelow}`] : []),
  ];
  return total === '' ? undefined : `${total} (${parts.join(', ')})`;
}

interface TreeContext extends TreeOptions {
  readonly view: RunView;
}

function phaseLines(phase: PhaseView, context: TreeContext): readonly string[] {
  const { style } = context;
  const color = stateColor(phase.state, style);
  const needs = phase.needs.length > 0 ? style.dim(`  after ${phase.needs.join(', ')}`) : '';
  return [
    `${color(movingSign(phase.state))} ${style.bold(printableLine(phase.name))}  ${color(phase.state)}${needs}`,
    ...(phase.message ? [`    ${printableLine(phase.message)}`] : []),
    ...phase.workers.flatMap(worker => workerLines(worker, context)),
  ];
}

function workerLines(worker: WorkerView, { view, dir, now, style }: TreeContext): readonly string[] {
  const color = stateColor(worker.state, style);
  const cost = formatKnownCost(worker.usage);
  const facts = [worker.label ?? '', elapsed(worker, now), cost].filter(fact => fact !== '');
  const details: readonly (readonly [string, string | undefined])[] = [
    ['asks', worker.question],
    ['until', worker.parkedUntil && dateAndTime(worker.parkedUntil)],
    ['says', saidBy(worker)],
    ['answer', worker.answer && join(dir, worker.answer.file)],
    ['in', isGone(worker, view) ? undefined : worker.dir],
    ['branch', worker.branch && `${worker.branch}${worker.isMerged ? ' (merged)' : ''}`],
    ['session', worker.session],
    ...worker.attempts.flatMap(attempt => attemptDetails(attempt, worker.attempts.length > 1)),
  ];
  return [
    `  ${color(movingSign(worker.state))} ${printableLine(worker.key)}  ${color(worker.state)}  ${style.dim(facts.join('  '))}`.trimEnd(),
    ...details.flatMap(([name, value]) =>
      value ? [`      ${style.dim(name.padEnd(8))} ${printableLine(value)}`] : [],
    ),
  ];
}

function saidBy({ state, answer, question, evidence }: WorkerView): string | undefined {
  if (state === 'succeeded') return answer?.summary;
  return evidence === question ? undefined : evidence;
}

/** Whether its worktree was removed, with its work merged, when the run ended. */
function isGone(worker: WorkerView, view: RunView): boolean {
  if (view.outcome === undefined || worker.slug === undefined) return false;
  return !view.keptWorktrees.some(kept => kept.dir === worker.dir);
}

function attemptDetails(attempt: AttemptView, isNumbered: boolean): readonly (readonly [string, string])[] {
  const prefix = isNumbered ? `attempt ${attempt.attempt}: ` : '';
  const steps = attempt.steps.map(
    step =>
      [
        'step',
        `${prefix}${step.step} ${step.exit.signal ?? `exit ${step.exit.code ?? '?'}`} after ${formatDuration(step.durationMs)}${
          step.suggestions.length > 0 ? `; suggests ${step.suggestions.join(', ')}` : ''
        }`,
      ] as const,
  );
  const outcome = attempt.outcome?.kind === 'failed' && isNumbered ? attempt.outcome.message : undefined;
  return outcome === undefined ? steps : [...steps, ['failed', `${prefix}${outcome}`]];
}

function downModelLines(view: RunView): readonly string[] {
  return view.downModels.map(model => {
    const until = model.until === undefined ? '' : ` until ${dateAndTime(model.until)}`;
    return `${printableLine(model.label)} is not used${until}: ${printableLine(model.description)}`;
  });
}

function noteLines(view: RunView, style: Style): readonly string[] {
  return view.notes.map(note => {
    const text = `${note.worker === undefined ? '' : `${note.worker}: `}${note.text}`;
    return note.level === 'info' ? style.dim(printableLine(text)) : style.yellow(printableLine(text));
  });
}
