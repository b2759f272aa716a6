/** A run as lists show it, from its view. */
import type { RunView } from '../engine/projections.ts';
import type { RunRow } from '../protocol.ts';

/** The row of a run. `state` is how it ended, or what it does. */
export function rowOf(view: RunView): RunRow {
  const { costUsd, unpriced, isEstimate } = view.usage;
  return {
    run: view.run,
    name: view.name,
    file: view.file,
    state: view.outcome ?? view.state,
    startedAt: view.startedAt ?? '',
    ...(view.endedAt === undefined ? {} : { endedAt: view.endedAt }),
    ...(view.parent === undefined ? {} : { parent: view.parent.run }),
    phasesDone: view.phases.filter(({ state }) => !UNFINISHED.has(state)).length,
    phases: view.phases.length,
    workers: view.phases.reduce((sum, { workers }) => sum + workers.length, 0),
    ...(costUsd === undefined ? {} : { costUsd }),
    ...(unpriced === undefined ? {} : { unpriced }),
    ...(isEstimate === undefined ? {} : { isEstimate }),
  };
}

const UNFINISHED: ReadonlySet<string> = new Set(['pending', 'gated', 'running', 'picking']);
