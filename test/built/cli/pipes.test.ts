import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { builtCli, CliRig } from '../../support/cli-rig.ts';
import { createGate } from '../../support/gate-file.ts';
import { nodePrograms } from '../../support/node-versions.ts';
import { eventually } from '../../support/wait.ts';

const models = { primary: 'shell' };

/** Two phases of which the second reads the first one's answers. */
const twoPhases = {
  name: 'two',
  task: 'look around',
  models,
  pipeline: {
    phases: [
      { name: 'look', workers: 2, prompt: 'echo found {worker}; echo {worker} > f{worker}.txt' },
      { name: 'sum', prompt: 'ls f*.txt' },
    ],
  },
};

/** What differs from run to run: times, ids, commits, places. */
function stable(text: string, rig: CliRig): string {
  return text
    .replaceAll(rig.place, '<place>')
    .replaceAll(/two-\d{8}-\d{6}-[a-z0-9]+/g, '<run>')
    .replaceAll(/\d\d:\d\d:\d\d/g, '<time>')
    .replaceAll(/\b[0-9a-f]{10,40}\b/g, '<commit>')
    .replaceAll(/\d+(\.\d)?s\b/g, '<s>');
}

/** A row of `niia ps --json`. */
interface Row {
  readonly run: string;
  readonly name: string;
  readonly state: string;
  readonly file: string;
}

for (const node of nodePrograms()) {
  test(`a run in a pipe prints a line per event and a summary, on Node ${node.version}`, async () => {
    await using rig = new CliRig();
    const { code, stdout, stderr } = await rig.niia(['run', rig.connector(twoPhases)], { node: node.path });
    assert.deepEqual([code, stderr], [0, '']);
    const lines = stable(stdout, rig).split('\n');
    assert.equal(lines[0], '<time>  run <run> of <place>/work/test.connector.json');
    for (const line of [
      '<time>  look  phase started',
      '<time>  look/1  answered: found 1',
      '<time>  look/2  committed 1 file as <commit>',
      '<time>  sum/1  answered: f1.txt f2.txt',
      '<time>  sum/1  changed nothing',
      '<time>  run succeeded: every worker succeeded',
      '✓ two succeeded, <s>, 3 workers',
      '  ✓ look  succeeded  2 of 2 workers, <s>',
      'answers  <place>/home/state/runs/<run>/answers (3)',
      '  niia merge <run>  take it into your branch',
    ])
      assert.ok(lines.includes(line), `${line}\nis missing in\n${lines.join('\n')}`);
    assert.doesNotMatch(stdout, /\u001b/);
  });
}

test('with --json every line of stdout is one event, in order and without gaps', async () => {
  await using rig = new CliRig();
  const { code, stdout } = await rig.niia(['run', rig.connector(twoPhases), '--json']);
  assert.equal(code, 0);
  const events = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line));
  assert.deepEqual(
    events.map(event => event.seq),
    events.map((_, at) => at + 1),
  );
  assert.deepEqual(
    [events[0].kind, events.at(-1).kind, events.at(-1).outcome],
    ['run-started', 'run-ended', 'succeeded'],
  );
});

