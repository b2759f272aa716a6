import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CliRig } from '../../support/cli-rig.ts';
import { createGate } from '../../support/gate-file.ts';
import { eventually } from '../../support/wait.ts';

const models = { primary: 'shell' };

test('following goes on where it was when the daemon is killed in the middle', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const phases = [{ name: 'wait', prompt: `echo up; ${gate.wait}` }];
  const file = rig.connector({ name: 'killed', models, pipeline: { phases } });
  const running = rig.niia(['run', file, '--json']);
  await eventually(async () => /wait\/1 {2}up/.test((await rig.niia(['logs', 'last'])).stdout), {
    what: 'the worker',
  });
  // The shape is part of the command line's contract; JSON.parse gives no type.
  const { pid } = (await rig.json(['daemon', 'status'])) as { readonly pid: number };
  process.kill(pid, 'SIGKILL');
  await eventually(async () => (await rig.niia(['daemon', 'status'])).code === 0, {
    what: 'the next daemon',
  });
  gate.open();
  const { code, stdout, stderr } = await running;
  assert.equal(code, 0, stdout + stderr);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.deepEqual(
    events.map(event => event.seq),
    events.map((_, at) => at + 1),
  );
  assert.equal(events.filter(event => event.kind === 'worker-started').length, 1, 'the worker ran twice');
});

test('a run started by a worker is a child of its run, and nobody is asked in it', async () => {
  const child = {
    connector: '2.1',
    name: 'child',
    models,
    pipeline: { phases: [{ name: 'in', prompt: 'echo from the child' }] },
  };
  await using rig = new CliRig({ files: { 'child.json': JSON.stringify(child) } });
  const file = rig.connector({
    name: 'parent',
    models,
    pipeline: { phases: [{ name: 'out', prompt: 'niia run child.json' }] },
  });
  const { code, stdout, stderr } = await rig.niia(['run', file]);
  assert.equal(code, 0, stdout + stderr);
  const rows = (await rig.json(['ps', '--all'])) as readonly {
    readonly run: string;
    readonly name: string;
  }[];
  const [childRun, parentRun] = ['child', 'parent'].map(
    name => rows.find(row => row.name === name)?.run ?? '',
  );
  const shown = (await rig.json(['show', childRun ?? ''])) as { readonly view: { readonly parent?: object } };
  assert.deepEqual(shown.view.parent, { run: parentRun, worker: 'out/1' });
});
