/** What an event of a run says, in one line: for pipes, logs of CI and `niia show`. */

import { formatCost, formatDuration, plural, timeOfDay } from '../../amounts.ts';
import type { EventKind, RunEvent, RunEventOf, WorkerOutcome } from '../../engine/events.ts';
import { describeFailure } from '../../engine/failure-texts.ts';
import { printableLine } from '../printable.ts';
import type { Style } from '../style.ts';

/** One line about an event, before it is styled. */
export interface EventLine {
  /** Worker key or phase; empty for the run itself. */
  readonly who: string;
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'warn' | 'faint';
}

type Describe = { readonly [K in EventKind]: (event: RunEventOf<K>) => EventLine | undefined };

const lines: Describe = {
  'run-started': event => line('', `run ${event.run} of ${event.file}`),
  'run-resumed': event => line('', `taken up again: ${event.why}`, 'warn'),
  'stop-requested': event =>
    line(event.worker ?? '', `asked to stop${event.how === 'now' ? ' now' : ''} by ${event.by}`, 'warn'),
  'retry-requested': event => line('', `again: ${event.workers.join(', ')}`),
  'phase-started': event => line(event.phase, 'phase started'),
  'gate-opened': event => line(event.phase, 'waits for approval', 'warn'),
  'gate-approved': event => line(event.phase, `approved by ${event.by}`, 'good'),
  'pick-opened': event => line(event.phase, `waits for a pick among ${event.candidates.join(', ')}`, 'warn'),
  picked: event => line(event.phase, `${event.worker} picked by ${event.by}`, 'good'),
  'worker-started': event =>
    line(event.worker, event.attempt > 1 ? `preparing, attempt ${event.attempt}` : 'preparing', 'faint'),
  'worktree-ready': event =>
    line(event.worker, `works in ${event.dir}${event.note ? ` (${event.note})` : ''}`, 'faint'),
  'session-opened': () => undefined,
  'turn-requested': () => undefined,
  'turn-started': event =>
    line(event.worker, `${event.turn > 1 ? `turn ${event.turn} ` : ''}starting ${event.label}`),
  'turn-alive': event => line(event.worker, `working (${event.evidence})`, 'faint'),
  'turn-unknown': event => line(event.worker, `state unknown (${event.evidence})`, 'warn'),
  'turn-ended': event => describeTurn(event),
  'agent-note': event => line(event.worker, `${event.what}: ${event.text}`, 'warn'),
  usage: event =>
    event.costUsd === undefined
      ? undefined
      : line(
          event.worker,
          `cost ${event.costFrom === 'list' ? '~' : ''}${formatCost(event.costUsd)}`,
          'faint',
        ),
  'child-spent': () => undefined,
  failover: event =>
    line(event.worker, `next model: ${describeFailure(event.why)}: ${event.message}`, 'warn'),
  'model-down': event =>
    line(
      '',
      `${event.label} is not used${event.until ? ` until ${timeOfDay(event.until)}` : ''}: ${describeFailure(event.why)}`,
      'warn',
    ),
  'model-up': event => line('', `${event.label} is used again`),
  parked: event => line(event.worker, `waits for a model until ${timeOfDay(event.until)}`, 'warn'),
  unparked: event => line(event.worker, 'goes on'),
  'answer-needed': event =>
    line(
      event.worker,
      `needs ${event.what === 'question' ? 'an answer' : 'a permission'}: ${event.text}`,
      'warn',
    ),
  'answer-given': event => line(event.worker, `${event.isGranted ? 'answered' : 'refused'} by ${event.by}`),
  'step-ended': event => describeStep(event),
  committed: event =>
    event.commit === undefined
      ? line(event.worker, 'changed nothing', 'faint')
      : line(event.worker, `committed ${plural(event.files, 'file')} as ${event.commit.slice(0, 10)}`),
  'worker-quiet': event =>
    event.survivors && event.survivors.length > 0
      ? line(event.worker, `could not end process ${event.survivors.join(', ')}`, 'bad')
      : undefined,
  'worker-ended': event => describeWorkerEnd(event.worker, event.outcome),
  merged: event => line(event.worker, `merged into the run branch (${event.head.slice(0, 10)})`),
  'merge-conflict': event =>
    line(event.worker, `merge conflict in ${event.files.join(', ')}; branch ${event.branch} is kept`, 'bad'),
  'phase-ended': event =>
    line(
      event.phase,
      `phase ${event.outcome}${event.message ? `: ${event.message}` : ''}`,
      event.outcome === 'succeeded' ? 'good' : 'bad',
    ),
  'limit-reached': event => line('', `${event.limit}: ${event.message}`, 'bad'),
  'worktree-removed': event => line('', `removed worktree ${event.slug}: its work is merged`, 'faint'),
  'worktree-kept': event => line('', `kept worktree ${event.dir}: ${event.why}`, 'warn'),
  'branch-removed': event => line('', `removed branch ${event.branch}: its commits are merged`, 'faint'),
  note: event =>
    line(
      event.worker ?? '',
      event.text,
      event.level === 'error' ? 'bad' : event.level === 'warning' ? 'warn' : 'plain',
    ),
  'run-ended': event =>
    line(
      '',
      `run ${event.outcome}${event.message ? `: ${event.message}` : ''}`,
      event.outcome === 'succeeded' ? 'good' : 'bad',
    ),
};

