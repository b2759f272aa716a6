import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from '../../../runtime/engine/commands.ts';
import type { NewEvent } from '../../../runtime/engine/events.ts';
import {
  requestAnswer,
  requestApproval,
  requestPick,
  requestStop,
} from '../../../runtime/engine/requests.ts';
import { planOf } from './plans.ts';
import { failure, SimulatedRun, stepEnd, timeAt, turnEnd } from './simulated-run.ts';

describe('phases', () => {
  test('a run goes through worktree, turn, commit and merge, phase after phase', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }, { name: 'b' }] }));
    run.finishAll();
    assert.equal(
      run.log(),
      `run-started
phase-started a
worker-started a/1#1
worktree-ready a/1#1
turn-requested a/1#1 1 shell prompt
turn-alive a/1#1
turn-ended a/1#1 answered
committed a/1#1
worker-ended a/1#1 succeeded
merged a/1
phase-ended a succeeded
phase-started b
worker-started b/1#1
worktree-ready b/1#1
turn-requested b/1#1 1 shell prompt
turn-alive b/1#1
turn-ended b/1#1 answered
committed b/1#1
worker-ended b/1#1 succeeded
merged b/1
phase-ended b succeeded
run-ended succeeded: every worker succeeded`,
    );
  });

  test('phases that need nothing of each other run at the same time', () => {
    const run = new SimulatedRun(
      planOf({ phases: [{ name: 'a' }, { name: 'b', needs: [] }, { name: 'c', needs: ['a', 'b'] }] }),
    );
    assert.deepEqual(wanted(run), ['prepare:a/1#1', 'prepare:b/1#1']);
    run.finishAll(isOf('a/1'));
    assert.deepEqual(wanted(run), ['prepare:b/1#1']);
    run.finishAll(isOf('b/1'));
    assert.deepEqual(wanted(run), ['prepare:c/1#1']);
  });

  test('a need that is not in the plan was met by an earlier run', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'b', needs: ['a'] }] }));
    assert.deepEqual(wanted(run), ['prepare:b/1#1']);
  });

  test('workers beyond max_parallel wait in order', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 3, maxParallel: 2 }] }));
    assert.deepEqual(wanted(run), ['prepare:a/1#1', 'prepare:a/2#1']);
    run.finishAll(isOf('a/2'));
    assert.deepEqual(wanted(run), ['prepare:a/1#1', 'prepare:a/3#1']);
  });

  test('branches are merged one at a time in worker order, whoever ended first', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 3 }] }));
    for (const worker of ['a/3', 'a/1', 'a/2'])
      run.finishAll(command => isOf(worker)(command) && !isMerge(command));
    assert.deepEqual(wanted(run), ['merge:a/1#1']);
    run.finishAll(isMerge);
    assert.equal(run.log('merged'), 'merged a/1\nmerged a/2\nmerged a/3');
  });

  test('a worker that changed nothing is not merged', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finishAll(command => command.kind !== 'commit');
    const shown = run.finish('commit:a/1#1', { kind: 'committed', worker: 'a/1', attempt: 1, files: 0 });
    assert.equal(shown, '+ worker-ended a/1#1 succeeded\n+ phase-ended a succeeded\n= finish#0');
  });

  test('a worker in place is neither committed nor merged', () => {
    const place = { kind: 'in-place', dir: '/project', reason: 'asked' } as const;
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', worker: { place } }] }));
    run.finishAll();
    assert.equal(run.log('committed', 'merged', 'run-ended'), 'run-ended succeeded: every worker succeeded');
  });

  test('a failed phase stops the run: running workers elsewhere finish, everything else is skipped', () => {
    const run = new SimulatedRun(
      planOf({
        phases: [{ name: 'a' }, { name: 'b', needs: [], count: 2, maxParallel: 1 }, { name: 'c' }],
      }),
    );
    run.finish('prepare:a/1#1');
    failTurn(run, 'a/1');
    const shown = run.finish('commit:a/1#1');
    assert.equal(
      shown,
      `+ worker-ended a/1#1 failed(exit): it failed: exit
+ phase-ended a failed
+ worker-ended b/2#1 skipped: phase "a" did not succeed
+ worker-ended c/1#1 skipped: phase "a" did not succeed
+ phase-ended c skipped
= prepare:b/1#1`,
    );
    run.finishAll();
    assert.equal(
      run.log('phase-ended', 'run-ended'),
      `phase-ended a failed
phase-ended c skipped
phase-ended b stopped
run-ended failed: a/1: it ended with exit code 1`,
    );
  });

  test('with on_failure continue the next phase starts, and good branches are merged', () => {
    const run = new SimulatedRun(
      planOf({ phases: [{ name: 'a', count: 2, onFailure: 'continue' }, { name: 'b' }] }),
    );
    run.finishAll(command => command.kind === 'prepare');
    failTurn(run, 'a/1');
    run.finishAll();
    assert.equal(
      run.log('merged', 'phase-ended', 'run-ended'),
      `merged a/2
phase-ended a failed
merged b/1
phase-ended b succeeded
run-ended succeeded: done; did not succeed, which their phases allow: a/1`,
    );
  });

  test('a merge conflict fails the worker and stops the run even with on_failure continue', () => {
    const run = new SimulatedRun(
      planOf({ phases: [{ name: 'a', count: 2, onFailure: 'continue' }, { name: 'b' }] }),
    );
    run.finishAll(command => !isMerge(command));
    const conflict: NewEvent = {
      kind: 'merge-conflict',
      phase: 'a',
      worker: 'a/1',
      branch: 'w/a/1',
      files: ['x.ts'],
    };
    assert.equal(
      run.finish('merge:a/1#1', conflict),
      `+ phase-ended a failed: the branch of a/1 (w/a/1) does not merge; conflicts in x.ts
+ worker-ended b/1#1 skipped: phase "a" did not succeed
+ phase-ended b skipped
= finish#0`,
    );
  });
});

