/** Runs in a test's words. */

import type { LoadedRun } from '../../../../client/runs/runs.ts';
import type {
  NeedView,
  PhaseView,
  RunView,
  WorkerStateName,
  WorkerView,
} from '../../../../runtime/engine/projections.ts';
import type { RunRow } from '../../../../runtime/protocol.ts';
import { planOf } from '../../../integration/daemon/plan-of.ts';

/** A phase: its state, its workers by id, and whether its failures are allowed. */
export interface PhaseSketch {
  readonly state: PhaseView['state'];
  readonly workers: Readonly<Record<string, WorkerStateName | Partial<WorkerView>>>;
  readonly onFailure?: 'stop' | 'continue';
  readonly message?: string;
  readonly conflict?: NonNullable<PhaseView['conflict']>;
}

/** A run of the file `/repo/connector.json`. */
export function runOf(
  run: string,
  phases: Readonly<Record<string, PhaseSketch>>,
  needs: readonly NeedView[] = [],
): LoadedRun {
  const plan = planOf(
    Object.entries(phases).map(([name, { workers, onFailure }]) => ({
      name,
      workers: Object.keys(workers).map(id => ({ id })),
      overrides: { onFailure: onFailure ?? 'stop' },
    })),
    { workspace: '/repo' },
  );
  const view: RunView = {
    run,
    name: 'test',
    file: '/repo/connector.json',
    state: 'ended',
    endedAt: 'then',
    phases: Object.entries(phases).map(([name, phase]) => phaseView(name, phase)),
    needs,
    usage: {},
    usageByAlias: {},
    downModels: [],
    keptWorktrees: [],
    notes: [],
    seq: 1,
  };
  return { plan, view, dir: `/state/${run}` };
}

/** The row of a run. */
export function rowOf({ view }: LoadedRun): RunRow {
  const { run, name, file } = view;
  return { run, name, file, state: 'failed', startedAt: '', phasesDone: 0, phases: 0, workers: 0 };
}

/** A worker that failed, as its state. */
export function failed(kind: 'exit' | 'timed_out', message = '', tail = ''): Partial<WorkerView> {
  const reason = kind === 'exit' ? ({ kind, code: 1 } as const) : ({ kind } as const);
  const description = kind === 'exit' ? 'it ended with exit code 1' : 'it ran longer than its timeout allows';
  return { state: 'failed', failure: { reason, description, message, tail } };
}

function phaseView(name: string, { state, workers, message, conflict }: PhaseSketch): PhaseView {
  return {
    name,
    needs: [],
    state,
    ...(message !== undefined && { message }),
    ...(conflict && { conflict }),
    usage: {},
    workers: Object.entries(workers).map(([id, worker]) => ({
      key: `${name}/${id}`,
      id,
      phase: name,
      state: 'queued',
      attempt: 1,
      attempts: [],
      sessions: [],
      isMerged: false,
      usage: {},
      notes: [],
      ...(typeof worker === 'string' ? { state: worker } : worker),
    })),
  };
}
