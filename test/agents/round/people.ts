/** What a CLI asks a person, answered from the command line; run by round.test.ts. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { terminalCliNames } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { commandToAllow, question } from '../replies.ts';
import { clis, RoundRig } from './rig.ts';

for (const cli of clis.filter(name => terminalCliNames.includes(name))) {
  test(`${cli} runs a command once \`niia answer\` says yes`, async () => {
    await using rig = await RoundRig.start(cli);
    const made = join(`${rig.niia.folder}.worktrees`, 'asker', 'made.txt');
    const file = rig.niia.connector({
      name: 'ask',
      models: { primary: cli },
      session: { permission: 'ask', transport: 'terminal', worktree: 'asker' },
      pipeline: {
        phases: [
          {
            name: 'work',
            prompt: rig.scripted([commandToAllow(cli, `touch ${made}`), { text: 'Made it.' }]),
          },
        ],
      },
    });
    const run = await rig.runDetached(file);
    await rig.untilEvent(run, ({ kind, what }) => kind === 'answer-needed' && what === 'permission');
    assert.equal(existsSync(made), false);
    await rig.answer('work/1', 'yes');
    await rig.untilSucceeded(run);
    assert.deepEqual(rig.answers(run), { 'work/1': 'Made it.' });
    assert.equal(rig.niia.git('ls-tree', '--name-only', `niia/${run}/head`, 'made.txt'), 'made.txt');
  });

  const asking = question(cli, 'Which one?', ['Alpha', 'Beta']);
  if (asking === undefined) continue;
  test(`${cli} asks which one, and \`niia answer\` names it`, async () => {
    await using rig = await RoundRig.start(cli);
    const file = rig.niia.connector({
      name: 'which',
      models: { primary: cli },
      session: { transport: 'terminal' },
      pipeline: { phases: [{ name: 'work', prompt: rig.scripted([asking, { text: 'Thanks.' }]) }] },
    });
    const run = await rig.runDetached(file);
    const asked = await rig.untilEvent(
      run,
      ({ kind, what }) => kind === 'answer-needed' && what === 'question',
    );
    assert.match(String(asked.text), /Which one\?/);
    await rig.answer('work/1', 'Beta');
    await rig.untilSucceeded(run);
    const [last] = (await rig.requests()).slice(-1);
    // What the model is told of the answer stands behind the scripted prompt.
    const told = JSON.stringify(last?.body);
    assert.ok(told.lastIndexOf('Beta') > told.lastIndexOf('%%fake'), told.slice(-3000));
  });
}

for (const cli of clis.filter(name => name === 'claude' || name === 'copilot')) {
  test(`${cli} that is refused the only tool it wants fails for lack of permission`, async () => {
    await using rig = await RoundRig.start(cli);
    const file = rig.niia.connector({
      name: 'refused',
      models: { primary: cli },
      session: { permission: 'ask' },
      pipeline: {
        phases: [
          { name: 'work', prompt: rig.scripted([{ bash: 'touch refused.txt' }, { text: 'I may not.' }]) },
        ],
      },
    });
    const { code, stdout, stderr } = await rig.niia.niia(['run', file], { env: rig.env, timeoutMs: 120_000 });
    assert.equal(code, 1, stderr);
    assert.match(stdout + stderr, /permission "ask" does not allow/);
  });
}