describe('people', () => {
  test('a gate waits for its approval', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', gate: 'approve' }] }));
    assert.equal(run.log('gate-opened'), 'gate-opened a');
    assert.deepEqual(wanted(run), []);
    const shown = run.request(requestApproval(run.state, { phase: 'a', by: 'ada' }));
    assert.equal(shown, '+ phase-started a\n+ worker-started a/1#1\n= prepare:a/1#1');
  });

  test('--yes approves a gate at once', () => {
    const run = new SimulatedRun(planOf({ yes: true, phases: [{ name: 'a', gate: 'approve' }] }));
    assert.deepEqual(wanted(run), ['prepare:a/1#1']);
  });

  test('a gate that nobody can approve fails the run instead of hanging', () => {
    const run = new SimulatedRun(planOf({ isAttended: false, phases: [{ name: 'a', gate: 'approve' }] }));
    run.finishAll();
    assert.match(run.log('run-ended'), /^run-ended failed: phase "a": its gate needs a person/);
  });

  test('merge pick waits for a choice and merges that branch only', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 2, merge: 'pick' }] }));
    run.finishAll();
    assert.equal(run.log('pick-opened'), 'pick-opened a');
    const shown = run.request(requestPick(run.state, { phase: 'a', worker: '2', by: 'ada' }));
    assert.equal(shown, '= merge:a/2#1');
    run.finishAll();
    assert.equal(run.log('merged', 'run-ended'), 'merged a/2\nrun-ended succeeded: every worker succeeded');
  });

  test('a pick that nobody can make fails the phase', () => {
    const run = new SimulatedRun(planOf({ isAttended: false, phases: [{ name: 'a', merge: 'pick' }] }));
    run.finishAll();
    assert.match(run.log('phase-ended'), /^phase-ended a failed: a person has to pick/);
  });

  test('a stop ends what runs, skips what does not, and commits what was done', () => {
    const run = new SimulatedRun(
      planOf({ phases: [{ name: 'a', count: 2, maxParallel: 1 }, { name: 'b' }] }),
    );
    run.finish('prepare:a/1#1');
    const shown = run.request(requestStop(run.state, { how: 'polite', by: 'ada' }));
    assert.equal(
      shown,
      `+ worker-ended a/2#1 skipped: the run was stopped
+ worker-ended b/1#1 skipped: the run was stopped
+ phase-ended b skipped
= stop:a/1#1:polite`,
    );
    assert.equal(run.finish('stop:a/1#1:polite'), '= commit:a/1#1');
    run.finishAll();
    assert.equal(
      run.log('worker-ended', 'run-ended').split('\n').slice(2).join('\n'),
      'worker-ended a/1#1 stopped\nrun-ended stopped: stopped by ada',
    );
  });

  test('a run that is stopped did not succeed, whatever its phases allow to fail', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', onFailure: 'continue' }] }));
    run.finish('prepare:a/1#1');
    run.request(requestStop(run.state, { how: 'polite', by: 'ada' }));
    run.finishAll();
    assert.equal(run.log('run-ended'), 'run-ended stopped: stopped by ada');
  });

  test('a second, urgent stop replaces the polite one', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.request(requestStop(run.state, { how: 'polite', by: 'ada' }));
    const shown = run.request(requestStop(run.state, { how: 'now', by: 'ada' }));
    assert.equal(shown, '= stop:a/1#1:now');
  });

  test('a stopped process that reports a failure counts as stopped', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    const turn = turnOf(run, 'a/1');
    run.request(requestStop(run.state, { how: 'polite', worker: 'a/1', by: 'ada' }));
    run.report(turnEnd(turn, failure({ kind: 'exit', code: 130 })));
    run.finishAll();
    assert.equal(
      run.log('worker-ended', 'run-ended'),
      'worker-ended a/1#1 stopped\nrun-ended stopped: a/1 was stopped',
    );
  });

  test('an answer that comes while it is being stopped counts', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    const turn = turnOf(run, 'a/1');
    run.request(requestStop(run.state, { how: 'polite', by: 'ada' }));
    run.report(turnEnd(turn, { kind: 'answered', answerFile: 'x', summary: 'x' }));
    run.finishAll();
    assert.equal(run.log('worker-ended'), 'worker-ended a/1#1 succeeded');
  });
});

