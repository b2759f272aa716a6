/** The rows below a worker: its turns and steps, attempt by attempt. */
import { t } from '@vscode/l10n';
import { formatDuration } from '../../runtime/amounts.ts';
import type { AttemptView, StepView, TurnView, WorkerView } from '../../runtime/engine/projections.ts';
import { elapsed, joined } from './amounts.ts';
import { stateIcon, stateWord } from './state-words.ts';
import { escapeMarkdown, quoted } from './tooltips.ts';
import type { TreeRow } from './tree-row.ts';

/** Turns and steps of all attempts, oldest first. With several attempts each row says whose it is. */
export function attemptRows(run: string, worker: WorkerView, now: number): readonly TreeRow[] {
  return worker.attempts.flatMap(attempt => {
    const place: Place = { run, worker, attempt, now };
    return [
      ...attempt.turns.map(turn => turnRow(place, turn)),
      ...attempt.steps.map(step => stepRow(place, step)),
    ];
  });
}

interface Place {
  readonly run: string;
  readonly worker: WorkerView;
  readonly attempt: AttemptView;
  readonly now: number;
}

function turnRow({ run, worker, attempt, now }: Place, turn: TurnView): TreeRow {
  const state = turnState(turn);
  const label = t('Turn {0}', turn.turn);
  const description = joined([
    stateWord(state),
    turn.label,
    elapsed(turn, now),
    attemptText(worker, attempt),
    turn.outcome?.kind === 'answered' ? turn.outcome.summary : undefined,
  ]);
  return {
    id: `${run}//${worker.key}//${attempt.attempt}/turn/${turn.turn}`,
    run,
    phase: worker.phase,
    worker: worker.key,
    ...(turn.session !== undefined && { session: turn.session, command: 'niia.openTerminal' }),
    label,
    description,
    icon: stateIcon(state),
    tooltip: turnTooltip(turn),
    contextValue: turn.session === undefined ? 'turn' : 'turn session',
    spoken: joined([label, description], ', '),
  };
}

function turnState({ outcome }: TurnView): string {
  switch (outcome?.kind) {
    case 'answered':
      return 'succeeded';
    case 'failed':
    case 'stopped':
      return outcome.kind;
    default:
      return 'working';
  }
}

function turnTooltip({ outcome, misfit }: TurnView): string {
  const texts = [
    outcome?.kind === 'answered' ? escapeMarkdown(outcome.summary) : undefined,
    outcome?.kind === 'failed' ? escapeMarkdown(outcome.message) : undefined,
    outcome?.kind === 'failed' && outcome.tail !== undefined ? quoted(outcome.tail) : undefined,
    misfit === undefined ? undefined : t('The answer does not fit: {0}', escapeMarkdown(misfit)),
  ];
  return joined(texts, '\n\n');
}

function stepRow({ run, worker, attempt }: Place, step: StepView): TreeRow {
  const state = step.failure === undefined ? 'succeeded' : 'failed';
  const exit = step.exit.signal ?? t('exit {0}', step.exit.code ?? '?');
  const description = joined([
    exit,
    formatDuration(step.durationMs),
    step.lines === 1 ? t('1 line') : t('{0} lines', step.lines),
    attemptText(worker, attempt),
  ]);
  const tooltip = joined(
    [
      step.failure && escapeMarkdown(step.failure.message),
      step.failure?.tail === undefined ? undefined : quoted(step.failure.tail),
      ...step.suggestions.map(text => `- ${escapeMarkdown(text)}`),
    ],
    '\n\n',
  );
  return {
    id: `${run}//${worker.key}//${attempt.attempt}/step/${step.step}`,
    run,
    phase: worker.phase,
    worker: worker.key,
    label: step.step,
    description,
    icon: stateIcon(state),
    tooltip,
    contextValue: 'step',
    spoken: t('Step {0}, {1}', step.step, description),
  };
}

function attemptText(worker: WorkerView, attempt: AttemptView): string | undefined {
  return worker.attempts.length > 1 ? t('attempt {0}', attempt.attempt) : undefined;
}
