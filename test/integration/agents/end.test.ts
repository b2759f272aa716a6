import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { claude } from '../../../runtime/agents/claude.ts';
import { answered, retrying, spoken, started } from '../../support/fake-cli/claude-words.ts';
import { eventually } from '../../support/wait.ts';
import { eventOf, outcomeOf, RunnerRig } from './runner-rig.ts';

const limits = { startTimeoutMs: 60_000, stallTimeoutMs: 600_000 };

describe('watchdogs', () => {
  test('a CLI without a sign of life makes its model unavailable', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn({ limits }), 'manual');
    await rig.fake.next('claude');
    rig.clock.advance(60_000);
    const outcome = await outcomeOf(turn);
    assert.ok(outcome.kind === 'failed');
    assert.deepEqual(outcome.reason, { kind: 'unavailable', what: 'no_start' });
    assert.equal(outcome.message, 'claude gave no sign of life within 60 s');
    assert.equal(rig.clock.pending, 0, 'no timer is left');
  });

  test('a CLI that falls silent is interrupted, and its model is unavailable', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn({ limits }), 'manual');
    const cli = await rig.fake.next('claude');
    await cli.say(started);
    await eventOf(turn, 'ready');
    rig.clock.advance(599_000);
    await cli.say(retrying(1, 529, 500));
    await eventOf(turn, 'retrying');
    rig.clock.advance(599_000);
    assert.equal(await isRunning(rig, 'turn-1'), true, 'the sign of life counted');
    rig.clock.advance(1000);
    const outcome = await outcomeOf(turn);
    assert.deepEqual(outcome.kind === 'failed' && outcome.reason, { kind: 'unavailable', what: 'stalled' });
  });

  test('a CLI that only tries again is ended, and its model is unavailable for what it tried again for', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn({ limits: { ...limits, retryTimeoutMs: 30_000 } }), 'manual');
    const cli = await rig.fake.next('claude');
    await cli.say(started, retrying(1, 529, 500));
    await eventOf(turn, 'retrying');
    rig.clock.advance(29_600);
    await cli.say(retrying(2, 529, 500));
    await eventually(() => turn.events.filter(({ kind }) => kind === 'retrying').length === 2, {
      what: 'the second retry',
      seen: () => turn.events,
    });
    rig.clock.advance(0);
    const outcome = await outcomeOf(turn);
    assert.deepEqual(outcome.kind === 'failed' && outcome.reason, {
      kind: 'unavailable',
      what: 'overloaded',
    });
    assert.equal(rig.clock.pending, 0, 'no timer is left');
  });

  test('the end of the worker’s time ends its turn, with what it used so far', async () => {
    await using rig = await RunnerRig.start('claude');
    const job = rig.turn({ limits: { ...limits, deadlineAt: rig.clock.now() + 5000 } });
    const turn = rig.runTurn(job, 'manual');
    const cli = await rig.fake.next('claude');
    await cli.say(started, answered('too late', 0.5));
    await eventOf(turn, 'transcript');
    rig.clock.advance(5000);
    const outcome = await outcomeOf(turn);
    assert.deepEqual(outcome.kind === 'failed' && outcome.reason, { kind: 'timed_out' });
    assert.equal(outcome.usage?.costUsd, 0.5);
  });
});

describe('a stop', () => {
  test('interrupts the CLI politely and says what it used', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn());
    const cli = await rig.fake.next('claude');
    await cli.say(started, answered('early', 0.25));
    await eventOf(turn, 'transcript');
    turn.abort('unwanted');
    const end = await turn.end;
    assert.ok(end.kind === 'stopped');
    assert.equal(end.outcome?.usage?.costUsd, 0.25);
    assert.deepEqual(end.survivors, []);
  });

  test('before the CLI is up starts nothing that stays', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn());
    turn.abort('unwanted');
    assert.equal((await turn.end).kind, 'stopped');
    assert.equal(await isRunning(rig, 'turn-1'), false);
  });

  test('in a hurry kills even children in sessions of their own', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn());
    const cli = await rig.fake.next('claude');
    await cli.ignore('SIGINT', 'SIGTERM');
    const child = await cli.spawn(['sleep', '1000'], true);
    turn.abort('unwanted');
    await eventually(() => cli.signals.includes('SIGINT'), {
      what: 'the interrupt',
      seen: () => cli.signals,
    });
    turn.hurry();
    assert.equal((await turn.end).kind, 'stopped');
    assert.equal(isAlive(child), false, 'the child is gone');
  });
});