describe('steps', () => {
  test('steps run in order before the model, and next runs a step first', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', steps: ['x', 'y', 'z'] }] }));
    run.finish('prepare:a/1#1');
    assert.equal(run.finish('step:a/1#1:x', stepEnd(stepOf(run), { next: ['z', 'x'] })), '= step:a/1#1:z');
    assert.equal(run.finish('step:a/1#1:z'), '= step:a/1#1:y');
    assert.equal(run.finish('step:a/1#1:y'), '+ turn-requested a/1#1 1 shell prompt\n= turn:a/1#1.1');
  });

  test('a worker of steps only ends after them', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain: [], steps: ['x'] }] }));
    run.finish('prepare:a/1#1');
    assert.equal(run.finish('step:a/1#1:x'), '= commit:a/1#1');
  });

  test('a step that wants to write asks, and runs when it is allowed', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', steps: ['x!'] }] }));
    assert.equal(run.finish('prepare:a/1#1'), '+ answer-needed a/1#1 run x');
    assert.equal(
      run.request(requestAnswer(run.state, { worker: 'a/1', text: 'yes', by: 'ada' })),
      '= step:a/1#1:x',
    );
  });

  test('a step that is refused fails the worker', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', steps: ['x!'] }] }));
    run.finish('prepare:a/1#1');
    run.request(requestAnswer(run.state, { worker: 'a/1', text: 'no', by: 'ada' }));
    run.finishAll();
    assert.equal(
      run.log('worker-ended'),
      'worker-ended a/1#1 failed(permission_denied): step "x" wants to write: no',
    );
  });

  test('a step that nobody can allow fails the worker', () => {
    const run = new SimulatedRun(planOf({ isAttended: false, phases: [{ name: 'a', steps: ['x!'] }] }));
    run.finishAll();
    assert.match(
      run.log('worker-ended'),
      /failed\(permission_denied\): step "x" wants to write: nobody is there/,
    );
  });

  for (const [why, plan] of Object.entries({
    '--yes': planOf({ yes: true, phases: [{ name: 'a', steps: ['x!'] }] }),
    'permission full': planOf({ phases: [{ name: 'a', steps: ['x!'], worker: { permission: 'full' } }] }),
  })) {
    test(`with ${why} a step writes unasked`, () => {
      assert.equal(new SimulatedRun(plan).finish('prepare:a/1#1'), '= step:a/1#1:x');
    });
  }

  test('a failing step fails the worker before its model starts', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', steps: ['x', 'y'] }] }));
    run.finish('prepare:a/1#1');
    const broken = { reason: { kind: 'exit', code: 2 }, message: 'x ended with 2', tail: '' } as const;
    run.finish('step:a/1#1:x', stepEnd(stepOf(run), { failure: broken }));
    run.finishAll();
    assert.equal(
      run.log('worker-ended', 'turn-requested'),
      'worker-ended a/1#1 failed(exit): x ended with 2',
    );
  });
});

