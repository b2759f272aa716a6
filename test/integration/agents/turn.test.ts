import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { command } from '../../../runtime/agents/command.ts';
import {
  answered,
  apiError,
  limitReached,
  retrying,
  spoken,
  started,
} from '../../support/fake-cli/claude-words.ts';
import { eventOf, outcomeOf, RunnerRig } from './runner-rig.ts';

describe('a turn of claude', () => {
  test('gives the prompt on stdin, whatever its size, and takes the answer from the result', async () => {
    await using rig = await RunnerRig.start('claude');
    const prompt = `${'long '.repeat(300_000)}end`;
    const turn = rig.runTurn(rig.turn({}, { prompt }));
    const cli = await rig.fake.next('claude');
    assert.equal(await cli.stdin(), prompt);
    await cli.say(started, answered('Done.'));
    await cli.exit(0);
    const outcome = await outcomeOf(turn);
    assert.ok(outcome.kind === 'answered');
    assert.equal(outcome.answer, 'Done.');
    assert.equal(outcome.usage?.costUsd, 0.01);
  });

  test('is shown to viewers as a transcript while it runs', async () => {
    await using rig = await RunnerRig.start('claude');
    const job = rig.turn();
    const turn = rig.runTurn(job);
    const cli = await rig.fake.next('claude');
    await cli.say(started, spoken('I am looking.'));
    await eventOf(turn, 'transcript');
    await cli.say(answered('Done.'));
    await cli.exit(0);
    await turn.end;
    assert.match(
      rig.recorded(job.session),
      /^claude 2\.1\.330 · claude-fake · acceptEdits\r\n\r\nI am looking\.\r\n/,
    );
  });

  test('that meets a plan limit is unavailable until the limit’s reset', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn());
    const cli = await rig.fake.next('claude');
    await cli.say(
      started,
      retrying(1, 429, 600),
      limitReached(1_795_400_000),
      apiError(429, 'You hit your limit'),
    );
    await cli.exit(1);
    const outcome = await outcomeOf(turn);
    assert.ok(outcome.kind === 'failed');
    const until = '2026-11-23T02:13:20.000Z';
    assert.deepEqual(outcome.reason, { kind: 'unavailable', what: 'quota', until });
    assert.equal(turn.events.filter(event => event.kind === 'retrying').length, 1);
  });

  test('that crashes in the middle is no answer, and its last words are kept', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn());
    const cli = await rig.fake.next('claude');
    await cli.say(started, spoken('Half way'));
    await cli.printError('out of memory\n');
    await cli.crash('SIGSEGV');
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed');
    assert.deepEqual(end.outcome.reason, { kind: 'crashed', signal: 'SIGSEGV' });
    assert.match(end.tail, /Half way[\s\S]*out of memory/);
  });

  test('whose program is not there is unavailable, and nothing is left running', async () => {
    await using rig = await RunnerRig.start();
    const job = rig.turn({ env: { PATH: rig.folder } });
    const outcome = await outcomeOf(rig.runTurn(job));
    assert.ok(outcome.kind === 'failed');
    assert.deepEqual(outcome.reason, { kind: 'unavailable', what: 'not_installed' });
    assert.equal(outcome.message, '"claude" is not on PATH');
  });

  test('whose directory is gone is no matter of the program', async () => {
    await using rig = await RunnerRig.start('claude');
    const outcome = await outcomeOf(rig.runTurn(rig.turn({ cwd: join(rig.folder, 'nowhere') })));
    assert.ok(outcome.kind === 'failed');
    assert.equal(outcome.reason.kind, 'crashed');
    assert.match(outcome.message, /nowhere" does not exist/);
  });

  test('takes the worker’s environment before the adapter’s own', async () => {
    await using rig = await RunnerRig.start('claude');
    const turn = rig.runTurn(rig.turn({ env: { ...rig.fake.env, CLAUDE_CODE_MAX_RETRIES: '7' } }));
    const cli = await rig.fake.next('claude');
    const { CLAUDE_CODE_MAX_RETRIES, DISABLE_AUTOUPDATER } = cli.hello.env;
    assert.deepEqual([CLAUDE_CODE_MAX_RETRIES, DISABLE_AUTOUPDATER], ['7', '1']);
    await cli.exit(1);
    await turn.end;
  });
});