test('ps, show, logs, diff, report and merge tell and take what a run did', async () => {
  await using rig = new CliRig();
  await rig.niia(['run', rig.connector(twoPhases)]);
  // The shape is what this test is about; JSON.parse gives no type.
  const [row] = (await rig.json(['ps', '--all'])) as readonly Row[];
  assert.deepEqual(
    [row?.name, row?.state, row?.file],
    ['two', 'succeeded', join(rig.folder, 'test.connector.json')],
  );
  assert.match((await rig.niia(['ps'])).stderr, /nothing runs/);
  assert.match((await rig.niia(['show', 'last'])).stdout, /✓ look\/2 {2}succeeded/);
  assert.equal((await rig.niia(['logs', 'last', 'look/1'])).stdout, 'found 1\n');
  assert.match((await rig.niia(['logs', 'last'])).stdout, /^look\/2 {2}found 2$/m);
  assert.match((await rig.niia(['diff', 'last'])).stdout, /^\+\+\+ b\/f2\.txt$/m);
  assert.match(
    (await rig.niia(['diff', 'last', '--stat'])).stdout,
    /^\+1 -0 {2}f2\.txt$[\s\S]*^2 files, \+2 -0$/m,
  );
  assert.match((await rig.niia(['report', 'last'])).stdout, /### look\/1\n\n```\nfound 1\n```/);
  assert.equal((await rig.niia(['report', 'last', '--html', 'r.html'])).code, 0);
  assert.match(readFileSync(join(rig.folder, 'r.html'), 'utf8'), /<pre>found 1/);
  const merged = await rig.niia(['merge', 'last']);
  assert.equal(merged.code, 0, merged.stderr);
  assert.match(merged.stdout, /^merged 2 files into main as [0-9a-f]{12}\n$/);
  assert.equal(readFileSync(join(rig.folder, 'f1.txt'), 'utf8'), '1\n');
});

test('clean removes a merged run and keeps one that is not, saying why', async () => {
  await using rig = new CliRig();
  await rig.niia(['run', rig.connector(twoPhases)]);
  for (const options of [['--dry-run'], []]) {
    const kept = await rig.niia(['clean', ...options]);
    assert.match(kept.stdout, /^kept niia\/two-\S+\/head: it has commits that are nowhere else/);
    assert.doesNotMatch(kept.stdout, /remove/);
  }
  await rig.niia(['merge', 'last']);
  const dry = await rig.niia(['clean', '--dry-run']);
  assert.match(dry.stdout, /^would remove two-/);
  const cleaned = await rig.niia(['clean']);
  assert.equal(cleaned.code, 0, cleaned.stderr);
  assert.deepEqual(rig.leftovers(), []);
});

test('a failed worker ends the run with 1, its reason and the end of its output; retry mends it', async () => {
  await using rig = new CliRig();
  const flag = join(rig.place, 'mended');
  const phases = [
    { name: 'good', prompt: `echo once >> '${rig.place}/count'` },
    { name: 'weak', prompt: `echo "looking for the flag"; test -e '${flag}'` },
  ];
  const file = rig.connector({ name: 'retry', models, pipeline: { phases } });
  const first = await rig.niia(['run', file]);
  assert.equal(first.code, 1, first.stderr);
  assert.match(first.stdout, /✗ weak\/1: it ended with exit code 1\n[\s\S]*│ looking for the flag/);
  assert.match(first.stdout, /niia retry retry-/);
  rig.write('../mended', '');
  const again = await rig.niia(['retry', 'last']);
  assert.equal(again.code, 0, again.stdout + again.stderr);
  assert.match(again.stderr, /^again: weak\/1$/m);
  assert.equal(readFileSync(join(rig.place, 'count'), 'utf8'), 'once\n');
});

test('--from builds on the newest run that has the phases before', async () => {
  await using rig = new CliRig();
  const file = rig.connector(twoPhases);
  const tooEarly = await rig.niia(['run', file, '--from', 'sum']);
  assert.equal(tooEarly.code, 2, tooEarly.stdout);
  assert.match(tooEarly.stderr, /no earlier run of this file has the results of "look"/);
  await rig.niia(['run', file]);
  const from = await rig.niia(['run', file, '--from', 'sum']);
  assert.equal(from.code, 0, from.stdout + from.stderr);
  assert.match(from.stdout, /sum\/1 {2}answered: f1\.txt f2\.txt/);
  assert.doesNotMatch(from.stdout, /look\/1/);
});

test('a detached run is followed again by resume, and stopped by stop with exit 130', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const file = rig.connector({
    name: 'far',
    models,
    pipeline: { phases: [{ name: 'wait', prompt: `echo up; ${gate.wait}` }] },
  });
  const started = await rig.niia(['run', file, '--detach']);
  assert.equal(started.code, 0, started.stderr);
  const run = started.stdout.trim();
  const following = rig.niia(['resume', run]);
  await eventually(async () => ((await rig.json(['ps'])) as readonly Row[])[0]?.state === 'running', {
    what: 'the run',
  });
  assert.equal((await rig.niia(['stop', run])).code, 0);
  assert.equal((await following).code, 130);
});

test('logs --follow prints what comes and ends with the run', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const file = rig.connector({
    name: 'log',
    models,
    pipeline: { phases: [{ name: 'say', prompt: `echo one; ${gate.wait}` }] },
  });
  await rig.niia(['run', file, '--detach']);
  const logs = rig.niia(['logs', 'last', '--follow']);
  gate.open('two');
  assert.equal((await logs).stdout, 'say/1  one\nsay/1  two\n');
});

