/** How states look in a graph: a tone, which has a colour and a sign, and words. */
import * as l10n from '@vscode/l10n';
import { formatDuration, formatKnownCost, formatKnownDuration, millisecondsBetween } from '../amounts.ts';
import type { PhaseView, RunView, WorkerView } from '../engine/projections.ts';
import { finalWorkedMs } from '../engine/worker-time.ts';
import type { Plan } from '../plan/plan.ts';

/** What a state means to the person who looks. */
export type Tone =
  | 'idle'
  | 'busy'
  /** A person is needed. */
  | 'attention'
  | 'parked'
  | 'good'
  | 'bad'
  | 'stopped'
  | 'unknown';

/** All tones. */
export const tones: readonly Tone[] = [
  'idle',
  'busy',
  'attention',
  'parked',
  'good',
  'bad',
  'stopped',
  'unknown',
];

/** How a state looks. */
export interface Look {
  readonly tone: Tone;
  /** The state in a word or two, in the reader's language. */
  readonly word: string;
  /** What it rests on, took or cost; empty if there is nothing to say. */
  readonly detail: string;
}

/** The look of a plan that was not started. */
export function planLook(plan: Plan): Look {
  const blockers = plan.notes.filter(note => note.severity === 'blocker');
  const [first] = blockers;
  return first === undefined
    ? { tone: 'idle', word: l10n.t('plan'), detail: '' }
    : { tone: 'bad', word: l10n.t('cannot run here'), detail: first.message };
}

/** The look of a run. */
export function runLook(view: RunView): Look {
  const detail = joined(
    tookOf(view),
    formatKnownCost(view.usage),
    view.outcome === 'succeeded' ? '' : view.message,
  );
  return { ...runState(view), detail };
}

/** The look of a phase; undefined = of a plan. */
export function phaseLook(view: PhaseView | undefined): Look {
  if (view === undefined) return planned();
  return { ...phaseState(view), detail: joined(tookOf(view), formatKnownCost(view.usage), view.message) };
}

/** The look of a worker; undefined = of a plan. */
export function workerLook(view: WorkerView | undefined): Look {
  if (view === undefined) return planned();
  const said = view.failure?.message ?? view.question ?? view.evidence;
  const took = formatKnownDuration(finalWorkedMs(view));
  return { ...workerState(view), detail: joined(took, formatKnownCost(view.usage), said) };
}

/** The look of what is only planned. */
export function planned(): Look {
  return { tone: 'idle', word: l10n.t('planned'), detail: '' };
}

type Named = Pick<Look, 'tone' | 'word'>;

function runState({ state, outcome }: RunView): Named {
  switch (outcome) {
    case 'succeeded':
      return { tone: 'good', word: l10n.t('succeeded') };
    case 'failed':
      return { tone: 'bad', word: l10n.t('failed') };
    case 'no_model':
      return { tone: 'bad', word: l10n.t('no model available') };
    case 'limited':
      return { tone: 'bad', word: l10n.t('limit reached') };
    case 'stopped':
      return { tone: 'stopped', word: l10n.t('stopped') };
    case undefined:
      break;
  }
  if (state === 'waiting') return { tone: 'attention', word: l10n.t('waits for you') };
  if (state === 'parked') return { tone: 'parked', word: l10n.t('parked') };
  return { tone: 'busy', word: state === 'stopping' ? l10n.t('stopping') : l10n.t('running') };
}

function phaseState({ state }: PhaseView): Named {
  switch (state) {
    case 'pending':
      return { tone: 'idle', word: l10n.t('pending') };
    case 'gated':
      return { tone: 'attention', word: l10n.t('waits for approval') };
    case 'running':
      return { tone: 'busy', word: l10n.t('running') };
    case 'picking':
      return { tone: 'attention', word: l10n.t('waits for a pick') };
    case 'succeeded':
      return { tone: 'good', word: l10n.t('succeeded') };
    case 'failed':
      return { tone: 'bad', word: l10n.t('failed') };
    case 'limited':
      return { tone: 'bad', word: l10n.t('limit reached') };
    case 'stopped':
      return { tone: 'stopped', word: l10n.t('stopped') };
    case 'skipped':
      return { tone: 'stopped', word: l10n.t('skipped') };
  }
}

function workerState({ state }: WorkerView): Named {
  switch (state) {
    case 'queued':
      return { tone: 'idle', word: l10n.t('queued') };
    case 'preparing':
      return { tone: 'busy', word: l10n.t('preparing') };
    case 'starting':
      return { tone: 'busy', word: l10n.t('starting') };
    case 'working':
      return { tone: 'busy', word: l10n.t('working') };
    case 'waiting':
      return { tone: 'attention', word: l10n.t('waits for you') };
    case 'parked':
      return { tone: 'parked', word: l10n.t('parked') };
    case 'unknown':
      return { tone: 'unknown', word: l10n.t('unknown') };
    case 'succeeded':
      return { tone: 'good', word: l10n.t('succeeded') };
    case 'failed':
      return { tone: 'bad', word: l10n.t('failed') };
    case 'stopped':
      return { tone: 'stopped', word: l10n.t('stopped') };
    case 'skipped':
      return { tone: 'stopped', word: l10n.t('skipped') };
  }
}

/** Absent while it goes on: a graph is not redrawn every second. */
function tookOf({ startedAt, endedAt }: { readonly startedAt?: string; readonly endedAt?: string }): string {
  return startedAt && endedAt ? formatDuration(millisecondsBetween(startedAt, endedAt)) : '';
}

function joined(...parts: readonly (string | undefined)[]): string {
  return parts.filter(part => part).join(' · ');
}