/** The line of an event, or undefined for events that say nothing to people. */
export function describeEvent(event: RunEvent): EventLine | undefined {
  // The table pairs every kind with the function for exactly that kind; TypeScript cannot follow that through an index.
  const describe = lines[event.kind] as (event: RunEvent) => EventLine | undefined;
  return describe(event);
}

/** The line as it is printed: time, who, text; no newline. */
export function renderEventLine(event: RunEvent, style: Style): string | undefined {
  const described = describeEvent(event);
  if (described === undefined) return undefined;
  const who = described.who === '' ? '' : `${style.bold(printableLine(described.who))}  `;
  return `${style.dim(timeOfDay(event.at))}  ${who}${toned(printableLine(described.text), described.tone, style)}`;
}

function line(who: string, text: string, tone: EventLine['tone'] = 'plain'): EventLine {
  return { who, text, tone };
}

function describeTurn(event: RunEventOf<'turn-ended'>): EventLine {
  const { outcome } = event;
  if (outcome.kind === 'stopped') return line(event.worker, 'turn stopped', 'warn');
  if (outcome.kind === 'failed')
    return line(event.worker, `${describeFailure(outcome.reason)}: ${outcome.message}`, 'bad');
  const misfit = event.misfit === undefined ? '' : ' (does not fit the output schema)';
  return line(event.worker, `answered${misfit}: ${outcome.summary}`, misfit === '' ? 'plain' : 'warn');
}

function describeStep(event: RunEventOf<'step-ended'>): EventLine {
  const how = event.exit.signal ?? `exit ${event.exit.code ?? '?'}`;
  const rules = event.matched.length > 0 ? `; ${event.matched.join(', ')}` : '';
  const failure = event.failure === undefined ? '' : `: ${event.failure.message}`;
  const text = `step ${event.step}: ${how} after ${formatDuration(event.durationMs)}${rules}${failure}`;
  return line(event.worker, text, event.failure ? 'bad' : 'plain');
}

function describeWorkerEnd(worker: string, outcome: WorkerOutcome): EventLine {
  switch (outcome.kind) {
    case 'succeeded':
      return line(worker, 'succeeded', 'good');
    case 'failed':
      return line(worker, `failed: ${describeFailure(outcome.reason)}: ${outcome.message}`, 'bad');
    case 'stopped':
      return line(worker, 'stopped', 'warn');
    case 'skipped':
      return line(worker, `skipped: ${outcome.why}`, 'faint');
  }
}

function toned(text: string, tone: EventLine['tone'], style: Style): string {
  switch (tone) {
    case 'good':
      return style.green(text);
    case 'bad':
      return style.red(text);
    case 'warn':
      return style.yellow(text);
    case 'faint':
      return style.dim(text);
    case 'plain':
      return text;
  }
}
