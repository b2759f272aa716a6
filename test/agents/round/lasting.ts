/** Turns of real CLIs that outlive their daemon, or reach a limit in their midst; run by round.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { terminalCliFor, terminalCliNames } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { clis, RoundRig } from './rig.ts';

for (const cli of clis.slice(0, 1)) {
  for (const transport of ['headless', 'terminal'] as const) {
    if (transport === 'terminal' && !terminalCliNames.includes(cli)) continue;
    test(`a turn of ${cli} (${transport}) outlives the daemon that started it`, async () => {
      await using rig = await RoundRig.start(cli);
      const file = rig.niia.connector({
        name: 'long',
        models: { primary: cli },
        session: { transport },
        pipeline: {
          phases: [{ name: 'work', prompt: rig.scripted([{ text: 'Late.', delayMs: 6000 }]) }],
        },
      });
      const run = await rig.runDetached(file);
      // Requests for titles hold the prompt, too, but offer no tools.
      const isAsked = ({ prompt, tools }: { readonly prompt: string; readonly tools?: unknown }): boolean =>
        prompt.includes('Late.') && Number(tools) > 0;
      await rig.until(run, async () => (await rig.requests()).some(isAsked), 'the request of the turn');
      await rig.killDaemon();
      // The next daemon takes up what it finds.
      await rig.niia.niia(['daemon', 'start']);
      await rig.untilSucceeded(run);
      assert.deepEqual(rig.answers(run), { 'work/1': 'Late.' });
      const opened = rig.events(run).filter(event => event.kind === 'session-opened');
      assert.equal(new Set(opened.map(({ session }) => session)).size, 1, 'the turn was not run again');
      assert.equal((await rig.requests()).filter(isAsked).length, 1, 'nothing was submitted twice');
    });
  }
}

/** CLIs whose use in their own terminal is known while a turn runs. */
const metered = clis.filter(cli => terminalCliFor(cli, process.platform) !== undefined);

/** These tell money themselves, by the prices that their configuration has here: 3 and 15 dollars a million tokens. */
const priced: readonly string[] = ['opencode', 'pi'];

for (const cli of metered) {
  test(`${cli} in its own terminal is held to a limit of costs in the middle of a turn`, async () => {
    await using rig = await RoundRig.start(cli);
    // Else a dollar a token of output.
    rig.configure({ prices: { [cli]: { input: 0, output: 1_000_000 } } });
    const [limit, cost] = priced.includes(cli) ? [0.004, 0.00405] : [50, 70];
    const file = rig.niia.connector({
      name: 'dear',
      models: { primary: cli },
      session: { transport: 'terminal', permission: 'full' },
      limits: { max_cost_usd: limit },
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
      [[70, cost]],
    );
  });
}
