/** How the states of runs, phases and workers look and read in the editor: one table for tree, lenses and status bar. */
import { t } from '@vscode/l10n';
import type { PhaseView } from '../../runtime/engine/projections.ts';

/** A product icon of the editor and its theme colour. */
export interface StateIcon {
  readonly id: string;
  readonly color?: string;
}

/** Workers that get on by themselves. */
const BUSY: ReadonlySet<string> = new Set(['preparing', 'starting', 'working', 'unknown']);

/** The state a phase is shown with: one whose workers all wait for a person or a limit waits, as a run does. */
export function phaseState({ state, workers }: Pick<PhaseView, 'state' | 'workers'>): string {
  if (state !== 'running' || workers.some(worker => BUSY.has(worker.state))) return state;
  return ['waiting', 'parked'].find(wait => workers.some(worker => worker.state === wait)) ?? state;
}

/** Icon of a state or outcome (`RunView`, `PhaseStateName`, `WorkerStateName`). */
export function stateIcon(state: string): StateIcon {
  switch (state) {
    case 'succeeded':
      return { id: 'pass', color: 'testing.iconPassed' };
    case 'failed':
    case 'no_model':
    case 'limited':
      return { id: 'error', color: 'testing.iconFailed' };
    case 'waiting':
    case 'gated':
    case 'picking':
      return { id: 'bell-dot', color: 'problemsWarningIcon.foreground' };
    case 'parked':
      return { id: 'watch', color: 'problemsWarningIcon.foreground' };
    case 'stopped':
      return { id: 'stop-circle', color: 'testing.iconSkipped' };
    case 'skipped':
      return { id: 'debug-step-over', color: 'testing.iconSkipped' };
    case 'queued':
    case 'pending':
      return { id: 'circle-outline', color: 'testing.iconQueued' };
    case 'unknown':
      return { id: 'question', color: 'problemsWarningIcon.foreground' };
    default:
      return { id: 'loading~spin', color: 'testing.iconQueued' };
  }
}

/** A state in words. */
export function stateWord(state: string): string {
  return words()[state] ?? state;
}

/** Translated on every call: the translations are loaded after this module. */
function words(): Readonly<Record<string, string>> {
  return {
    succeeded: t('succeeded'),
    failed: t('failed'),
    no_model: t('no model available'),
    limited: t('stopped by a limit'),
    stopped: t('stopped'),
    skipped: t('skipped'),
    waiting: t('waits for you'),
    gated: t('waits for approval'),
    picking: t('waits for your choice'),
    parked: t('waits for a model'),
    queued: t('queued'),
    pending: t('not started'),
    preparing: t('preparing'),
    starting: t('starting'),
    working: t('working'),
    running: t('running'),
    stopping: t('stopping'),
    unknown: t('unknown'),
  };
}