describe('a daemon that goes away in the middle of a turn', () => {
  test('leaves the CLI running; the next one takes it over, and viewers see nothing twice', async () => {
    await using rig = await RunnerRig.start('claude');
    const job = rig.turn();
    const before = rig.runTurn(job);
    const cli = await rig.fake.next('claude');
    await cli.say(started, spoken('First part.'));
    await eventOf(before, 'transcript');
    await eventually(() => rig.recorded(job.session).includes('First part.'), { what: 'the transcript' });
    before.abort('closing');
    assert.deepEqual(await before.end, { kind: 'left' });
    await rig.reconnect();
    await cli.say(spoken('Second part.'));

    const after = rig.runTurn(job);
    await eventually(() => after.opened[0], { what: 'the session' });
    assert.equal(after.opened[0]?.isNew, false);
    await cli.say(answered('All parts.'));
    await cli.exit(0);
    const outcome = await outcomeOf(after);
    assert.equal(outcome.kind === 'answered' && outcome.answer, 'All parts.');
    const seen = rig.recorded(job.session);
    assert.deepEqual(
      ['First part.', 'Second part.', 'claude 2.1.330'].map(text => seen.split(text).length - 1),
      [1, 1, 1],
      seen,
    );
    assert.equal(rig.fake.untaken, 0, 'no second CLI was started');
  });

  test('and comes back after its end finds the answer', async () => {
    await using rig = await RunnerRig.start('claude');
    const job = rig.turn();
    const before = rig.runTurn(job);
    const cli = await rig.fake.next('claude');
    before.abort('closing');
    await before.end;
    await cli.say(started, answered('While you were away.'));
    await cli.exit(0);
    await rig.reconnect();
    const outcome = await outcomeOf(rig.runTurn(job));
    assert.equal(outcome.kind === 'answered' && outcome.answer, 'While you were away.');
    assert.equal(rig.recorded(job.session).split('claude 2.1.330').length, 2);
  });

  test('by a crash leaves the turn as it is', async () => {
    await using rig = await RunnerRig.start();
    const job = rig.script('echo working; read line; echo "got $line"');
    const lost = rig.runTurn(job);
    await eventually(() => lost.events.length > 0, { what: 'output' });
    // The connection is cut: what a killed daemon leaves behind.
    await rig.reconnect();
    const end = await lost.end;
    assert.deepEqual(end.kind === 'ended' && end.outcome.kind === 'failed' && end.outcome.reason, {
      kind: 'lost',
    });
    const again = rig.runTurn(job);
    await rig.client.write(job.session, 'input\r');
    const outcome = await outcomeOf(again);
    assert.equal(outcome.kind === 'answered' && outcome.answer, 'working\ninput\ngot input');
  });
});

test('a PTY host that dies takes the turn with it: lost', async () => {
  await using rig = await RunnerRig.start('claude');
  const turn = rig.runTurn(rig.turn());
  await rig.fake.next('claude');
  await rig.client.shutdown({ kill: true });
  const end = await turn.end;
  assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed');
  assert.ok(['lost', 'crashed'].includes(end.outcome.reason.kind), JSON.stringify(end.outcome));
});

describe('a step', () => {
  test('runs as its argv says, and its rules read what it prints', async () => {
    await using rig = await RunnerRig.start();
    const job = rig.step(['printf', '%s\n', 'a b', '$HOME', '*'], {
      rules: [
        { name: 'many', match: { kind: 'lines_over', lines: 2 }, next: ['fix', 'have a look'] },
        { name: 'bad', match: { kind: 'contains', text: 'FAIL' }, next: ['give up'] },
      ],
    });
    const end = await rig.runStep(job).end;
    assert.ok(end.kind === 'ended');
    assert.equal(end.output, 'a b\n$HOME\n*\n');
    assert.deepEqual(end.reading, {
      lines: 3,
      matched: ['many'],
      suggestions: ['have a look'],
      next: ['fix'],
      isFailure: false,
      notes: [],
    });
    assert.equal(end.failure, undefined);
  });

  test('that exits with an unexpected code fails', async () => {
    await using rig = await RunnerRig.start();
    const end = await rig.runStep(rig.step(['sh', '-c', 'echo broken; exit 4'])).end;
    assert.ok(end.kind === 'ended');
    assert.deepEqual(end.failure, {
      reason: { kind: 'exit', code: 4 },
      message: 'step "check" ended with code 4',
      tail: 'broken',
    });
  });

  test('whose code a rule expects is fine', async () => {
    await using rig = await RunnerRig.start();
    const rules = [{ name: 'found', match: { kind: 'exit', code: 1 }, next: [] }] as const;
    const end = await rig.runStep(rig.step(['sh', '-c', 'exit 1'], { rules })).end;
    assert.ok(end.kind === 'ended');
    assert.equal(end.failure, undefined);
    assert.deepEqual(end.reading.matched, ['found']);
  });

  test('whose program is missing fails with what a shell would say', async () => {
    await using rig = await RunnerRig.start();
    const end = await rig.runStep(rig.step(['no-such-program'])).end;
    assert.ok(end.kind === 'ended');
    assert.deepEqual(end.failure?.reason, { kind: 'exit', code: 127 });
    assert.equal(end.failure?.message, '"no-such-program" is not on PATH');
  });

  test('that takes longer than its own time is ended', async () => {
    await using rig = await RunnerRig.start('slow');
    const step = rig.runStep(rig.step(['slow'], { timeoutMs: 3000 }), 'manual');
    await rig.fake.next('slow');
    rig.clock.advance(10_000);
    const end = await step.end;
    assert.ok(end.kind === 'ended');
    assert.deepEqual(end.failure?.reason, { kind: 'timed_out' });
  });

  test('runs in its own directory', async () => {
    await using rig = await RunnerRig.start();
    const end = await rig.runStep(rig.step(['pwd'], { cwd: 'state' })).end;
    assert.ok(end.kind === 'ended');
    assert.equal(end.output.trim(), join(rig.folder, 'state'));
  });
});

test('a conversation is begun under our id and gone on with under the same', () => {
  const argvOf = (isNew: boolean) =>
    claude.headlessCommand({
      prompt: '',
      promptFile: '',
      filesDir: '',
      permission: 'edit',
      args: [],
      program: 'claude',
      platform: 'linux',
      conversation: { id: 'abc', isNew },
    }).argv;
  assert.deepEqual(argvOf(true).slice(-2), ['--session-id', 'abc']);
  assert.deepEqual(argvOf(false).slice(-2), ['--resume', 'abc']);
});

async function isRunning(rig: RunnerRig, session: string): Promise<boolean> {
  const list = await rig.client.list();
  assert.ok(list.ok);
  return list.value.sessions.some(({ id, exit }) => id === session && exit === null);
}

/** A zombie is dead, though its number is still taken until init looks. */
function isAlive(pid: number): boolean {
  const ps = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  const state = ps.stdout.trim();
  return state !== '' && !state.startsWith('Z');
}
