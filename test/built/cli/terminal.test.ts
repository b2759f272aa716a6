import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { CliRig } from '../../support/cli-rig.ts';
import { createGate } from '../../support/gate-file.ts';
import { nodePrograms } from '../../support/node-versions.ts';

const models = { primary: 'shell' };

for (const node of nodePrograms()) {
  test(`a run on a terminal shows its workers live and sums up at the end, on Node ${node.version}`, async () => {
    await using rig = new CliRig();
    const gate = createGate(join(rig.place, 'gate'));
    const phases = [
      { name: 'look', workers: 2, prompt: 'echo found {worker}' },
      { name: 'write', prompt: `echo waits; ${gate.wait}; echo written` },
    ];
    const file = rig.connector({ name: 'live', models, pipeline: { phases } });
    using terminal = rig.terminal(['run', file], { node: node.path });
    await terminal.sees(/✓ look\s+succeeded\s+2\/2 done/);
    await terminal.sees(/write\/1\s+working\s+shell/);
    gate.open();
    assert.equal(await terminal.ended(), 0, terminal.text);
    await terminal.sees(/✓ live succeeded, .*, 3 workers/);
    // Drawn in place: what was shown while it went on is not left above the summary.
    assert.doesNotMatch(terminal.text, /working/);
    assert.ok(
      terminal.raw.endsWith('\u001b[?25h') ||
        terminal.raw.lastIndexOf('\u001b[?25h') > terminal.raw.lastIndexOf('\u001b[?25l'),
    );
  });
}

test('the live view follows the size of the window', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const phases = [{ name: 'look', workers: 3, prompt: `echo waits; ${gate.wait}` }];
  const file = rig.connector({ name: 'size', models, pipeline: { phases } });
  using terminal = rig.terminal(['run', file], { cols: 100, rows: 20 });
  await terminal.sees(/look\/3\s+working/);
  terminal.resize(30, 20);
  await terminal.sees(/look\/3.*…$/m);
  terminal.resize(100, 4);
  await terminal.sees(/3 workers\s+working/);
  gate.open();
  assert.equal(await terminal.ended(), 0, terminal.text);
});

test('the first Ctrl-C stops politely, and what was done is kept', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const phases = [{ name: 'look', prompt: `echo half > half.txt; echo started; ${gate.wait}` }];
  const file = rig.connector({ name: 'stop', models, pipeline: { phases } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/look\/1\s+working/);
  terminal.type('\u0003');
  await terminal.sees(/stopping politely; Ctrl-C again: now/);
  assert.equal(await terminal.ended(), 130, terminal.text);
  await terminal.sees(/■ stop stopped/);
});

test('the second Ctrl-C ends a worker that does not listen', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const phases = [{ name: 'look', prompt: `trap '' INT TERM; echo deaf; while :; do ${gate.wait}; done` }];
  const file = rig.connector({ name: 'now', models, pipeline: { phases } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/look\/1\s+working/);
  terminal.type('\u0003');
  await terminal.sees(/stopping politely/);
  terminal.type('\u0003');
  await terminal.sees(/stopping now/);
  assert.equal(await terminal.ended(), 130, terminal.text);
});

