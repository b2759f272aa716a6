/** What happens before and after a phase, as nodes of the graph: a gate, a merge of branches, a pick among them. */
import * as l10n from '@vscode/l10n';
import type { PhaseView } from '../engine/projections.ts';
import type { PlannedPhase } from '../plan/plan.ts';
import { type Look, planned } from './look.ts';

/** A point the run passes. */
export interface PointNode {
  readonly kind: 'gate' | 'merge' | 'pick';
  /** Kind and name of the phase: `gate:review`. */
  readonly id: string;
  readonly phase: string;
  /** What happens there: `approve`. */
  readonly title: string;
  readonly look: Look;
}

/** The points of a phase, in the order they are passed. */
export interface PhasePoints {
  readonly before: readonly PointNode[];
  readonly after: readonly PointNode[];
}

/** The points before and after a phase; `view` undefined = of a plan. */
export function pointsOf(phase: PlannedPhase, view: PhaseView | undefined): PhasePoints {
  return {
    before: phase.gate === undefined ? [] : [point('gate', phase, l10n.t('approve'), gateLook(view))],
    after: afterOf(phase, view),
  };
}

function afterOf(phase: PlannedPhase, view: PhaseView | undefined): readonly PointNode[] {
  const branches = phase.workers.filter(worker => worker.place.kind === 'worktree').length;
  // The branch of a single worker is taken as it is: nothing comes together there.
  if (branches < 2 || phase.merge === 'none') return [];
  return phase.merge === 'pick'
    ? [point('pick', phase, l10n.t('pick one of {0}', branches), pickLook(view))]
    : [point('merge', phase, l10n.t('merge {0}', branches), mergeLook(view))];
}

function point(kind: PointNode['kind'], phase: PlannedPhase, title: string, look: Look): PointNode {
  return { kind, id: `${kind}:${phase.name}`, phase: phase.name, title, look };
}

function gateLook(view: PhaseView | undefined): Look {
  switch (view?.state) {
    case undefined:
      return planned();
    case 'pending':
      return { tone: 'idle', word: l10n.t('pending'), detail: '' };
    case 'gated':
      return { tone: 'attention', word: l10n.t('waits for approval'), detail: '' };
    case 'stopped':
    case 'skipped':
    case 'limited':
      // It may have been opened or not: only a phase that started is sure to have passed.
      return view.startedAt === undefined ? closed() : approved();
    case 'running':
    case 'picking':
    case 'succeeded':
    case 'failed':
      return approved();
  }
}

function approved(): Look {
  return { tone: 'good', word: l10n.t('approved'), detail: '' };
}

function closed(): Look {
  return { tone: 'stopped', word: l10n.t('not opened'), detail: '' };
}

function pickLook(view: PhaseView | undefined): Look {
  if (view?.state === 'picking')
    return {
      tone: 'attention',
      word: l10n.t('waits for a pick'),
      detail: l10n.t('choose whose work goes on'),
    };
  return mergeLook(view);
}

function mergeLook(view: PhaseView | undefined): Look {
  if (view === undefined) return planned();
  if (view.conflict !== undefined)
    return { tone: 'bad', word: l10n.t('conflict'), detail: view.conflict.files.join(', ') };
  const merged = view.workers.filter(worker => worker.isMerged).length;
  if (merged > 0) return { tone: 'good', word: l10n.t('merged'), detail: l10n.t('{0} merged', merged) };
  if (view.state === 'succeeded') return { tone: 'good', word: l10n.t('nothing to merge'), detail: '' };
  const isOver = view.endedAt !== undefined;
  return isOver
    ? { tone: 'stopped', word: l10n.t('not merged'), detail: '' }
    : { tone: 'idle', word: l10n.t('pending'), detail: '' };
}