describe('a turn of shell', () => {
  test('runs its prompt as a script; the output is the answer', async () => {
    await using rig = await RunnerRig.start();
    const script = 'echo "one $((1 + 1))"\nprintf "\\033[31mred\\033[0m\\n"\n';
    const outcome = await outcomeOf(rig.runTurn(rig.script(script)));
    assert.ok(outcome.kind === 'answered');
    assert.equal(outcome.answer, 'one 2\nred');
  });

  test('stops at the first error and fails with its code', async () => {
    await using rig = await RunnerRig.start();
    const outcome = await outcomeOf(rig.runTurn(rig.script('echo before\n(exit 3)\necho after\n')));
    assert.deepEqual(outcome, {
      kind: 'failed',
      reason: { kind: 'exit', code: 3 },
      message: 'before',
    });
  });

  test('of a megabyte runs too', async () => {
    await using rig = await RunnerRig.start();
    const script = `${'# filler\n'.repeat(120_000)}echo reached\n`;
    const outcome = await outcomeOf(rig.runTurn(rig.script(script)));
    assert.ok(outcome.kind === 'answered');
    assert.equal(outcome.answer, 'reached');
  });

  test('may be silent for as long as it runs', async () => {
    await using rig = await RunnerRig.start('quiet');
    const limits = { startTimeoutMs: 1000, stallTimeoutMs: 1000 };
    const turn = rig.runTurn(rig.script('quiet', { limits }), 'manual');
    const cli = await rig.fake.next('quiet');
    rig.clock.advance(100_000);
    await cli.print('at last\n');
    await cli.exit(0);
    const outcome = await outcomeOf(turn);
    assert.equal(outcome.kind === 'answered' ? outcome.answer : outcome.message, 'at last');
  });
});

describe('a turn of an inline command', () => {
  const inline = (rig: RunnerRig, ...argv: readonly string[]) =>
    rig.turn({ adapter: command }, { command: argv, program: '', prompt: 'say {model} $HOME', model: 'm1' });

  test('gets prompt, model and prompt file as whole arguments, never through a shell', async () => {
    await using rig = await RunnerRig.start('my-cli');
    const job = inline(rig, 'my-cli', '--model={model}', '{prompt}', '{prompt_file}');
    const turn = rig.runTurn(job);
    const cli = await rig.fake.next('my-cli');
    assert.deepEqual(cli.hello.argv, ['--model=m1', 'say {model} $HOME', job.request.promptFile]);
    assert.equal(readFileSync(job.request.promptFile, 'utf8'), 'say {model} $HOME');
    await cli.print('the answer\r\n');
    await cli.exit(0);
    const outcome = await outcomeOf(turn);
    assert.equal(outcome.kind === 'answered' && outcome.answer, 'the answer');
  });

  test('that prints ten megabytes loses nothing', async () => {
    await using rig = await RunnerRig.start('my-cli');
    const turn = rig.runTurn(inline(rig, 'my-cli'));
    const cli = await rig.fake.next('my-cli');
    const line = `${'y'.repeat(98)}\n`;
    await cli.flood(10 * 1000 * 1000, line);
    await cli.print('\nend');
    await cli.exit(0);
    const outcome = await outcomeOf(turn);
    assert.ok(outcome.kind === 'answered');
    assert.equal(outcome.answer.length, 10_000_004);
    assert.ok(outcome.answer.endsWith('\nend'));
  });
});

test('a live session is the user’s: its end is an answer without words', async () => {
  await using rig = await RunnerRig.start('claude');
  const turn = rig.runTurn(rig.turn({ transport: 'terminal' }));
  const cli = await rig.fake.next('claude');
  assert.deepEqual(cli.hello.argv.slice(-2), ['--', 'Do it.']);
  await cli.print('a screen');
  await cli.exit(0);
  assert.deepEqual(await outcomeOf(turn), { kind: 'answered', answer: '' });
});

test('files that a turn writes are there when it has ended', async () => {
  await using rig = await RunnerRig.start('claude');
  const turn = rig.runTurn(rig.turn());
  const cli = await rig.fake.next('claude');
  writeFileSync(join(rig.folder, 'seen'), 'before');
  await cli.write(join(cli.hello.cwd, 'made'), 'by claude');
  await cli.say(started, answered('Wrote it.'));
  await cli.exit(0);
  await turn.end;
  assert.equal(readFileSync(join(rig.folder, 'made'), 'utf8'), 'by claude');
});
