import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { requestResume, requestRetry, requestStop } from '../../../runtime/engine/requests.ts';
import type { PlanSketch } from './plans.ts';
import { planOf } from './plans.ts';
import { failure, SimulatedRun, turnEnd } from './simulated-run.ts';

const by = 'ada';

describe('retry', () => {
  test('runs the failed worker again, keeps the good one, and lets later phases follow', () => {
    const run = endedRun({ phases: [{ name: 'a', count: 2 }, { name: 'b' }] }, 'a/2');
    const shown = run.request(requestRetry(run.state, { targets: [], by }));
    assert.equal(shown, '+ worker-started a/2#2\n= prepare:a/2#2');
    run.finishAll();
    assert.equal(
      run.log('worker-started', 'merged', 'run-ended'),
      `worker-started a/1#1
worker-started a/2#1
run-ended failed: a/2: it ended with exit code 1
worker-started a/2#2
merged a/1
merged a/2
worker-started b/1#1
merged b/1
run-ended succeeded: every worker succeeded`,
    );
  });

  test('runs phases again that build on the one retried, for their inputs change', () => {
    const run = endedRun(
      { phases: [{ name: 'a', onFailure: 'continue' }, { name: 'b' }, { name: 'c', needs: [] }] },
      'a/1',
    );
    run.request(requestRetry(run.state, { targets: ['a/1'], by }));
    run.finishAll();
    const started = run.log('worker-started').split('\n');
    assert.deepEqual(started.slice(3), ['worker-started a/1#2', 'worker-started b/1#2']);
  });

  test('of one phase leaves another failed phase alone, and the run then fails for that', () => {
    const sketch: PlanSketch = {
      phases: [{ name: 'a' }, { name: 'b', needs: [] }, { name: 'c', needs: ['b'] }],
    };
    const run = endedRun(sketch, 'a/1', 'b/1');
    run.request(requestRetry(run.state, { targets: ['a'], by }));
    run.finishAll();
    assert.equal(
      run.log('worker-started', 'run-ended').split('\n').slice(2).join('\n'),
      `run-ended failed: a/1: it ended with exit code 1; b/1: it ended with exit code 1
worker-started a/1#2
run-ended failed: b/1: it ended with exit code 1`,
    );
  });

  test('after a merge conflict runs that worker again and then merges it', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 2 }] }));
    run.finishAll(({ id }) => id !== 'merge:a/2#1');
    run.finish('merge:a/2#1', {
      kind: 'merge-conflict',
      phase: 'a',
      worker: 'a/2',
      branch: 'w',
      files: ['x'],
    });
    run.finishAll();
    run.request(requestRetry(run.state, { targets: [], by }));
    run.finishAll();
    assert.equal(run.log('merged'), 'merged a/1\nmerged a/2');
    assert.equal(run.state.phases.at(0).workers.at(0).attempt, 1);
  });

  test('of a phase that failed for a pick nobody could make asks for the pick again', () => {
    const run = new SimulatedRun(planOf({ isAttended: false, phases: [{ name: 'a', merge: 'pick' }] }));
    run.finishAll();
    run.request(requestRetry(run.state, { targets: [], by }));
    run.finishAll();
    assert.equal(run.log('worker-started'), 'worker-started a/1#1');
    assert.equal(run.log('run-ended').split('\n').length, 2);
  });

  test('with another model puts that before the chain', () => {
    const run = endedRun({ phases: [{ name: 'a', chain: ['claude', 'codex'] }] }, 'a/1');
    run.request(requestRetry(run.state, { targets: [], routeOverride: 'codex', by }));
    assert.match(run.finish('prepare:a/1#2'), /turn-requested a\/1#2 1 codex prompt/);
  });

  test('tries a model again that was down', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    failTurn(run, 'a/1', { kind: 'unavailable', what: 'auth' });
    run.finishAll();
    run.request(requestRetry(run.state, { targets: [], by }));
    assert.match(run.finish('prepare:a/1#2'), /turn-requested a\/1#2 1 shell prompt/);
  });

  test('is refused with the reason where there is nothing to retry', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finishAll();
    assert.deepEqual(refusal(requestRetry(run.state, { targets: [], by })), 'nothing-to-retry');
    assert.deepEqual(refusal(requestRetry(run.state, { targets: ['x'], by })), 'unknown-worker');
    assert.deepEqual(refusal(requestRetry(run.state, { targets: ['a'], by })), 'nothing-to-retry');
  });

  test('is refused for a model that is not known', () => {
    const run = endedRun({ phases: [{ name: 'a' }] }, 'a/1');
    const retry = requestRetry(run.state, { targets: [], routeOverride: 'gpt', by });
    assert.equal(
      retry.ok ? '' : retry.failure.message,
      '"gpt" is not a model of these workers; models: shell',
    );
  });
});

describe('resume', () => {
  test('lets workers go on that were stopped, and no other', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 2 }, { name: 'b' }] }));
    run.finishAll(command => 'worker' in command && command.worker === 'a/1');
    run.request(requestStop(run.state, { how: 'polite', by }));
    run.finishAll();
    assert.equal(run.request(requestResume(run.state, { by })), '+ worker-started a/2#2\n= prepare:a/2#2');
    run.finishAll();
    assert.match(run.log('run-ended'), /run-ended succeeded/);
  });

  test('is refused for a run that goes on, and for one that was not interrupted', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    assert.equal(refusal(requestResume(run.state, { by })), 'run-going-on');
    run.finishAll();
    assert.equal(refusal(requestResume(run.state, { by })), 'nothing-to-retry');
  });
});

/** A run that has ended, in which the turns of these workers failed. */
function endedRun(sketch: PlanSketch, ...failing: readonly string[]): SimulatedRun {
  const run = new SimulatedRun(planOf(sketch));
  const isFailing = (key: string) => failing.includes(key);
  for (;;) {
    const [command] = run.commands;
    if (command === undefined) return run;
    if (command.kind === 'turn' && isFailing(command.worker))
      failTurn(run, command.worker, { kind: 'exit', code: 1 });
    else run.finish(command.id);
  }
}

function failTurn(run: SimulatedRun, worker: string, reason: Parameters<typeof failure>[0]): void {
  const command = run.commands.find(each => each.kind === 'turn' && each.worker === worker);
  assert.ok(command?.kind === 'turn', `no turn of ${worker}`);
  run.report(turnEnd(command, failure(reason)));
}

function refusal(result: ReturnType<typeof requestRetry>): string {
  return result.ok ? 'carried out' : result.failure.code;
}