describe('answers', () => {
  test('an answer that misses the schema is returned once', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', output: {} }] }));
    run.finish('prepare:a/1#1');
    const answered = { kind: 'answered', answerFile: 'x', summary: 'x' } as const;
    assert.equal(
      run.report(turnEnd(turnOf(run, 'a/1'), answered, 'no "title"')),
      '+ turn-requested a/1#1 2 shell misfit no "title"\n= turn:a/1#1.2',
    );
    run.report(turnEnd(turnOf(run, 'a/1'), answered, 'still no "title"'));
    run.finishAll();
    assert.equal(run.log('worker-ended'), 'worker-ended a/1#1 failed(output_invalid): still no "title"');
  });
});

describe('failover', () => {
  const chain = ['claude', 'codex'];

  test('the next model takes over, and other workers do not try the dead one', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 2, maxParallel: 1, chain }] }));
    run.finish('prepare:a/1#1');
    const shown = run.report(turnEnd(turnOf(run, 'a/1'), failure({ kind: 'unavailable', what: 'auth' })));
    assert.equal(
      shown,
      `+ model-down claude
+ failover a/1#1 0 to 1: auth
+ turn-requested a/1#1 2 codex prompt
= turn:a/1#1.2`,
    );
    run.finishAll(command => isOf('a/1')(command) && !isMerge(command));
    assert.equal(
      run.finish('prepare:a/2#1'),
      '+ failover a/2#1 0 to 1: auth\n+ turn-requested a/2#1 1 codex prompt\n= turn:a/2#1.1',
    );
  });

  test('a model that takes over in mid-task is told what was done', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain }] }));
    run.finish('prepare:a/1#1');
    run.report({ kind: 'turn-alive', worker: 'a/1', attempt: 1, evidence: 'it speaks' });
    const shown = run.report(
      turnEnd(turnOf(run, 'a/1'), failure({ kind: 'unavailable', what: 'overloaded' })),
    );
    assert.match(shown, /turn-requested a\/1#1 2 codex takeover claude/);
  });

  test('what may pass by itself is waited for, twice as long each time, until it answers or enough is enough', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    const waits: number[] = [];
    while (run.commands.some(({ kind }) => kind === 'turn')) {
      const before = run.clock;
      run.report(turnEnd(turnOf(run, 'a/1'), failure({ kind: 'unavailable', what: 'network' })));
      const wake = run.commands.find(({ kind }) => kind === 'wake');
      if (wake?.kind !== 'wake') break;
      run.clock = (Date.parse(wake.at) - Date.parse(timeAt(0))) / 1000;
      waits.push(Math.round(run.clock - before));
      run.finish(wake.id);
    }
    assert.deepEqual(
      waits.map(wait => Math.floor(wait / 15)),
      [1, 2, 4, 8, 16],
    );
    run.finishAll();
    assert.match(run.log('run-ended'), /^run-ended no_model/);
  });

  test('a stall gives up on the conversation but not on the model for other workers', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain }] }));
    run.finish('prepare:a/1#1');
    const shown = run.report(turnEnd(turnOf(run, 'a/1'), failure({ kind: 'unavailable', what: 'stalled' })));
    assert.equal(
      shown,
      '+ failover a/1#1 0 to 1: stalled\n+ turn-requested a/1#1 2 codex prompt\n= turn:a/1#1.2',
    );
  });

  test('a run that failed for want of a model ends no_model', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', retries: 2 }] }));
    run.finish('prepare:a/1#1');
    run.report(turnEnd(turnOf(run, 'a/1'), failure({ kind: 'unavailable', what: 'not_installed' })));
    run.finishAll();
    assert.equal(
      run.log('worker-ended', 'run-ended'),
      `worker-ended a/1#1 failed(unavailable): shell: no model available: its program was not found
run-ended no_model: a/1: no model available: its program was not found`,
    );
  });

  test('with every model rate limited a worker parks until the earliest reset', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain }] }));
    run.finish('prepare:a/1#1');
    limit(run, 900);
    assert.equal(
      limit(run, 600),
      '+ model-down codex until 00:10:00\n+ parked a/1#1 00:10:00\n= wake:a/1#1@2026-01-01T00:10:00.000Z',
    );
    run.clock = 600;
    assert.equal(
      run.finish('wake:a/1#1@2026-01-01T00:10:00.000Z'),
      '+ model-up codex\n+ turn-requested a/1#1 3 codex prompt\n= turn:a/1#1.3',
    );
  });

  describe('a model whose pause is over', () => {
    /** Three workers whose only model is down for ten minutes; the second one wakes up. */
    function woken() {
      const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 3 }] }));
      run.finishAll(command => command.kind === 'prepare');
      const reason = { kind: 'unavailable', what: 'rate_limited', until: timeAt(600) } as const;
      const turns = run.commands.filter(command => command.kind === 'turn');
      run.report(...turns.map(command => turnEnd(command, failure(reason))));
      run.clock = 600;
      return { run, told: run.finish(`wake:a/2#1@${timeAt(600)}`) };
    }

    test('is tried by one worker, and the others wait', () => {
      const { run, told } = woken();
      assert.match(told, /^\+ model-up shell\n\+ unparked a\/1#1\n/);
      const ids = run.commands.map(({ id }) => id);
      assert.deepEqual(
        ids.filter(id => id.startsWith('turn:')),
        ['turn:a/1#1.2'],
      );
      assert.equal(ids.filter(id => id.startsWith('wake:')).length, 2);
    });

    test('is used by all once it has answered', () => {
      const { run } = woken();
      run.finish('turn:a/1#1.2');
      assert.match(run.log('turn-requested'), /a\/2#1 2[\s\S]*a\/3#1 2/);
    });

    test('is used by all once it has used a token, however long its turn is', () => {
      const { run } = woken();
      run.report({ kind: 'usage', worker: 'a/1', attempt: 1, turn: 2, label: 'shell', outputTokens: 5 });
      assert.match(run.log('turn-requested'), /a\/2#1 2[\s\S]*a\/3#1 2/);
    });

    test('that is still down is not asked by the others', () => {
      const { run } = woken();
      const reason = { kind: 'unavailable', what: 'rate_limited', until: timeAt(1200) } as const;
      // What a failed turn says of its use is no answer.
      run.report({
        kind: 'usage',
        worker: 'a/1',
        attempt: 1,
        turn: 2,
        label: 'shell',
        outputTokens: 0,
        costUsd: 0,
      });
      const shown = run.report(turnEnd(turnOf(run, 'a/1'), failure(reason)));
      assert.match(shown, /model-down shell until 00:20:00/);
      assert.doesNotMatch(run.log('turn-requested'), /a\/[23]#1 2/);
    });

    test('is tried by the next where the first one stalls', () => {
      const { run } = woken();
      run.report(turnEnd(turnOf(run, 'a/1'), failure({ kind: 'unavailable', what: 'stalled' })));
      assert.match(run.log('turn-requested'), /a\/2#1 2/);
      assert.doesNotMatch(run.log('turn-requested'), /a\/3#1 2/);
    });

    test('is used by all after a minute, whatever became of the first', () => {
      const { run } = woken();
      run.clock += 60;
      const wake = run.commands.find(command => command.kind === 'wake');
      run.finish(wake?.id ?? '');
      assert.match(run.log('turn-requested'), /a\/2#1 2[\s\S]*a\/3#1 2/);
    });

    test('is left to the one who tries it by those who have another', () => {
      const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 3, chain }] }));
      run.finish('prepare:a/1#1');
      limit(run, 600);
      run.clock = 600;
      run.finish('prepare:a/2#1');
      assert.match(
        run.finish('prepare:a/3#1'),
        /failover a\/3#1 0 to 1: rate_limited\n\+ turn-requested a\/3#1 1 codex/,
      );
      assert.match(run.log('turn-requested'), /a\/2#1 1 claude/);
    });

    test('is still left to one after a restart', () => {
      const { run } = woken();
      run.restart();
      const ids = run.commands.map(({ id }) => id);
      assert.deepEqual(
        ids.filter(id => id.startsWith('turn:')),
        ['turn:a/1#1.2'],
      );
    });
  });

  test('on_rate_limit wait parks on the same model', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain, worker: { onRateLimit: 'wait' } }] }));
    run.finish('prepare:a/1#1');
    assert.match(limit(run, 900), /parked a\/1#1 00:15:00/);
  });

  test('on_rate_limit fail fails', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain, worker: { onRateLimit: 'fail' } }] }));
    run.finish('prepare:a/1#1');
    limit(run, 900);
    run.finishAll();
    assert.match(run.log('worker-ended'), /failed\(unavailable\)/);
  });

  test('a reset time in the past does not make a busy loop', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    assert.match(limit(run, -900), /parked a\/1#1 00:00:3/);
  });

  test('a parked worker goes on as soon as a person asks to stop it', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    limit(run, 900);
    assert.equal(run.request(requestStop(run.state, { how: 'polite', by: 'ada' })), '= stop:a/1#1:polite');
  });

  test('a task that merely fails is no failover', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', chain }] }));
    run.finish('prepare:a/1#1');
    assert.equal(failTurn(run, 'a/1'), '= commit:a/1#1');
  });
});

