import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { CallToolResultSchema } from '@modelcontextprotocol/sdk/types.js';
import { builtCli, CliRig } from '../../support/cli-rig.ts';
import { createGate } from '../../support/gate-file.ts';
import { nodePrograms } from '../../support/node-versions.ts';
import { eventually } from '../../support/wait.ts';

/** A client of `niia mcp`, as an editor or another AI is one. */
class McpRig {
  readonly client = new Client({ name: 'test', version: '1' });

  static async connect(rig: CliRig, node = process.execPath): Promise<McpRig> {
    const made = new McpRig();
    const transport = new StdioClientTransport({
      command: node,
      args: [builtCli, 'mcp'],
      cwd: rig.folder,
      env: { ...rig.env },
    });
    await made.client.connect(transport);
    return made;
  }

  /** Calls a tool; its text, with `error: ` before that of a failure. */
  async call(name: string, values: Record<string, unknown>): Promise<string> {
    const result = CallToolResultSchema.parse(await this.client.callTool({ name, arguments: values }));
    const text = result.content.map(part => (part.type === 'text' ? part.text : part.type)).join('\n');
    return result.isError === true ? `error: ${text}` : text;
  }

  /** Starts a run; its id, which stands alone in the first line. */
  async start(file: string): Promise<string> {
    return (await this.call('run', { file })).split('\n', 1)[0] ?? '';
  }

  /** Waits until `show_run` says something. */
  async shows(run: string, what: RegExp): Promise<void> {
    let seen = '';
    const isThere = async () => {
      seen = await this.call('show_run', { run });
      return what.test(seen);
    };
    await eventually(isThere, { what: String(what), seen: () => seen });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}

const pipeline = (prompt: string) => ({
  name: 'served',
  models: { primary: 'shell' },
  pipeline: { phases: [{ name: 'look', prompt }] },
});

for (const node of nodePrograms()) {
  test(`a client validates, plans, runs and looks, on Node ${node.version}`, async () => {
    await using rig = new CliRig();
    await using mcp = await McpRig.connect(rig, node.path);
    const file = rig.connector(pipeline('echo found it'));
    const checked = JSON.parse(await mcp.call('validate', { file }));
    assert.deepEqual([checked[0].file, checked[0].isValid], [file, true]);
    assert.match(await mcp.call('plan', { file, task: '--look' }), /task {7}--look[\s\S]*ready to run/);
    const run = await mcp.start(file);
    assert.match(run, /^served-\d{8}-\d{6}-/);
    await mcp.shows(run, /look\/1 {2}succeeded/);
    const [row] = JSON.parse(await mcp.call('list_runs', { all: true }));
    assert.equal(row.run, run);
  });
}

test('the tools say what they change, and need what they need', async () => {
  await using rig = new CliRig();
  await using mcp = await McpRig.connect(rig);
  const { tools } = await mcp.client.listTools();
  const changing = tools.filter(tool => tool.annotations?.readOnlyHint !== true).map(tool => tool.name);
  assert.deepEqual(changing, ['run', 'stop', 'answer']);
  assert.deepEqual(tools.find(tool => tool.name === 'answer')?.inputSchema.required, [
    'run',
    'worker',
    'text',
  ]);
  assert.match(await mcp.call('answer', { run: 'last' }), /^error: .*Invalid arguments/s);
});

test('a failure of a verb is an error with its words, and the server goes on', async () => {
  await using rig = new CliRig();
  await using mcp = await McpRig.connect(rig);
  assert.match(await mcp.call('show_run', { run: 'nope' }), /^error: niia: there is no run "nope"/);
  assert.match(await mcp.call('run', { file: '-x.json' }), /^error: niia: cannot read "-x\.json"/);
  rig.write('bad.json', '{');
  assert.match(
    await mcp.call('validate', { file: 'bad.json' }),
    /^error: \[\{"file":"bad\.json","isValid":false/,
  );
  assert.equal(await mcp.call('list_runs', { folder: rig.place }), '[]');
});

test('a worker is answered and a run is stopped', async () => {
  await using rig = new CliRig();
  await using mcp = await McpRig.connect(rig);
  const gate = createGate(`${rig.place}/gate`);
  const steps = [{ name: 'write', binary: 'true', intent: 'write' }];
  const phases = [{ name: 'look', steps, model: 'shell', prompt: `echo up; ${gate.wait}` }];
  const file = rig.connector({ name: 'asks', pipeline: { phases } });
  const run = await mcp.start(file);
  await mcp.shows(run, /look\/1 {2}waiting/);
  assert.doesNotMatch(await mcp.call('answer', { run, worker: 'look/1', text: 'yes' }), /^error/);
  await mcp.shows(run, /look\/1 {2}working/);
  assert.doesNotMatch(await mcp.call('stop', { run }), /^error/);
  await mcp.shows(run, /look\/1 {2}stopped/);
});
