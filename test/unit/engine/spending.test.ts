import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { EventData } from '../../../runtime/engine/events.ts';
import { requestLimit, tellSpending } from '../../../runtime/engine/requests.ts';
import { spendingOf } from '../../../runtime/engine/spending.ts';
import { planOf } from './plans.ts';
import { SimulatedRun } from './simulated-run.ts';

const child: EventData<'child-spent'> = {
  child: 'r-2',
  worker: 'a/1',
  agents: 2,
  costUsd: 0.6,
  unpriced: 1,
  isEstimate: true,
};

function runningRun(limits: NonNullable<Parameters<typeof planOf>[0]['limits']>): SimulatedRun {
  const run = new SimulatedRun(planOf({ limits, phases: [{ name: 'a' }, { name: 'b' }] }));
  run.finish('prepare:a/1#1');
  return run;
}

describe('what runs below spend', () => {
  test('counts for the limit of the run above', () => {
    const run = runningRun({ maxCostUsd: 1 });
    run.report({ kind: 'usage', worker: 'a/1', attempt: 1, turn: 1, label: 'shell', costUsd: 0.4 });
    const said = run.request(tellSpending(run.state, child));
    assert.match(said, /^\+ limit-reached the run has spent 1\.00 of max_cost_usd 1\n/);
    assert.match(said, /\n= stop:a\/1#1:polite$/);
  });

  test('replaces what they had spent before, and is told once', () => {
    const run = runningRun({ maxCostUsd: 1 });
    run.request(tellSpending(run.state, child));
    run.request(tellSpending(run.state, { ...child, costUsd: 0.7 }));
    assert.equal(spendingOf(run.state).costUsd, 0.7);
    assert.deepEqual(tellSpending(run.state, { ...child, costUsd: 0.7 }), { ok: true, value: [] });
  });

  test('goes on up with all of it', () => {
    const run = runningRun({});
    run.report({ kind: 'usage', worker: 'a/1', attempt: 1, turn: 1, label: 'codex' });
    run.request(tellSpending(run.state, child));
    assert.deepEqual(spendingOf(run.state), { agents: 3, costUsd: 0.6, unpriced: 2, isEstimate: true });
  });

  test('their workers count for max_total_agents', () => {
    const run = runningRun({ maxTotalAgents: 3 });
    run.request(tellSpending(run.state, child));
    run.finishAll();
    assert.match(run.log('run-ended'), /limited: the run may start 3 workers/);
  });
});

describe('a limit of the run above', () => {
  test('ends the run as limited, and is taken once', () => {
    const run = runningRun({});
    const limit = { limit: 'max_cost_usd', message: 'enough' } as const;
    assert.match(run.request(requestLimit(run.state, limit)), /= stop:a\/1#1:polite$/);
    assert.deepEqual(requestLimit(run.state, limit), { ok: true, value: [] });
    run.finishAll();
    assert.match(run.log('run-ended'), /^run-ended limited: enough/);
  });
});
