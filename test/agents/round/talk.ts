/** An answer that does not fit is mended in the conversation it was given in, in both transports; run by round.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { terminalCliNames } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { clis, RoundRig } from './rig.ts';

for (const cli of clis.filter(name => adapterFor(name)?.canResume === true)) {
  for (const transport of ['headless', 'terminal'] as const) {
    if (transport === 'terminal' && !terminalCliNames.includes(cli)) continue;
    test(`${cli} (${transport}) is told what does not fit, and still knows what it answered`, async () => {
      await using rig = await RoundRig.start(cli);
      await rig.script([
        { match: { prompt: 'does not fit', side: false }, steps: [{ text: '{"ok":true}' }] },
        { match: { side: false }, steps: [{ text: 'In words at first.' }] },
      ]);
      const file = rig.niia.connector({
        name: 'talk',
        models: { primary: cli },
        session: { transport },
        pipeline: {
          phases: [{ name: 'work', prompt: 'Say it.', output: { type: 'object', required: ['ok'] } }],
        },
      });
      const run = await rig.run(file);
      assert.deepEqual(rig.answers(run), { 'work/1': '{"ok":true}' });
      assert.deepEqual(rig.transports(run), [transport, transport]);
      // Requests for titles and the like offer no tools.
      const mending = (await rig.requests()).filter(
        ({ prompt, tools }) => prompt.includes('does not fit') && Number(tools) > 0,
      );
      assert.match(JSON.stringify(mending.at(-1)?.body), /In words at first\./);
    });
  }
}
