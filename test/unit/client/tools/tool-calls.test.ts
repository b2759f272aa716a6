import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import type { Cli, CliOutput } from '../../../../client/cli.ts';
import { readToolInput, ToolCalls, toolNames } from '../../../../client/tools/tool-calls.ts';
import { err, ok } from '../../../../runtime/result.ts';

const { signal } = new AbortController();
const folder = resolve('/project');
const file = resolve(folder, 'c.json');

/** Tools over a command line that answers what the test says, and remembers what it was called with. */
function toolsWith(answer: (argv: readonly string[]) => Partial<CliOutput>) {
  const calls: (readonly string[])[] = [];
  const run: Cli['run'] = async argv => {
    calls.push(argv);
    return ok({ code: 0, stdout: '', stderr: '', ...answer(argv) });
  };
  const cli: Cli = { run, program: () => ({ command: 'node', args: [], env: {} }) };
  return { tools: new ToolCalls({ cli, folder: () => folder, transport: () => 'headless' }), calls };
}

test('each tool is a verb, with the path made absolute so that it is no option', async () => {
  const { tools, calls } = toolsWith(() => ({ stdout: 'said\n' }));
  assert.equal(await tools.call('niia_validate', { file: '--json' }, signal), 'said');
  await tools.call('niia_plan', { file: 'c.json', task: '--yes', phase: 'a' }, signal);
  await tools.call('niia_list_runs', {}, signal);
  assert.deepEqual(calls, [
    ['validate', resolve(folder, '--json')],
    ['plan', file, '--transport=headless', '--task=--yes', '--phase=a'],
    ['ps', '--all', '--json'],
  ]);
});

test('a run starts only after exactly its plan was shown, and once', async () => {
  const { tools, calls } = toolsWith(([verb]) => ({ stdout: verb === 'run' ? 'r-1\n' : 'the plan\n' }));
  const input = { file: 'c.json', task: 'go' };
  assert.match(await tools.call('niia_run', input, signal), /Nobody has confirmed/);
  assert.deepEqual(await tools.planToConfirm(input, signal), ok('the plan'));
  assert.match(await tools.call('niia_run', { ...input, task: 'other' }, signal), /Nobody has confirmed/);
  assert.equal(await tools.call('niia_run', input, signal), 'r-1');
  assert.match(await tools.call('niia_run', input, signal), /Nobody has confirmed/);
  assert.deepEqual(
    calls.filter(([verb]) => verb === 'run'),
    [['run', file, '--detach', '--transport=headless', '--task=go']],
  );
});

test('a run whose plan has changed since it was shown does not start', async () => {
  let plan = 'one';
  const { tools, calls } = toolsWith(() => ({ stdout: plan }));
  await tools.planToConfirm({ file: 'c.json' }, signal);
  plan = 'two';
  assert.match(await tools.call('niia_run', { file: 'c.json' }, signal), /not the one that was confirmed/);
  assert.ok(calls.every(([verb]) => verb === 'plan'));
});

test('what goes wrong is a text for the model: errors of a file, no file, no folder', async () => {
  const { tools } = toolsWith(() => ({ code: 2, stdout: 'c.json:1:1 error', stderr: '' }));
  assert.equal(await tools.call('niia_validate', { file: 'c.json' }, signal), 'c.json:1:1 error');
  assert.deepEqual(await tools.planToConfirm({ file: 'c.json' }, signal), err('c.json:1:1 error'));
  assert.match(await tools.call('niia_plan', {}, signal), /"file" is missing/);
});

test('models may write anything', () => {
  assert.deepEqual(readToolInput({ file: 'a', task: 1, phase: null, more: true }), { file: 'a' });
  for (const wrong of [undefined, null, 'x', 7, []]) assert.deepEqual(readToolInput(wrong), {});
});

test('package.json describes exactly the tools there are', () => {
  const manifest = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8'));
  const described = manifest.contributes.languageModelTools.map((tool: { name: string }) => tool.name);
  assert.deepEqual(described, toolNames);
});