describe('limits', () => {
  test('max_total_agents stops the run before one worker too many', () => {
    const run = new SimulatedRun(
      planOf({ limits: { maxTotalAgents: 1 }, phases: [{ name: 'a' }, { name: 'b' }] }),
    );
    run.finishAll();
    assert.equal(
      run.log('limit-reached', 'worker-ended', 'run-ended'),
      `worker-ended a/1#1 succeeded
limit-reached the run may start 1 workers (limits.max_total_agents) and has more
worker-ended b/1#1 skipped: the run may start 1 workers (limits.max_total_agents) and has more
run-ended limited: the run may start 1 workers (limits.max_total_agents) and has more`,
    );
  });

  test('max_cost_usd asks running workers to stop', () => {
    const run = new SimulatedRun(planOf({ limits: { maxCostUsd: 1 }, phases: [{ name: 'a', count: 2 }] }));
    run.finishAll(command => command.kind === 'prepare');
    const spent = { kind: 'usage', worker: 'a/1', attempt: 1, turn: 1, label: 'shell', costUsd: 1 } as const;
    assert.equal(
      run.report(spent),
      '+ limit-reached the run has spent 1.00 of max_cost_usd 1\n= stop:a/1#1:polite\n= stop:a/2#1:polite',
    );
    run.finishAll();
    const ended = run.log('worker-ended').split('\n');
    const why = 'the run has spent 1.00 of max_cost_usd 1';
    assert.deepEqual(ended, [
      `worker-ended a/1#1 failed(limited): ${why}`,
      `worker-ended a/2#1 failed(limited): ${why}`,
    ]);
    assert.match(run.log('run-ended'), /^run-ended limited/);
  });
});

