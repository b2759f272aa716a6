/** Real CLIs through the built program, from connector file to merged work; run by round.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapterFor } from '../../runtime/agents/registry.ts';
import { terminalCliFor, terminalCliNames } from '../../runtime/agents/terminal/terminal-clis.ts';
import { eventually } from '../support/wait.ts';
import { cliNames } from './real-clis.ts';
import { RoundRig, startHttpServer } from './round-rig.ts';

const wanted = (process.env.NIIA_TEST_CLIS ?? '').split(',');
const clis = cliNames.filter(name => wanted.includes(name));

for (const cli of clis) {
  test(`${cli} does two phases: writes a file, then reads the answer before it`, async () => {
    await using rig = await RoundRig.start(cli);
    const file = rig.niia.connector({
      name: 'two',
      models: { primary: cli },
      pipeline: {
        phases: [
          {
            name: 'write',
            session: { worktree: 'writer' },
            prompt: rig.scripted([
              rig.write('writer', 'made.txt', 'by a CLI\n'),
              { text: 'Wrote made.txt.' },
            ]),
          },
          { name: 'report', prompt: `Before: {answers.write}. ${rig.scripted([{ text: 'Read it.' }])}` },
        ],
      },
    });
    const run = await rig.run(file);
    assert.deepEqual(rig.answers(run), { 'report/1': 'Read it.', 'write/1': 'Wrote made.txt.' });
    assert.equal(rig.niia.git('show', `niia/${run}/head:made.txt`), 'by a CLI');
    const told = await rig.requests();
    assert.ok(
      told.some(({ prompt }) => prompt.includes('Before: Wrote made.txt.')),
      JSON.stringify(told),
    );
    if (adapterFor(cli)?.reports === 'nothing') return;
    for (const worker of ['write/1', 'report/1']) {
      const used = rig.events(run).filter(event => event.kind === 'usage' && event.worker === worker);
      assert.ok(
        used.some(event => Number(event.outputTokens) > 0),
        JSON.stringify(used),
      );
    }
  });

  if (terminalCliNames.includes(cli)) {
    test(`${cli} does two phases in its live terminal, where that is asked for`, async () => {
      await using rig = await RoundRig.start(cli);
      const file = rig.niia.connector({
        name: 'live',
        models: { primary: cli },
        pipeline: {
          phases: [
            {
              name: 'write',
              session: { worktree: 'writer' },
              prompt: rig.scripted([rig.write('writer', 'made.txt', 'live\n'), { text: 'Wrote made.txt.' }]),
            },
            { name: 'report', prompt: `Before: {answers.write}. ${rig.scripted([{ text: 'Read it.' }])}` },
          ],
        },
      });
      const run = await rig.run(file, '--transport', 'terminal');
      assert.deepEqual(rig.answers(run), { 'report/1': 'Read it.', 'write/1': 'Wrote made.txt.' });
      assert.equal(rig.niia.git('show', `niia/${run}/head:made.txt`), 'live');
      const opened = rig
        .events(run)
        .filter(({ kind, purpose }) => kind === 'session-opened' && purpose === 'turn');
      assert.deepEqual(
        opened.map(({ transport }) => transport),
        ['terminal', 'terminal'],
      );
    });
  }

  if (adapterFor(cli)?.mcp === 'native') {
    test(`${cli} calls a tool of an MCP server that the file names`, async () => {
      await using rig = await RoundRig.start(cli);
      const file = rig.niia.connector({
        name: 'tools',
        models: { primary: cli },
        tools: { mcp: { pad: rig.mcpServer() } },
        pipeline: {
          phases: [
            {
              name: 'use',
              prompt: rig.scripted([
                { mcp: { server: 'pad', tool: 'echo', args: { text: 'hello' } } },
                { text: 'Noted.' },
              ]),
            },
          ],
        },
      });
      const run = await rig.run(file);
      assert.deepEqual(rig.answers(run), { 'use/1': 'Noted.' });
      const told = await rig.requests();
      assert.ok(
        told.some(({ body }) => JSON.stringify(body).includes('you said hello')),
        'the tool’s result reached the model',
      );
    });
  }
}

/** CLIs whose use in their own terminal is known while a turn runs. */
const metered = clis.filter(cli => terminalCliFor(cli, process.platform) !== undefined);

for (const cli of metered) {
  test(`${cli} in its own terminal is held to a limit of costs in the middle of a turn`, async () => {
    await using rig = await RoundRig.start(cli);
    // A dollar a token of output.
    rig.configure({ prices: { [cli]: { input: 0, output: 1_000_000 } } });
    const file = rig.niia.connector({
      name: 'dear',
      models: { primary: cli },
      session: { transport: 'terminal', permission: 'full' },
      limits: { max_cost_usd: 50 },
      pipeline: {
        phases: [
          {
            name: 'work',
            prompt: rig.scripted([
              { bash: 'echo one', usage: { input: 1000, output: 70 } },
              { text: 'Never said.', delayMs: 120_000 },
            ]),
          },
        ],
      },
    });
    const { code, stderr } = await rig.niia.niia(['run', file], {
      env: { ...rig.env, IS_SANDBOX: '1' },
      timeoutMs: 100_000,
    });
    const events = rig.events(rig.newestRun());
    assert.equal(code, 4, `${stderr}\n${JSON.stringify(events, null, 1)}`);
    const used = events.filter(event => event.kind === 'usage');
    assert.deepEqual(
      used.map(({ outputTokens, costUsd }) => [outputTokens, costUsd]),
      [[70, 70]],
    );
  });
}