test('a gate is asked for on the terminal and opens with y', async () => {
  await using rig = new CliRig();
  const phases = [
    { name: 'look', prompt: 'echo found' },
    { name: 'deploy', gate: 'approve', prompt: 'echo deployed' },
  ];
  const file = rig.connector({ name: 'gate', models, pipeline: { phases } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/Phase "deploy" waits for approval\. Start it\? \[y\/N\]/);
  terminal.type('y\r');
  assert.equal(await terminal.ended(), 0, terminal.text);
});

test('a question that somebody else answers is taken back', async () => {
  await using rig = new CliRig();
  const phases = [{ name: 'deploy', gate: 'approve', prompt: 'echo deployed' }];
  const file = rig.connector({ name: 'gate', models, pipeline: { phases } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/Start it\?/);
  const approved = await rig.niia(['approve', 'last', 'deploy']);
  assert.equal(approved.code, 0, approved.stderr);
  assert.equal(await terminal.ended(), 0, terminal.text);
});

test('a step that wants to write asks, and a refusal fails its worker', async () => {
  await using rig = new CliRig();
  const steps = [{ name: 'touch', binary: 'touch', args: ['made.txt'], intent: 'write' }];
  const file = rig.connector({ name: 'write', models, pipeline: { phases: [{ name: 'make', steps }] } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/make\/1 asks for permission:[\s\S]*touch[\s\S]*Allow it\? \[y\/N\]/);
  terminal.type('n\r');
  assert.equal(await terminal.ended(), 1, terminal.text);
  await terminal.sees(/permission that it does not have/);
});

test('a pick is asked for with its candidates, and the chosen branch goes on', async () => {
  await using rig = new CliRig();
  const phases = [{ name: 'make', workers: 2, merge: 'pick', prompt: 'echo {worker} > made.txt' }];
  const file = rig.connector({ name: 'pick', models, pipeline: { phases } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/whose work goes on\?[\s\S]*Number:/);
  terminal.type('2\r');
  assert.equal(await terminal.ended(), 0, terminal.text);
  assert.match((await rig.niia(['diff', 'last'])).stdout, /^\+2$/m);
});

test('a file without a task asks for it', async () => {
  await using rig = new CliRig();
  const file = rig.connector({ name: 'task', models, pipeline: { phases: [{ name: 'one' }] } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/no task for one\. What is to be done\?/);
  terminal.type('echo as asked\r');
  assert.equal(await terminal.ended(), 0, terminal.text);
  assert.match((await rig.niia(['logs', 'last'])).stdout, /as asked/);
});

test('attach shows the screen so far, passes keys and size on, and leaves with Ctrl-] d', async () => {
  await using rig = new CliRig({ repository: 'none' });
  const script =
    'trap \'echo "size $(stty size)"\' WINCH; echo ready; while read line; do echo "got <$line>"; [ "$line" = end ] && exit 7; done';
  const served = await rig.niia(['serve', 'pair', '--', 'bash', '-c', script]);
  assert.equal(served.code, 0, served.stderr);
  {
    using terminal = rig.terminal(['attach', 'pair'], { cols: 90, rows: 25 });
    await terminal.sees(/ready/);
    terminal.type('one\r');
    await terminal.sees(/got <one>/);
    terminal.resize(77, 22);
    terminal.type('\r');
    await terminal.sees(/size 22 77/);
    terminal.type('\u001dd');
    assert.equal(await terminal.ended(), 0, terminal.text);
    await terminal.sees(/left; it goes on/);
  }
  {
    using terminal = rig.terminal(['attach', 'pair']);
    await terminal.sees(/got <one>/);
    terminal.type('end\r');
    assert.equal(await terminal.ended(), 7, terminal.text);
  }
});

test('the modes that a program switched on are off again after detaching', async () => {
  await using rig = new CliRig({ repository: 'none' });
  const script = String.raw`printf '\033[?1049h\033[?1000h\033[?2004h\033[?25lfull screen'; cat`;
  await rig.niia(['serve', 'full', '--', 'sh', '-c', script]);
  using terminal = rig.terminal(['attach', 'full']);
  await terminal.sees(/full screen/);
  terminal.type('\u001dd');
  assert.equal(await terminal.ended(), 0);
  for (const mode of ['?1049l', '?1000l', '?2004l', '?25h'])
    assert.ok(terminal.raw.includes(`\u001b[${mode}`), `${mode} is missing`);
});

test('a file without phases lands in the live terminal of its model', async () => {
  await using rig = new CliRig();
  const command = ['bash', '-c', 'echo "live in $(basename $PWD)"; read line; echo "<$line>"'];
  const file = rig.connector({ name: 'chat', models: { primary: { model: 'own', command } } });
  using terminal = rig.terminal(['run', file]);
  await terminal.sees(/live in chat/);
  terminal.type('hello\r');
  await terminal.sees(/<hello>/);
  assert.equal(await terminal.ended(), 0, terminal.text);
});
