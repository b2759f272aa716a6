/** MCP servers in the hands of each CLI, in its own way or by `niia mcp`; run by round.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adapterFor } from '../../../runtime/agents/registry.ts';
import { terminalCliNames } from '../../../runtime/agents/terminal/terminal-clis.ts';
import { clis, RoundRig, startHttpServer } from './rig.ts';

const useEcho = { mcp: { server: 'pad', tool: 'echo', args: { text: 'hello' } } };
const callEcho = `niia mcp call pad echo '{"text": "hello"}'`;

/** The model is told what the tool said. */
async function assertHeard(rig: RoundRig): Promise<void> {
  const told = JSON.stringify((await rig.requests()).map(({ body }) => body));
  assert.ok(told.includes('you said hello'), told.slice(-3000));
}

const isWhole = process.env.NIIA_TEST_ALL === '1';

for (const cli of clis) {
  const isNative = adapterFor(cli)?.mcp === 'native';
  for (const transport of ['headless', 'terminal'] as const) {
    if (transport === 'terminal' && !terminalCliNames.includes(cli)) continue;
    const skip = !isWhole && transport === 'terminal' && cli !== 'claude';
    const how = isNative ? 'itself' : 'by niia mcp';
    test(`${cli} (${transport}) calls a tool of an MCP server ${how}`, { skip }, async () => {
      await using rig = await RoundRig.start(cli);
      const prompt = rig.scripted([isNative ? useEcho : { bash: callEcho }, { text: 'Noted.' }]);
      const file = rig.niia.connector({
        name: 'tools',
        models: { primary: cli },
        tools: { mcp: { pad: rig.mcpServer() } },
        session: { transport, ...(isNative ? {} : { permission: 'full' }) },
        pipeline: { phases: [{ name: 'use', prompt }] },
      });
      const run = await rig.run(file);
      assert.deepEqual(rig.answers(run), { 'use/1': 'Noted.' });
      await assertHeard(rig);
    });
  }
}

for (const cli of clis.slice(0, 1).filter(name => adapterFor(name)?.mcp === 'native')) {
  test(`${cli} calls a tool of an MCP server behind an address`, async () => {
    await using rig = await RoundRig.start(cli);
    await using server = await startHttpServer();
    const file = rig.niia.connector({
      name: 'web',
      models: { primary: cli },
      tools: { mcp: { pad: { url: server.url } } },
      pipeline: { phases: [{ name: 'use', prompt: rig.scripted([useEcho, { text: 'Noted.' }]) }] },
    });
    await rig.run(file);
    await assertHeard(rig);
  });
}

test('a script lists MCP servers and calls a tool, and a CLI is told of what it said', async () => {
  await using rig = await RoundRig.start(...clis.slice(0, 1));
  const file = rig.niia.connector({
    name: 'scripts',
    models: { primary: clis[0] ?? 'shell' },
    tools: { mcp: { pad: rig.mcpServer() } },
    pipeline: {
      phases: [
        { name: 'call', model: 'shell', prompt: `niia mcp list --tools\n${callEcho}` },
        { name: 'tell', prompt: `Heard: {answers.call}. ${rig.scripted([{ text: 'Noted.' }])}` },
      ],
    },
  });
  const run = await rig.run(file);
  const heard = rig.answers(run)['call/1'] ?? '';
  assert.match(heard, /pad[\s\S]*echo[\s\S]*you said hello$/);
  await assertHeard(rig);
});
