/** Turns of real CLIs in their live terminals; run by live.test.ts. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { terminalCliNames } from '../../runtime/agents/terminal/terminal-clis.ts';
import { answerOf, LiveRig, untilAsked } from './live-rig.ts';
import { type CliName, cliNames } from './real-clis.ts';
import { commandToAllow, question, questions } from './replies.ts';

const wanted = (process.env.NIIA_TEST_CLIS ?? '').split(',');
/** What one CLI shows for all, or what its other scenarios show as well, is left to whole rounds. */
const isWhole = process.env.NIIA_TEST_ALL === '1';
const clis = cliNames.filter(name => wanted.includes(name) && terminalCliNames.includes(name));

for (const cli of clis) {
  test(`${cli} answers turn after turn in one terminal: with tools, a megabyte, control characters`, async () => {
    await using rig = await LiveRig.start(cli);
    const file = join(rig.project, 'made.txt');
    const kept = { keepsTerminal: true };
    const first = rig.turn('live', {
      ...kept,
      replies: [{ bash: `printf made > ${file}` }, { text: 'Made it. 🎉' }],
    });
    assert.equal(await answerOf(first), 'Made it. 🎉');
    assert.equal(readFileSync(file, 'utf8'), 'made');

    await rig.script([{ match: { prompt: 'Your task is in the file' }, steps: [{ text: 'Read it.' }] }]);
    const long = rig.turn('live', { ...kept, prompt: 'word '.repeat(210_000), replies: [] });
    assert.equal(await answerOf(long), 'Read it.');

    const odd = 'Odd: \x1b[201~\r\x03\x04\x15\x1b]0;x\x07\u009b31m\r\nlast.';
    assert.equal(
      await answerOf(rig.turn('live', { prompt: odd, replies: [{ text: 'No harm.' }] })),
      'No harm.',
    );
    const asked = await rig.asked();
    assert.match(asked, /last\. %%fake/);
    assert.match(asked, /Made it\./, 'it is one conversation');
  });

  test(`${cli} goes on with its conversation in another terminal`, { skip: !isWhole }, async () => {
    await using rig = await LiveRig.start(cli);
    const end = await rig.turn('first', { replies: [{ text: 'It is blue.' }] }).end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'answered', JSON.stringify(end));
    const { conversation: id } = end.outcome;
    assert.ok(id !== undefined);
    const more = { conversation: { id, isNew: false }, prompt: 'And now?' };
    const second = rig.turn('second', { ...more, replies: [{ text: 'It is green.' }] });
    assert.equal(await answerOf(second), 'It is green.');
    const requests: readonly unknown[] = JSON.parse(await rig.asked());
    const texts = requests.map(request => JSON.stringify(request));
    assert.match(texts.findLast(text => text.includes('And now?')) ?? '', /It is blue\./);
  });

  test(`${cli} hangs with its provider, and is found out`, {
    skip: !isWhole && cli !== 'claude',
  }, async () => {
    await using rig = await LiveRig.start(cli);
    const limits = { startTimeoutMs: 90_000, stallTimeoutMs: 8000 };
    const end = await rig.turn('live', { replies: [{ hang: true }], limits }).end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'unavailable', what: 'stalled' });
  });

  test(`${cli} is asked by its provider to wait, and is not waited for`, async () => {
    await using rig = await LiveRig.start(cli);
    const limits = { startTimeoutMs: 90_000, retryTimeoutMs: 5000 };
    const end = await rig.turn('live', { replies: [{ error: 429, retryAfter: 300 }], limits }).end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    const { until: _, ...reason } = { until: '', ...end.outcome.reason };
    assert.deepEqual(reason, { kind: 'unavailable', what: 'rate_limited' }, end.outcome.message);
  });

  test(`${cli} says why its provider refuses it`, { skip: !isWhole && cli === 'claude' }, async () => {
    await using rig = await LiveRig.start(cli);
    const end = await rig.turn('live', { replies: [{ error: 401 }] }).end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'unavailable', what: 'auth' }, end.outcome.message);
  });

  test(`${cli} is stopped in the middle of a command, and leaves nothing running`, async () => {
    await using rig = await LiveRig.start(cli);
    const file = join(rig.project, 'begun.txt');
    const turn = rig.turn('live', { replies: [{ bash: `touch ${file}; tail -f /dev/null` }] });
    await rig.until(() => existsSync(file), 'the command');
    turn.abort();
    const end = await turn.end;
    assert.ok(end.kind === 'stopped', JSON.stringify(end));
    assert.deepEqual(end.survivors, []);
  });

  test(`${cli} asks before it runs a command, and does what it is told`, async () => {
    await using rig = await LiveRig.start(cli);
    const file = join(rig.project, 'made.txt');
    const replies = [commandToAllow(cli, `printf made > ${file}`), { text: 'Made it.' }];
    const granted = rig.turn('granted', { permission: 'ask', replies });
    assert.ok((await untilAsked(granted, 'permission')).endsWith(`: printf made > ${file}`));
    assert.equal(existsSync(file), false);
    granted.answer('yes');
    assert.equal(await answerOf(granted), 'Made it.');
    assert.equal(readFileSync(file, 'utf8'), 'made');
  });

  test(`${cli} is refused where nobody is`, { skip: !isWhole && cli !== 'claude' }, async () => {
    await using rig = await LiveRig.start(cli);
    const file = join(rig.project, 'refused.txt');
    const replies = [commandToAllow(cli, `printf made > ${file}`), { text: 'Made it.' }];
    const turn = rig.turn('live', { permission: 'ask', isAttended: false, replies });
    await untilAsked(turn, 'permission');
    turn.answer('nobody is there', false);
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'permission_denied' });
    assert.equal(existsSync(file), false);
  });

  const asking = question(cli, 'Which one?', ['Alpha', 'Beta']);
  if (asking !== undefined) {
    for (const [what, text, answer] of [
      ['by a number', '2', 'Beta'],
      ['in words', 'neither of them', 'neither of them'],
    ] as const) {
      const skip = !isWhole && what === 'by a number';
      test(`${cli} asks a question, and is answered ${what}`, { skip }, async () => {
        await using rig = await LiveRig.start(cli);
        const turn = rig.turn('live', { replies: [asking, { text: 'Thanks.' }] });
        assert.equal(await untilAsked(turn, 'question'), 'Which one? (1 Alpha · 2 Beta)');
        turn.answer(text);
        assert.equal(await answerOf(turn), 'Thanks.');
        // What the model is told of the answer stands behind the scripted prompt.
        const asked = await rig.asked();
        assert.ok(asked.lastIndexOf(answer) > asked.lastIndexOf('%%fake'), asked.slice(-3000));
      });
    }
  }
}

