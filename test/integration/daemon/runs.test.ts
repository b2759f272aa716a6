import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { planOf, shellStep } from './plan-of.ts';
import { createRig, finish, isAlive, ofKind, outcomeOf, type Rig, startRun, untilEvent } from './rig.ts';

function framed(rig: Rig, overrides: Parameters<typeof planOf>[1]['overrides'] = {}) {
  return { workspace: rig.repository.root, repository: rig.repository, overrides };
}

function worktreesLeft(rig: Rig): readonly string[] {
  const dir = `${rig.repository.root}.worktrees`;
  return existsSync(dir) ? readdirSync(dir) : [];
}

test('three parallel workers commit, are merged, and hand their answers to the next phase', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planOf(
    [
      {
        name: 'research',
        workers: ['a', 'b', 'c'].map(id => ({ id, script: `echo ${id} > ${id}.txt; echo "found ${id}"` })),
      },
      {
        name: 'sum',
        workers: [
          { script: 'cat a.txt b.txt c.txt > all.txt; echo {answers.research.b}; cat "$NIIA_CONTEXT"' },
        ],
      },
    ],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-5), null, 1));
  assert.deepEqual(
    ofKind(events, 'merged').map(({ worker }) => worker),
    ['research/a', 'research/b', 'research/c', 'sum/1'],
  );
  assert.equal(rig.git('show', `niia/${run}/head:all.txt`), 'a\nb\nc');
  const dir = join(rig.stateDir, 'runs', run);
  const answer = readFileSync(join(dir, 'answers/sum/1.md'), 'utf8');
  assert.match(answer, /^found b\n/);
  assert.match(answer, /### research \/ c\nfound c/);
  assert.equal(existsSync(join(dir, 'env.json')), false);
  assert.deepEqual(worktreesLeft(rig), []);
  assert.equal(rig.git('branch', '--list', 'niia/*', '--format=%(refname:short)'), `niia/${run}/head`);
  assert.equal(rig.git('status', '--porcelain'), '');
  assert.equal(rig.git('rev-parse', 'main'), rig.repository.head);
});

test('a merge conflict names the files, stops the run and keeps every branch', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planOf(
    [
      { name: 'edit', workers: [{ script: 'echo one > README' }, { script: 'echo two > README' }] },
      { name: 'later', workers: [{ script: 'true' }] },
    ],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'failed');
  assert.deepEqual(
    ofKind(events, 'merge-conflict').map(({ worker, files }) => ({ worker, files })),
    [{ worker: 'edit/2', files: ['README'] }],
  );
  assert.equal(rig.git('show', `niia/${run}/w/edit/2:README`), 'two');
  assert.equal(rig.git('show', `niia/${run}/head:README`), 'one');
  assert.equal(ofKind(events, 'worktree-kept').length, 1);
});

test('a retry runs the failed worker and what builds on it, and no good worker', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const log = join(rig.dir, 'ran');
  const plan = planOf(
    [
      {
        name: 'try',
        workers: [
          { id: 'good', script: `echo good >> ${log}; echo g > good.txt` },
          { id: 'bad', script: `echo bad >> ${log}; test -e ${rig.dir}/fixed; echo b > bad.txt` },
        ],
      },
      { name: 'after', workers: [{ script: `echo after >> ${log}; ls` }] },
    ],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  assert.equal(outcomeOf(await finish(client, run)), 'failed');
  writeFileSync(join(rig.dir, 'fixed'), '');
  const retried = await client.request('run/retry', { run, targets: [], env: rig.env });
  assert.deepEqual(retried, { ok: true, value: { workers: ['try/bad', 'after/1'] } });
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-5), null, 1));
  const ran = readFileSync(log, 'utf8').trim().split('\n').sort();
  assert.deepEqual(ran, ['after', 'bad', 'bad', 'good']);
  assert.deepEqual(rig.git('ls-tree', '--name-only', `niia/${run}/head`).split('\n'), [
    'README',
    'bad.txt',
    'good.txt',
  ]);
  assert.deepEqual(worktreesLeft(rig), []);
});