describe('retries', () => {
  test('a failed worker runs again until its retries are used up', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', retries: 1 }] }));
    run.finish('prepare:a/1#1');
    failTurn(run, 'a/1');
    assert.match(run.finish('commit:a/1#1'), /\+ worker-started a\/1#2\n= prepare:a\/1#2$/);
    run.finish('prepare:a/1#2');
    failTurn(run, 'a/1');
    run.finishAll();
    assert.match(run.log('run-ended'), /^run-ended failed/);
  });

  test('a stopped worker is not tried again', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', retries: 3 }] }));
    run.finish('prepare:a/1#1');
    run.request(requestStop(run.state, { how: 'polite', worker: 'a/1', by: 'ada' }));
    run.finishAll();
    assert.equal(run.log('worker-started'), 'worker-started a/1#1');
  });

  test('what a failed attempt committed is merged when the next attempt succeeds without a change', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', retries: 1 }] }));
    run.finish('prepare:a/1#1');
    failTurn(run, 'a/1');
    run.finishAll(command => command.id !== 'commit:a/1#2');
    run.finish('commit:a/1#2', { kind: 'committed', worker: 'a/1', attempt: 2, files: 0 });
    assert.deepEqual(wanted(run), ['merge:a/1#2']);
  });
});

describe('restarts', () => {
  test('a restart wants the same commands again', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 2 }] }));
    run.finish('prepare:a/1#1');
    assert.equal(run.restart(), '= turn:a/1#1.1\n= prepare:a/2#1');
  });

  test('after a restart a turn is in doubt until its next sign of life', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    run.report({ kind: 'turn-alive', worker: 'a/1', attempt: 1, evidence: 'it speaks' });
    run.restart();
    assert.equal(run.state.phases.at(0).workers.at(0).progress.kind, 'unknown');
    run.report({ kind: 'turn-alive', worker: 'a/1', attempt: 1, evidence: 'it speaks' });
    assert.equal(run.state.phases.at(0).workers.at(0).progress.kind, 'working');
  });

  test('a restart while stopping stops what may still run', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.finish('prepare:a/1#1');
    run.request(requestStop(run.state, { how: 'polite', by: 'ada' }));
    assert.equal(run.restart(), '= stop:a/1#1:polite');
  });
});

function wanted(run: SimulatedRun): readonly string[] {
  return run.commands.map(({ id }) => id);
}

function isOf(worker: string): (command: Command) => boolean {
  return command => 'worker' in command && command.worker === worker;
}

function isMerge(command: Command): boolean {
  return command.kind === 'merge';
}

function turnOf(run: SimulatedRun, worker: string): Command & { kind: 'turn' } {
  const command = run.commands.find(each => each.kind === 'turn' && each.worker === worker);
  assert.ok(command?.kind === 'turn', `no turn of ${worker}`);
  return command;
}

function stepOf(run: SimulatedRun): Command & { kind: 'step' } {
  const command = run.commands.find(each => each.kind === 'step');
  assert.ok(command?.kind === 'step', 'no step');
  return command;
}

function failTurn(run: SimulatedRun, worker: string): string {
  return run.report(turnEnd(turnOf(run, worker), failure({ kind: 'exit', code: 1 })));
}

/** The model in use is rate limited until so many seconds after the start. */
function limit(run: SimulatedRun, seconds: number): string {
  const reason = { kind: 'unavailable', what: 'rate_limited', until: timeAt(seconds) } as const;
  return run.report(turnEnd(turnOf(run, 'a/1'), failure(reason)));
}