const first = clis[0];

if (['claude', 'codex', 'gemini'].every(name => wanted.includes(name))) {
  test('a rate limit of claude and refused keys of codex lead on to gemini, in the same worktree', async () => {
    await using rig = await RoundRig.start('claude', 'codex', 'gemini');
    await rig.script([
      { match: { api: 'anthropic' }, steps: [{ error: 429 }] },
      { match: { api: 'responses' }, steps: [{ error: 401 }] },
      { match: { api: 'gemini', side: false }, steps: [{ text: 'Done by the third.' }] },
    ]);
    const file = rig.niia.connector({
      name: 'over',
      task: 'Do it.',
      models: { primary: ['claude', 'codex', 'gemini'] },
      pipeline: { phases: [{ name: 'work', workers: 2 }] },
    });
    const run = await rig.run(file);
    assert.deepEqual(rig.answers(run), { 'work/1': 'Done by the third.', 'work/2': 'Done by the third.' });
    const whys = rig
      .events(run)
      .flatMap(event => (event.kind === 'failover' ? [JSON.stringify(event.why)] : []));
    assert.ok(
      whys.some(why => why.includes('rate_limited')) && whys.some(why => why.includes('auth')),
      whys.join(),
    );
    // What one worker found dead is not tried again by every other for long.
    const asked = await rig.requests();
    assert.ok(asked.filter(({ api }) => api === 'responses').length <= 8, JSON.stringify(asked));
  });
}

if (first !== undefined && adapterFor(first)?.mcp === 'native') {
  test(`${first} calls a tool of an MCP server behind an address`, async () => {
    await using rig = await RoundRig.start(first);
    await using server = await startHttpServer();
    const file = rig.niia.connector({
      name: 'web',
      models: { primary: first },
      tools: { mcp: { pad: { url: server.url } } },
      pipeline: {
        phases: [
          {
            name: 'use',
            prompt: rig.scripted([
              { mcp: { server: 'pad', tool: 'echo', args: { text: 'hello' } } },
              { text: 'Noted.' },
            ]),
          },
        ],
      },
    });
    await rig.run(file);
    const told = JSON.stringify((await rig.requests()).map(({ body }) => body));
    assert.ok(told.includes('you said hello'), 'the tool’s result reached the model');
  });
}

if (wanted.includes('opencode') && wanted.includes('claude')) {
  test('a provider that asks opencode to wait for long is not waited for: claude takes over', async () => {
    await using rig = await RoundRig.start('opencode', 'claude');
    await rig.script([
      { match: { api: 'anthropic' }, steps: [{ text: 'Taken over.' }] },
      { match: { side: false }, steps: [{ error: 429, retryAfter: 300 }] },
    ]);
    const file = rig.niia.connector({
      name: 'wait',
      task: 'Do it.',
      models: { primary: ['opencode', 'claude'] },
      pipeline: { phases: [{ name: 'work' }] },
    });
    const run = await rig.run(file);
    assert.deepEqual(rig.answers(run), { 'work/1': 'Taken over.' });
    const [over] = rig.events(run).filter(({ kind }) => kind === 'failover');
    assert.deepEqual(over?.why, { kind: 'unavailable', what: 'rate_limited' });
  });
}

if (first !== undefined) {
  test(`a turn of ${first} outlives the daemon that started it`, async () => {
    await using rig = await RoundRig.start(first);
    const file = rig.niia.connector({
      name: 'long',
      models: { primary: first },
      pipeline: { phases: [{ name: 'work', prompt: rig.scripted([{ text: 'Late.', delayMs: 6000 }]) }] },
    });
    const run = await rig.runDetached(file);
    await eventually(async () => (await rig.requests()).some(({ prompt }) => prompt.includes('Late.')), {
      what: 'the request of the turn',
      timeoutMs: 60_000,
      seen: () => rig.events(run),
    });
    await rig.killDaemon();
    // The next daemon takes up what it finds.
    await rig.niia.niia(['daemon', 'start']);
    const end = await eventually(() => rig.events(run).find(({ kind }) => kind === 'run-ended'), {
      what: 'the end of the run',
      timeoutMs: 60_000,
      seen: () => rig.events(run),
    });
    assert.equal(end.outcome, 'succeeded', JSON.stringify(rig.events(run)));
    assert.deepEqual(rig.answers(run), { 'work/1': 'Late.' });
    const opened = rig.events(run).filter(event => event.kind === 'session-opened');
    assert.equal(new Set(opened.map(({ session }) => session)).size, 1, 'the turn was not run again');
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