test('SIGINT to a run in a pipe stops it politely', async () => {
  await using rig = new CliRig();
  const gate = createGate(join(rig.place, 'gate'));
  const file = rig.connector({
    name: 'int',
    models,
    pipeline: { phases: [{ name: 'wait', prompt: `echo up; ${gate.wait}` }] },
  });
  const child = spawn(process.execPath, [builtCli, 'run', file], {
    cwd: rig.folder,
    env: rig.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stdout.on('data', text => {
    said += text;
  });
  await eventually(() => /answered|working/.test(said), { what: 'a working worker', seen: () => said });
  child.kill('SIGINT');
  const code = await new Promise(resolve => child.once('close', resolve));
  assert.equal(code, 130, said);
});

test('a reader that goes away ends the command quietly', async () => {
  await using rig = new CliRig();
  rig.write(
    'many.json',
    JSON.stringify({
      connector: '2.1',
      ...Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`unknown${i}`, 1])),
    }),
  );
  const script = `'${process.execPath}' '${builtCli}' validate many.json many.json many.json many.json | head -1; echo "\${PIPESTATUS[0]}"`;
  const child = spawn('bash', ['-c', script], {
    cwd: rig.folder,
    env: rig.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', text => {
    stdout += text;
  });
  child.stderr.on('data', text => {
    stderr += text;
  });
  await new Promise(resolve => child.once('close', resolve));
  assert.equal(stderr, '');
  assert.match(stdout, /\n(141|2)\n$/);
});

test('validate is silent about nothing, prints JSON on demand, and ends with 2 only for errors', async () => {
  await using rig = new CliRig({ repository: 'none' });
  rig.connector(twoPhases, 'good.json');
  rig.connector({ ...twoPhases, pahses: 1 }, 'warned.json');
  rig.write('bad.json', '{');
  assert.deepEqual(await rig.niia(['validate', 'good.json']), {
    code: 0,
    signal: null,
    stdout: 'good.json: ok\n',
    stderr: '',
  });
  assert.equal((await rig.niia(['validate', 'warned.json'])).code, 0);
  const all = await rig.niia(['validate', 'good.json', 'bad.json', 'missing.json', '--json']);
  assert.equal(all.code, 2);
  assert.match(all.stderr, /cannot read "missing.json"/);
  const files = JSON.parse(all.stdout).map((each: { file: string; isValid: boolean }) => [
    each.file,
    each.isValid,
  ]);
  assert.deepEqual(files, [
    ['good.json', true],
    ['bad.json', false],
  ]);
});

test('init writes a file that runs, and never overwrites one', async () => {
  await using rig = new CliRig();
  assert.equal((await rig.niia(['init'])).stdout, 'connector.json\n');
  const run = await rig.niia(['run', 'connector.json']);
  assert.equal(run.code, 0, run.stdout + run.stderr);
  const again = await rig.niia(['init']);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /cannot write "connector.json": it is there already/);
});

test('a session is served, written to, waited for, asked and stopped', async () => {
  await using rig = new CliRig({ repository: 'none' });
  await rig.niia(['serve', 'echoer', '--', 'sh', '-c', 'while read line; do echo "you said $line"; done']);
  assert.equal((await rig.niia(['write', 'echoer', 'hello', 'there'])).code, 0);
  const idle = await rig.niia(['wait-idle', 'echoer', '--timeout', '20']);
  assert.equal(idle.code, 0, idle.stderr);
  assert.match((await rig.niia(['get-answer', 'echoer'])).stdout, /you said hello there/);
  assert.match((await rig.niia(['ps'])).stdout, /echoer\s+running/);
  assert.match((await rig.niia(['stop', 'echoer'])).stderr, /echoer has ended/);
  const second = await rig.niia(['serve', 'bad', '--', 'no-such-program']);
  assert.equal(second.code === 0, false);
  assert.match(second.stderr, /no-such-program/);
});

test('daemon status says what runs, and 1 when none does', async () => {
  await using rig = new CliRig({ repository: 'none' });
  const none = await rig.niia(['daemon', 'status']);
  assert.deepEqual([none.code, none.stdout], [1, '']);
  await rig.niia(['daemon', 'start']);
  const status = (await rig.json(['daemon', 'status'])) as {
    pid: number;
    version: string;
    runs: number;
    sessions: number;
  };
  assert.deepEqual(
    [typeof status.pid, status.version, status.runs, status.sessions],
    ['number', '0.1.0', 0, 0],
  );
  assert.equal((await rig.niia(['daemon', 'stop'])).code, 0);
  assert.match((await rig.niia(['daemon', 'stop'])).stderr, /no daemon runs/);
});