test('a person picks the branch that is merged', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planOf(
    [
      {
        name: 'try',
        workers: [{ script: 'echo one > README' }, { script: 'echo two > README' }],
        overrides: { merge: 'pick' },
      },
    ],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  await untilEvent(client, run, event => event.kind === 'pick-opened');
  const wrong = await client.request('run/pick', { run, phase: 'try', worker: 'nobody' });
  assert.equal(wrong.ok, false);
  const picked = await client.request('run/pick', { run, phase: 'try', worker: '2' });
  assert.deepEqual(picked, { ok: true, value: {} });
  assert.equal(outcomeOf(await finish(client, run)), 'succeeded');
  assert.equal(rig.git('show', `niia/${run}/head:README`), 'two');
});

test('a gate waits for approval', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planOf(
    [{ name: 'go', workers: [{ script: 'true' }], overrides: { gate: 'approve' } }],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  await untilEvent(client, run, event => event.kind === 'gate-opened');
  assert.equal((await client.request('run/show', { run })).ok, true);
  const approved = await client.request('run/approve', { run, gate: 'go' });
  assert.deepEqual(approved, { ok: true, value: {} });
  assert.equal(outcomeOf(await finish(client, run)), 'succeeded');
});

test('a step that wants to write asks first', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const steps = [shellStep('write', 'echo x > x.txt', { intent: 'write' }), shellStep('look', 'ls -1')];
  const plan = planOf([{ name: 'steps', workers: [{}], overrides: { steps } }], framed(rig));
  const run = await startRun(client, plan, rig.env);
  await untilEvent(client, run, event => event.kind === 'answer-needed');
  const given = await client.request('run/answer', { run, worker: 'steps/1', text: 'yes' });
  assert.deepEqual(given, { ok: true, value: {} });
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-5), null, 1));
  assert.equal(rig.git('show', `niia/${run}/head:x.txt`), 'x');
  assert.deepEqual(
    ofKind(events, 'step-ended').map(({ step, exit, lines }) => ({ step, code: exit.code, lines })),
    [
      { step: 'write', code: 0, lines: 0 },
      { step: 'look', code: 0, lines: 2 },
    ],
  );
});

test('without a repository workers run in the folder itself', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planOf([{ name: 'here', workers: [{ script: 'echo hi > made.txt; pwd' }] }], {
    workspace: rig.plain,
  });
  const run = await startRun(client, plan, rig.env);
  assert.equal(outcomeOf(await finish(client, run)), 'succeeded');
  assert.equal(readFileSync(join(rig.plain, 'made.txt'), 'utf8'), 'hi\n');
});

test('a setup that fails fails its worker and leaves no worktree behind', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const setup = ['sh', '-c', 'echo no network; exit 3'];
  const plan = planOf(
    [{ name: 'p', workers: [{ script: 'echo never', overrides: { setup } }] }],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'failed');
  const [ended] = ofKind(events, 'worker-ended');
  assert.equal(ended?.outcome.kind === 'failed' && ended.outcome.reason.kind, 'setup');
  assert.match(JSON.stringify(ended), /no network/);
  assert.deepEqual(worktreesLeft(rig), []);
  assert.equal(rig.git('branch', '--list', 'niia/*'), '');
});

test('a setup that takes too long is a worker whose time is over', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const setup = ['sleep', '1000'];
  const plan = planOf(
    [{ name: 'p', workers: [{ script: 'echo never', overrides: { setup, timeoutMs: 300 } }] }],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  const [ended] = ofKind(await finish(client, run), 'worker-ended');
  assert.equal(ended?.outcome.kind === 'failed' && ended.outcome.reason.kind, 'timed_out');
});

test('the run keeps its branch while it holds anything, whoever else holds it too', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const workers = [{ script: 'echo one > one.txt' }];
  const plan = planOf(
    [
      { name: 'a', workers },
      { name: 'b', workers: [{ script: 'echo two > two.txt' }], overrides: { merge: 'none' } },
    ],
    framed(rig),
  );
  const run = await startRun(client, plan, rig.env);
  assert.equal(outcomeOf(await finish(client, run)), 'succeeded');
  assert.match(rig.git('branch', '--list', 'niia/*'), new RegExp(`niia/${run}/head`));
});

