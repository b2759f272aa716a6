/** Two phases of each CLI, from connector file to merged work, in both transports; run by round.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { terminalCliNames } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { clis, RoundRig } from './rig.ts';

for (const cli of clis) {
  for (const transport of ['headless', 'terminal'] as const) {
    if (transport === 'terminal' && !terminalCliNames.includes(cli)) continue;
    test(`${cli} (${transport}) writes a file, then reads the answer before it`, async () => {
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
      const run = await rig.run(file, '--transport', transport);
      assert.deepEqual(rig.answers(run), { 'report/1': 'Read it.', 'write/1': 'Wrote made.txt.' });
      assert.equal(rig.niia.git('show', `niia/${run}/head:made.txt`), 'by a CLI');
      const told = await rig.requests();
      assert.ok(
        told.some(({ prompt }) => prompt.includes('Before: Wrote made.txt.')),
        JSON.stringify(told),
      );
      assert.deepEqual(rig.transports(run), [transport, transport]);
      if (adapterFor(cli)?.reports !== 'nothing') assertUsage(rig, run, ['write/1', 'report/1']);
    });
  }
}

function assertUsage(rig: RoundRig, run: string, workers: readonly string[]): void {
  for (const worker of workers) {
    const used = rig.events(run).filter(event => event.kind === 'usage' && event.worker === worker);
    assert.ok(
      used.some(event => Number(event.outputTokens) > 0),
      JSON.stringify(used),
    );
  }
}
