/** The tree of runs: runs, their phases, the workers of those, and each worker's turns and steps. */
import { t } from '@vscode/l10n';
import { formatKnownDuration } from '../../runtime/amounts.ts';
import type { PhaseView, RunView, WorkerView } from '../../runtime/engine/projections.ts';
import { workedMs } from '../../runtime/engine/worker-time.ts';
import type { RunRow } from '../../runtime/protocol.ts';
import type { LoadedRun } from '../runs/runs.ts';
import { cost, elapsed, joined, when, workers as workersText } from './amounts.ts';
import { attemptRows } from './attempt-rows.ts';
import { phaseState, stateIcon, stateWord } from './state-words.ts';
import { phaseTooltip, runTooltip, workerTooltip } from './tooltips.ts';
import type { TreeRow } from './tree-row.ts';

/** What the tree is drawn from. */
export interface TreeSource {
  /** Newest first. */
  readonly rows: readonly RunRow[];
  loaded(run: string): LoadedRun | undefined;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** The rows of all runs. A run that is not loaded has no rows below it; loading it is the view's. */
export function runRows(source: TreeSource): readonly TreeRow[] {
  return source.rows.map(row => runRow(row, source));
}

function runRow(row: RunRow, { loaded, now }: TreeSource): TreeRow {
  const run = loaded(row.run);
  const isUnfinished = row.endedAt === undefined;
  const description = joined([
    stateWord(row.state),
    isUnfinished ? elapsed(row, now) : when(row.startedAt, now),
    isUnfinished ? t('{0}/{1} phases', row.phasesDone, row.phases) : elapsed(row, now),
    cost(row),
  ]);
  return {
    id: row.run,
    run: row.run,
    label: row.name,
    description,
    icon: stateIcon(row.state),
    tooltip: runTooltip(row, run?.view, now),
    contextValue: runContext(row, run?.view),
    spoken: t('Run {0}, {1}', row.name, description),
    expansion: isUnfinished ? 'expanded' : 'collapsed',
    children: () => phaseRows(loaded(row.run), now),
  };
}

/** `run unfinished|ended [failed] [work]`: `work` = its branch has something to look at. */
function runContext(row: RunRow, view: RunView | undefined): string {
  const hasWork = view?.head !== undefined || view?.phases.some(phase => phase.workers.some(hasCommit));
  const canRetry = row.endedAt !== undefined && row.state !== 'succeeded';
  return words(
    'run',
    row.endedAt === undefined ? 'unfinished' : 'ended',
    canRetry && 'failed',
    hasWork && 'work',
  );
}

function phaseRows(run: LoadedRun | undefined, now: number): readonly TreeRow[] {
  return run?.view.phases.map(phase => phaseRow(run, phase, now)) ?? [];
}

function phaseRow(run: LoadedRun, phase: PhaseView, now: number): TreeRow {
  const done = phase.workers.filter(worker => worker.endedAt !== undefined).length;
  const isRunning = phase.state === 'running';
  const state = phaseState(phase);
  const description = joined([
    stateWord(state),
    isRunning && phase.workers.length > 1 ? t('{0}/{1} done', done, phase.workers.length) : undefined,
    isRunning ? undefined : workersText(phase.workers.length),
    elapsed(phase, now),
    cost(phase.usage),
  ]);
  return {
    id: `${run.view.run}/${phase.name}`,
    run: run.view.run,
    phase: phase.name,
    label: phase.name,
    description,
    icon: stateIcon(state),
    tooltip: phaseTooltip(phase),
    contextValue: words(
      'phase',
      phase.state === 'gated' && 'gated',
      phase.state === 'picking' && 'picking',
      phase.state === 'failed' && 'failed',
      phase.workers.some(worker => worker.session !== undefined) && 'session',
    ),
    spoken: t('Phase {0}, {1}', phase.name, description),
    expansion: OPEN_PHASES.has(phase.state) ? 'expanded' : 'collapsed',
    children: () => phase.workers.map(worker => workerRow(run, worker, now)),
  };
}

/** Phases whose workers somebody wants to see without a click. */
const OPEN_PHASES: ReadonlySet<string> = new Set(['running', 'picking', 'failed']);

function workerRow(run: LoadedRun, worker: WorkerView, now: number): TreeRow {
  const description = joined([
    worker.state === 'parked' && worker.parkedUntil !== undefined
      ? t('waits for a model until {0}', when(worker.parkedUntil, now))
      : stateWord(worker.state),
    worker.question,
    worker.label,
    formatKnownDuration(workedMs(worker, new Date(now).toISOString())),
    cost(worker.usage),
    worker.attempt > 1 ? t('attempt {0}', worker.attempt) : undefined,
  ]);
  const hasAttempts = worker.attempts.some(({ turns, steps }) => turns.length + steps.length > 0);
  return {
    id: `${run.view.run}//${worker.key}`,
    run: run.view.run,
    phase: worker.phase,
    worker: worker.key,
    label: worker.id,
    description,
    icon: stateIcon(worker.state),
    tooltip: workerTooltip(worker, now),
    contextValue: workerContext(run.view, worker),
    spoken: t('Worker {0} of phase {1}, {2}', worker.id, worker.phase, description),
    ...(worker.session !== undefined && { command: 'niia.openTerminal' }),
    ...(hasAttempts && { expansion: 'collapsed', children: () => attemptRows(run.view.run, worker, now) }),
  };
}

/** `worker [active] [session] [worktree] [work] [failed] [question|permission]`. */
function workerContext(view: RunView, worker: WorkerView): string {
  const need = view.needs.find(each => 'worker' in each && each.worker === worker.key);
  return words(
    'worker',
    ACTIVE.has(worker.state) && 'active',
    worker.session !== undefined && 'session',
    worker.dir !== undefined && 'worktree',
    hasChanges(worker) && 'work',
    worker.state === 'failed' && 'failed',
    need?.kind,
  );
}

/** States of a worker that can be stopped. */
const ACTIVE: ReadonlySet<string> = new Set([
  'preparing',
  'starting',
  'working',
  'waiting',
  'parked',
  'unknown',
]);

function hasCommit(worker: WorkerView): boolean {
  return worker.commit !== undefined;
}

/** Also before it commits: its worktree is compared as it stands. */
function hasChanges(worker: WorkerView): boolean {
  return hasCommit(worker) || (worker.slug !== undefined && ACTIVE.has(worker.state));
}

function words(...parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' ');
}