test('a worker whose time is over is killed with everything it started', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const pids = join(rig.dir, 'pids');
  const script = `trap '' INT TERM; setsid sh -c 'echo $$ >> ${pids}; exec sleep 1000' & sleep 1000 & echo $! >> ${pids}; wait`;
  const plan = planOf([{ name: 'p', workers: [{ script, overrides: { timeoutMs: 500 } }] }], framed(rig));
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run);
  const [ended] = ofKind(events, 'worker-ended');
  assert.equal(ended?.outcome.kind === 'failed' && ended.outcome.reason.kind, 'timed_out');
  const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
  assert.equal(started.length, 2);
  for (const pid of started) await eventually(() => !isAlive(pid), { what: `the end of ${pid}` });
});

test('a stop asks politely, keeps the work, and a resume goes on', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const script = `test -e ${rig.dir}/again || { echo half > half.txt; touch ${rig.dir}/begun; sleep 1000; }; echo done > done.txt`;
  const plan = planOf([{ name: 'p', workers: [{ script }] }], framed(rig));
  const run = await startRun(client, plan, rig.env);
  await eventually(() => existsSync(join(rig.dir, 'begun')), { what: 'the worker to begin' });
  assert.deepEqual(await client.request('run/stop', { run, how: 'polite' }), { ok: true, value: {} });
  const stopped = await finish(client, run);
  assert.equal(outcomeOf(stopped), 'stopped', JSON.stringify(stopped.slice(-5), null, 1));
  assert.equal(rig.git('show', `niia/${run}/w/p/1:half.txt`), 'half');
  writeFileSync(join(rig.dir, 'again'), '');
  assert.deepEqual(await client.request('run/resume', { run, env: rig.env }), { ok: true, value: {} });
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-5), null, 1));
  assert.deepEqual(rig.git('ls-tree', '--name-only', `niia/${run}/head`).split('\n'), [
    'README',
    'done.txt',
    'half.txt',
  ]);
});

test('secrets stand in no journal, no event, no log and no recording', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const secret = 'tok-4711-very-secret';
  const script = `echo "key is $KEY"; exit 1`;
  const plan = planOf(
    [{ name: 'p', workers: [{ script, overrides: { env: { KEY: `\${env:MY_VALUE}` } } }] }],
    framed(rig),
  );
  const run = await startRun(client, plan, { ...rig.env, MY_VALUE: secret });
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'failed');
  assert.match(JSON.stringify(events), /key is \*\*\*/);
  const dir = join(rig.stateDir, 'runs', run);
  await eventually(() => existsSync(join(dir, 'summary.json')), { what: 'the summary' });
  const recordings = readdirSync(join(dir, 'sessions')).map(name => join('sessions', name));
  assert.ok(recordings.some(name => name.endsWith('.cast')));
  for (const file of ['journal.ndjson', 'plan.json', 'summary.json', ...recordings]
    .map(name => join(dir, name))
    .concat(rig.logFile))
    assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(secret), file);
  assert.equal(existsSync(join(dir, 'env.json')), false);
});

test('a second run of the same slug gets the next free name', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const script = `touch ${rig.dir}/begun-$NIIA_RUN; until test -e ${rig.dir}/go; do sleep 0.02; done; pwd`;
  const plan = planOf([{ name: 'p', workers: [{ script }] }], framed(rig));
  const runs = [await startRun(client, plan, rig.env), await startRun(client, plan, rig.env)];
  for (const run of runs)
    await eventually(() => existsSync(join(rig.dir, `begun-${run}`)), { what: `${run} to begin` });
  writeFileSync(join(rig.dir, 'go'), '');
  const slugs = [];
  for (const run of runs) {
    const events = await finish(client, run);
    assert.equal(outcomeOf(events), 'succeeded');
    slugs.push(...ofKind(events, 'worktree-ready').map(({ slug }) => slug));
  }
  assert.deepEqual(slugs.sort(), ['test-p-1', 'test-p-1-2']);
});
