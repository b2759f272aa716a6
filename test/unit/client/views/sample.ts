/** A run with everything views have to show: done, failing, asking, waiting for approval. */

import type { LoadedRun } from '../../../../client/runs/runs.ts';
import { rowOf } from '../../../../runtime/daemon/run-row.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import type { RunRow } from '../../../../runtime/protocol.ts';
import { succeeding, viewOf, working } from '../../cli/sample-run.ts';
import { planOf } from '../../engine/plans.ts';

const sketch = {
  phases: [
    { name: 'research', count: 2 },
    { name: 'build', onFailure: 'continue' },
    { name: 'deploy', gate: 'approve' },
  ],
} as const;

/** Everything up to the failure of "build", after which "deploy" waits for approval. */
export const untilGate: readonly NewEvent[] = [
  { kind: 'phase-started', phase: 'research' },
  ...working('research/1'),
  ...working('research/2'),
  ...succeeding('research/1', 'Found *three* things'),
  ...succeeding('research/2', 'Nothing'),
  { kind: 'phase-ended', phase: 'research', outcome: 'succeeded' },
  { kind: 'phase-started', phase: 'build' },
  ...working('build/1', 'claude'),
  { kind: 'usage', worker: 'build/1', attempt: 1, turn: 1, label: 'claude', costUsd: 0.12 },
  {
    kind: 'turn-ended',
    worker: 'build/1',
    attempt: 1,
    turn: 1,
    outcome: { kind: 'failed', reason: { kind: 'exit', code: 3 }, message: 'exit code 3', tail: 'oops ```' },
  },
  {
    kind: 'worker-ended',
    worker: 'build/1',
    attempt: 1,
    outcome: { kind: 'failed', reason: { kind: 'exit', code: 3 }, message: 'exit code 3', tail: 'oops ```' },
  },
  { kind: 'phase-ended', phase: 'build', outcome: 'failed' },
  { kind: 'gate-opened', phase: 'deploy' },
];

/** The first phase with one worker that asks a question and one at work. */
export const untilQuestion: readonly NewEvent[] = [
  { kind: 'phase-started', phase: 'research' },
  ...working('research/1'),
  ...working('research/2'),
  { kind: 'answer-needed', worker: 'research/1', attempt: 1, what: 'question', text: 'Which <b>one</b>?' },
];

/** A run that failed after the gate was passed. */
export const untilEnd: readonly NewEvent[] = [
  ...untilGate,
  { kind: 'run-ended', outcome: 'failed', message: 'build failed' },
];

/** The run after these events, and its row. */
export function sampleRun(events: readonly NewEvent[]): { readonly loaded: LoadedRun; readonly row: RunRow } {
  const view = viewOf(sketch, events);
  return { loaded: { plan: planOf(sketch), view, dir: '/state/runs/demo-1' }, row: rowOf(view) };
}
