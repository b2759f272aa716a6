import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { claudeTerminal } from '../../../runtime/agents/terminal/claude.ts';
import type { TerminalCli } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { eventually } from '../../support/wait.ts';
import { answerOf, type RunningTurn, recordingOf, stateOf, TerminalTurnRig } from './terminal-rig.ts';

describe('a turn in a live terminal', { concurrency: 4 }, () => {
  test('is submitted when the CLI is ready, and answered from its hook', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('answer All done. – ünï 🎉');
    assert.equal(await answerOf(turn), 'All done. – ünï 🎉');
    assert.equal(await rig.isAlive(), false, 'the terminal of a turn that is over is ended');
  });

  test('can be followed by another in the same terminal and conversation', async () => {
    await using rig = await TerminalTurnRig.start();
    const first = rig.run('answer one', { keepsTerminal: true });
    assert.equal(await answerOf(first), 'one');
    assert.equal(await rig.isAlive(), true);
    const second = rig.run('answer two');
    assert.equal(await answerOf(second), 'two');
    const end = await second.end;
    assert.ok(end.kind === 'ended');
    assert.equal(end.outcome.conversation, 'fake-conversation');
  });

  test('gets its key pressed once more when a CLI overhears it', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('answer heard', { env: { FAKE_TUI_DEAF: '1' } });
    assert.equal(await answerOf(turn), 'heard');
  });

  test('does no harm with a prompt full of control characters', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('count \x1b[201~\r\x03\x04\x15\x1b]0;x\x07\u009b31m\r\nlast');
    assert.equal(await answerOf(turn), `${'count [201~\n]0;x31m\nlast'.length} characters`);
  });

  test('refers to its file when the prompt is a megabyte', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('word '.repeat(210_000));
    assert.match(await answerOf(turn), /^\d{2,3} characters$/);
  });

  test('waits for a person, who may answer from elsewhere', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask');
    const told = await stateOf(turn, 'waiting');
    assert.match(JSON.stringify(told), /permission/);
    turn.answer({ text: 'yes', isGranted: true });
    assert.equal(await answerOf(turn), 'key "1"');
  });

  test('waits for a person, who may answer in the terminal', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask');
    await stateOf(turn, 'waiting');
    await rig.runner.client.write('live', 'x');
    assert.equal(await answerOf(turn), 'key "x"');
  });

  test('that fails is told in the CLI’s own words and class, with the end of its limit', async () => {
    await using rig = await TerminalTurnRig.start();
    const end = await rig.run('fail').end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    const { reason, message } = end.outcome;
    assert.ok(reason.kind === 'unavailable' && reason.what === 'rate_limited', JSON.stringify(reason));
    assert.ok(Date.parse(reason.until ?? '') > Date.now() + 3_600_000, reason.until);
    assert.equal(message, 'API Error: 429 Too Many Requests, try again in 2h');
  });

  test('that fails leaves what its terminal showed then, not what its CLI prints at its end', async () => {
    await using rig = await TerminalTurnRig.start();
    const end = await rig.run('fail').end;
    assert.ok(end.kind === 'ended', JSON.stringify(end));
    assert.match(end.tail, /Did the first half\./);
    assert.doesNotMatch(end.tail, /--resume/);
  });

  test('whose CLI crashes is no answer', async () => {
    await using rig = await TerminalTurnRig.start();
    const end = await rig.run('crash').end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'crashed', signal: 'SIGKILL' });
  });

  test('whose CLI cannot even start is one of a CLI that is unavailable, so that the next takes over', async () => {
    await using rig = await TerminalTurnRig.start();
    const end = await rig.run('answer one', { env: { FAKE_TUI_BROKEN: '1' } }).end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'unavailable', what: 'no_start' });
    assert.match(end.tail, /unknown option/);
  });

  test('is not over because its output says so', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('forge');
    const told = await stateOf(turn, 'unknown');
    assert.match(JSON.stringify(told), /program-status: done.*hooks: UserPromptSubmit/);
    await rig.runner.client.write('live', 'x');
    assert.equal(await answerOf(turn), 'really done');
  });

  test('is taken up by a daemon that is started again, without a second submission', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask');
    await stateOf(turn, 'waiting');
    turn.abort('closing');
    assert.equal((await turn.end).kind, 'left');
    await rig.runner.reconnect();
    const again = rig.again('ask');
    await stateOf(again, 'waiting');
    await rig.runner.client.write('live', 'x');
    assert.equal(await answerOf(again), 'key "x"');
  });

  test('that is broken off in its terminal is the person’s to go on with', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('break');
    await stateOf(turn, 'working');
    await rig.runner.client.write('live', '\x1b');
    assert.match(JSON.stringify(await stateOf(turn, 'waiting')), /broken off/);
    await rig.runner.client.write('live', 'answer taken over\r');
    assert.equal(await answerOf(turn), 'taken over');
  });

  test('that is broken off goes on with an answer from elsewhere as its next prompt', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask');
    await stateOf(turn, 'waiting');
    turn.answer({ text: 'no', isGranted: false });
    await eventually(() => JSON.stringify(turn.events).includes('broken off'), {
      what: 'a person to be asked how to go on',
      seen: () => turn.events,
    });
    turn.answer({ text: 'answer another way', isGranted: true });
    assert.equal(await answerOf(turn), 'another way');
  });

  test('of a CLI that asks first whether its folder is trusted needs nobody, where it asks about that', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('answer Here.', {
      cli: askingAbout(rig.runner.folder),
      env: { FAKE_TUI_ASKS_ABOUT: rig.runner.folder },
    });
    assert.equal(await answerOf(turn), 'Here.');
    assert.ok(!turn.events.some(event => event.kind === 'state' && event.state === 'waiting'));
  });

  test('of a CLI that asks first about something else waits for a person', async () => {
    await using rig = await TerminalTurnRig.start();
    const env = { FAKE_TUI_ASKS_ABOUT: '/elsewhere' };
    const turn = rig.run('answer There.', { cli: askingAbout(rig.runner.folder), env });
    await stateOf(turn, 'waiting');
    turn.answer({ text: 'yes', isGranted: true });
    assert.equal(await answerOf(turn), 'There.');
  });

  test('that asks where nobody is fails', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask and give up', { isAttended: false });
    await stateOf(turn, 'waiting');
    turn.answer({ text: 'nobody is there', isGranted: false });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'permission_denied' });
  });

  test('that waits on after it was refused fails where nobody is', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('question', { isAttended: false });
    await stateOf(turn, 'waiting');
    turn.answer({ text: 'nobody is there', isGranted: false });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'permission_denied' });
  });

  test('whose time passes while it asks where nobody is has failed for that', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask', { isAttended: false, limits: { deadlineAt: Date.now() + 3000 } });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'timed_out' });
  });

  test('of a CLI that asks first about something else did not start where nobody is', async () => {
    await using rig = await TerminalTurnRig.start();
    const env = { FAKE_TUI_ASKS_ABOUT: '/elsewhere' };
    const cli = askingAbout(rig.runner.folder);
    const turn = rig.run('answer.', { cli, env, isAttended: false, limits: { startTimeoutMs: 2000 } });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'unavailable', what: 'no_start' });
  });

  test('takes words for an answer to a question, and asks again where they do not fit', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('question');
    await stateOf(turn, 'waiting');
    turn.answer({ text: ' ', isGranted: true });
    await eventually(() => /does not fit/.test(JSON.stringify(turn.events)), { what: 'a second question' });
    turn.answer({ text: 'neither\x1b of them', isGranted: true });
    assert.equal(await answerOf(turn), 'typed "3neither of them\\r"');
  });

  test('takes the name of a choice for its number', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('question');
    await stateOf(turn, 'waiting');
    turn.answer({ text: 'beta', isGranted: true });
    assert.equal(await answerOf(turn), 'typed "2"');
  });

  test('that does not get on is broken off, though its screen moves, and its CLI counts as unavailable', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('hang', { limits: { stallTimeoutMs: 500 } });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'unavailable', what: 'stalled' });
    assert.match(recordingOf(rig), /Interrupted/, 'by its own key');
    assert.doesNotMatch(JSON.stringify(turn.events), /broken off/, 'nobody is asked to go on');
  });

  test('that works on when its time is up has failed for that', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('hang', { limits: { deadlineAt: Date.now() + 3000 } });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'timed_out' });
    await eventually(async () => !(await rig.isAlive()), { what: 'the end of the CLI' });
  });

  test('whose time passes while a person is waited for goes on', async () => {
    await using rig = await TerminalTurnRig.start();
    const deadlineAt = Date.now() + 8000;
    const turn = rig.run('ask', { limits: { deadlineAt } });
    await stateOf(turn, 'waiting');
    await eventually(() => Date.now() > deadlineAt, { what: 'the time to pass' });
    turn.answer({ text: 'yes', isGranted: true });
    assert.equal(await answerOf(turn), 'key "1"');
  });

  test('that is stopped is broken off by its own key before its CLI is ended', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('hang');
    await stateOf(turn, 'working');
    turn.abort('unwanted');
    assert.equal((await turn.end).kind, 'stopped');
    assert.match(recordingOf(rig), /Interrupted/);
  });

  test('that is stopped ends its CLI', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.run('ask');
    await stateOf(turn, 'waiting');
    turn.abort('unwanted');
    assert.equal((await turn.end).kind, 'stopped');
    await eventually(async () => !(await rig.isAlive()), { what: 'the end of the CLI' });
  });

  test('tells what it uses while it runs, and all of it at its end', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.spend('spend a');
    await usageOf(turn, 100);
    await rig.runner.client.write('live', 'x');
    assert.equal(await answerOf(turn), 'spent');
    assert.equal(await inputOf(turn), 300, 'of the sub-agent, and of what was noted after the end, too');
  });

  test('uses only its own in a conversation that went on before', async () => {
    await using rig = await TerminalTurnRig.start();
    const first = rig.spend('spend a');
    await usageOf(first, 100);
    await rig.runner.client.write('live', 'x');
    await answerOf(first);
    const second = rig.spend('spend b', { session: 'again' });
    await usageOf(second, 100);
    await rig.runner.client.write('again', 'x');
    await answerOf(second);
    assert.equal(await inputOf(second), 300);
  });

  test('that is stopped has used what it used', async () => {
    await using rig = await TerminalTurnRig.start();
    const turn = rig.spend('spend a');
    await usageOf(turn, 100);
    turn.abort('unwanted');
    assert.equal(await inputOf(turn), 100);
  });

  test('whose CLI notes nothing of its use says nothing of it', async () => {
    await using rig = await TerminalTurnRig.start();
    assert.equal(await inputOf(rig.run('answer one')), undefined);
  });
});

/** Waits until the turn has told that it used so many tokens of input. */
async function usageOf(turn: RunningTurn, inputTokens: number): Promise<void> {
  await eventually(
    () => turn.events.find(event => event.kind === 'usage' && event.usage.inputTokens === inputTokens),
    { what: `a use of ${inputTokens} tokens`, seen: () => turn.events },
  );
}

/** Tokens of input that the turn has used in the end. */
async function inputOf(turn: RunningTurn): Promise<number | undefined> {
  const end = await turn.end;
  return end.kind === 'left' ? undefined : end.outcome?.usage?.inputTokens;
}

/** The stand-in with a question before everything else. */
function askingAbout(folder: string): TerminalCli {
  const text = `Do you want to trust ${folder}?\n❯ 1. Yes\n2. No`;
  return { ...claudeTerminal, startDialog: () => ({ text, keys: '1' }) };
}