/** CLIs whose dialogs of several questions, and of several choices, are known. */
const severalAsked: readonly CliName[] = ['gemini', 'qwen', 'opencode', 'copilot'];

for (const cli of clis.filter(name => severalAsked.includes(name))) {
  for (const [what, text, told] of [
    ['by choices', '1, gamma; 2', /Alpha, Gamma.*Green/],
    ['in words', 'all of them; neither of them', /all of them.*neither of them/],
  ] as const) {
    // Not known of qwen: its dialog passes over the question after words.
    if (cli === 'qwen' && what === 'in words') continue;
    test(`${cli} asks several questions at once, and is answered ${what}`, { skip: !isWhole }, async () => {
      await using rig = await LiveRig.start(cli);
      const asking = questions(cli, [
        { text: 'Which ones?', choices: ['Alpha', 'Beta', 'Gamma'], isMultiple: true },
        { text: 'Which one?', choices: ['Red', 'Green'] },
      ]);
      const turn = rig.turn('live', { replies: [asking, { text: 'Thanks.' }] });
      const numbered = 'Which ones? (any of 1 Alpha · 2 Beta · 3 Gamma); Which one? (1 Red · 2 Green)';
      assert.ok((await untilAsked(turn, 'question')).endsWith(numbered));
      turn.answer(text);
      assert.equal(await answerOf(turn), 'Thanks.');
      const asked = await rig.asked();
      assert.match(asked.slice(asked.lastIndexOf('%%fake')), told);
    });
  }
}

if (clis.includes('opencode')) {
  test('opencode asks for a sub-agent in its terminal, and gets on when that is refused', {
    skip: !isWhole,
  }, async () => {
    await using rig = await LiveRig.start('opencode');
    const asked = 'Look around.';
    const args = { description: 'look', prompt: asked, subagent_type: 'general' };
    await rig.script([{ match: { prompt: asked }, steps: [{ bash: 'echo looked' }] }]);
    const replies = [{ tool: { name: 'task', args } }, { text: 'It was refused.' }];
    const turn = rig.turn('live', { permission: 'ask', replies });
    await untilAsked(turn, 'permission');
    turn.answer('no', false);
    assert.equal(await answerOf(turn), 'It was refused.');
  });

  test('opencode in its terminal does no work with another model than the one it was told to use', {
    skip: !isWhole,
  }, async () => {
    await using rig = await LiveRig.start('opencode');
    const turn = rig.turn('live', {
      model: 'fake/nope',
      replies: [{ text: 'Never said.', delayMs: 120_000 }],
    });
    const end = await turn.end;
    assert.ok(end.kind === 'ended' && end.outcome.kind === 'failed', JSON.stringify(end));
    assert.deepEqual(end.outcome.reason, { kind: 'bad_model' });
  });
}
