/** What the editor's review commands ask of the daemon, over real runs in a real repository. */
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { DaemonClient } from '../../../runtime/daemon/client.ts';
import type { Responses, RpcFailure } from '../../../runtime/protocol.ts';
import type { Result } from '../../../runtime/result.ts';
import { eventually } from '../../support/wait.ts';
import { type PhaseSketch, planOf } from '../daemon/plan-of.ts';
import { createRig, finish, type Rig, startRun, untilEvent } from '../daemon/rig.ts';
import { failure, value } from '../git/git-rig.ts';

type Changes = Responses['run/changes'];

/** A finished run of these phases. */
async function finishedRun(t: TestContext, phases: readonly PhaseSketch[]) {
  const rig = createRig(t);
  const client = await rig.connect();
  const run = await startRun(client, planIn(rig, phases), rig.env);
  await finish(client, run);
  return { rig, client, run };
}

function planIn(rig: Rig, phases: readonly PhaseSketch[]) {
  return planOf(phases, { workspace: rig.repository.root, repository: rig.repository });
}

/** `status path (old size → new size)` of each file. */
function listed({ files }: Changes): string {
  return files
    .map(file => {
      const sides = [file.old, file.new].map(side => side && `${side.kind} ${side.bytes ?? '-'}`);
      const from = file.oldPath === undefined ? '' : `${file.oldPath} → `;
      return `${file.status} ${from}${file.path}${file.isBinary ? ' (binary)' : ''}: ${sides[0] ?? 'none'} | ${sides[1] ?? 'none'}`;
    })
    .join('\n');
}

async function contentOf(client: DaemonClient, run: string, object: string | undefined): Promise<string> {
  const { base64 } = value(await client.request('run/blob', { run, object: object ?? '' }));
  return Buffer.from(base64, 'base64').toString();
}

function codeOf(result: Result<unknown, RpcFailure>): string {
  return failure(result).code;
}

test('the changes of a run name both sides of added, changed, renamed, binary and linked files', async t => {
  const script = [
    "printf 'hello\\nworld\\n' > README",
    "printf '\\000\\001' > icon.png",
    'seq 1 50 > numbers.txt',
    'ln -s README link',
  ].join('; ');
  const { client, run } = await finishedRun(t, [
    { name: 'write', workers: [{ script }] },
    { name: 'move', workers: [{ script: 'git mv numbers.txt count.txt; rm link' }] },
  ]);
  const ofRun = value(await client.request('run/changes', { run }));
  assert.equal(
    listed(ofRun),
    [
      'modified README: file 6 | file 12',
      'added count.txt: none | file 141',
      'added icon.png (binary): none | file 2',
    ].join('\n'),
  );
  assert.equal(ofRun.commits, 2);
  const [readme] = ofRun.files;
  assert.equal(await contentOf(client, run, readme?.old?.object), 'hello\n');
  assert.equal(await contentOf(client, run, readme?.new?.object), 'hello\nworld\n');
  const ofFirst = value(await client.request('run/changes', { run, worker: 'write/1' }));
  assert.match(listed(ofFirst), /^added link: none \| link 6$/m);
  const ofSecond = value(await client.request('run/changes', { run, worker: 'move/1' }));
  assert.equal(
    listed(ofSecond),
    ['renamed numbers.txt → count.txt: file 141 | file 141', 'deleted link: link 6 | none'].join('\n'),
  );
});

test('a worker that is still at work is compared as its worktree stands', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const stop = join(rig.dir, 'go-on');
  const script = `echo new > new.txt; echo more >> README; touch "${stop}.ready"; while [ ! -e "${stop}" ]; do sleep 0.05; done`;
  const run = await startRun(client, planIn(rig, [{ name: 'p', workers: [{ script }] }]), rig.env);
  await untilEvent(client, run, event => event.kind === 'session-opened');
  await eventually(() => existsSync(`${stop}.ready`), { what: 'the files of the worker' });
  const changes = value(await client.request('run/changes', { run, worker: 'p/1' }));
  assert.equal(
    listed(changes),
    ['modified README: file 6 | file 11', 'added new.txt: none | file 4'].join('\n'),
  );
  assert.equal(changes.liveDir !== undefined && existsSync(join(changes.liveDir, 'new.txt')), true);
  writeFileSync(stop, '');
  await finish(client, run);
  const after = value(await client.request('run/changes', { run, worker: 'p/1' }));
  assert.equal(after.liveDir, undefined);
  assert.equal(listed(after), listed(changes));
});

test('two workers are compared with each other', async t => {
  const { client, run } = await finishedRun(t, [
    {
      name: 'p',
      workers: ['a', 'b'].map(id => ({ id, script: `echo ${id} > same.txt; echo x > ${id}.txt` })),
      overrides: { merge: 'none' },
    },
  ]);
  const changes = value(await client.request('run/changes', { run, worker: 'p/a', against: 'p/b' }));
  assert.equal(
    listed(changes),
    ['renamed a.txt → b.txt: file 2 | file 2', 'modified same.txt: file 2 | file 2'].join('\n'),
  );
});

test('a merge that is only tried says what would happen and changes nothing', async t => {
  const { rig, client, run } = await finishedRun(t, [
    { name: 'p', workers: [{ script: 'echo new > new.txt' }] },
  ]);
  const before = rig.git('rev-parse', 'HEAD');
  const tried = value(await client.request('run/merge', { run, dryRun: true }));
  assert.deepEqual(tried, { branch: 'main', commit: before, files: 1, commits: 1 });
  assert.equal(rig.git('rev-parse', 'HEAD'), before);
  rig.git('config', 'user.name', 'User');
  rig.git('config', 'user.email', 'user@example.com');
  value(await client.request('run/merge', { run }));
  const again = value(await client.request('run/merge', { run, dryRun: true }));
  assert.deepEqual([again.files, again.commits], [0, 0]);
});

test('a merge that is only tried names the files in its way', async t => {
  const { rig, client, run } = await finishedRun(t, [
    { name: 'p', workers: [{ script: 'echo new > new.txt' }] },
  ]);
  writeFileSync(join(rig.repository.root, 'new.txt'), 'mine\n');
  const refused = failure(await client.request('run/merge', { run, dryRun: true }));
  assert.equal(refused.code, 'would_overwrite');
  assert.match(refused.message, /new\.txt/);
});

test('a branch for a pull request stands at the head of the run, and no file of the user changes', async t => {
  const { rig, client, run } = await finishedRun(t, [
    { name: 'p', workers: [{ script: 'echo new > new.txt' }] },
  ]);
  writeFileSync(join(rig.repository.root, 'README'), 'not committed\n');
  rig.git('remote', 'add', 'origin', join(rig.dir, 'nowhere'));
  const made = value(await client.request('run/branch', { run, name: 'feature/new' }));
  assert.equal(made.commit, rig.git('rev-parse', 'feature/new'));
  assert.deepEqual(made.remotes, ['origin']);
  assert.equal(rig.git('rev-parse', '--abbrev-ref', 'HEAD'), 'main');
  assert.equal(rig.git('status', '--porcelain'), 'M README');
  const again = await client.request('run/branch', { run, name: 'feature/new' });
  assert.equal(value(again).commit, made.commit, 'asked again, it is there already');
});

test('a branch is refused that has another commit, a bad name, or a name of ours', async t => {
  const { client, run } = await finishedRun(t, [{ name: 'p', workers: [{ script: 'echo new > new.txt' }] }]);
  const ask = (name: string) => client.request('run/branch', { run, name });
  assert.equal(codeOf(await ask('main')), 'branch-exists');
  assert.equal(codeOf(await ask('two..dots')), 'bad-branch');
  assert.equal(codeOf(await ask('--force')), 'bad-branch');
  assert.equal(codeOf(await ask('niia/x')), 'bad-branch');
});

test('what a run left is named before it is thrown away, and nothing else goes', async t => {
  const { rig, client, run } = await finishedRun(t, [
    { name: 'p', workers: [{ script: 'echo lost > lost.txt; exit 3' }] },
  ]);
  rig.git('branch', 'niia/other/head');
  const discard = (dryRun: boolean, branches: boolean) =>
    client.request('run/discard', { run, branches, dryRun });
  const [worktree] = value(await discard(true, true)).worktrees;
  writeFileSync(join(worktree?.dir ?? '', 'extra.txt'), 'by hand\n');
  const tried = value(await discard(true, true));
  assert.deepEqual(tried.worktrees, [{ dir: worktree?.dir, holds: '1 uncommitted change (extra.txt)' }]);
  assert.deepEqual(tried.branches, [`niia/${run}/w/p/1`]);
  assert.equal(tried.commits, 1);
  assert.equal(existsSync(worktree?.dir ?? ''), true);
  const done = value(await discard(false, false));
  assert.deepEqual(done.worktrees, tried.worktrees);
  assert.equal(existsSync(worktree?.dir ?? ''), false);
  assert.equal(rig.git('worktree', 'list', '--porcelain').includes(worktree?.dir ?? '?'), false);
  assert.notEqual(
    rig.git('branch', '--list', `niia/${run}/*`),
    '',
    'branches stay unless they are asked for',
  );
  value(await discard(false, true));
  assert.equal(rig.git('branch', '--list', 'niia/*').trim(), 'niia/other/head');
  assert.equal(value(await client.request('run/show', { run })).view.outcome, 'failed');
});

test('only the worktree and branch of the worker named are thrown away', async t => {
  const { rig, client, run } = await finishedRun(t, [
    {
      name: 'p',
      workers: ['a', 'b'].map(id => ({ id, script: `echo ${id} > ${id}.txt` })),
      overrides: { merge: 'none' },
    },
  ]);
  const done = value(
    await client.request('run/discard', { run, worker: 'p/a', branches: true, dryRun: false }),
  );
  assert.deepEqual(done.branches, [`niia/${run}/w/p/a`]);
  assert.equal(done.commits, 1);
  assert.deepEqual(done.kept, []);
  assert.equal(
    rig.git('for-each-ref', '--format=%(refname:short)', `refs/heads/niia/${run}/w`),
    `niia/${run}/w/p/b`,
  );
});

test('nothing of a run that goes on is thrown away', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planIn(rig, [{ name: 'p', workers: [{ script: 'exec sleep 600' }] }]);
  const run = await startRun(client, plan, rig.env);
  await untilEvent(client, run, event => event.kind === 'session-opened');
  assert.equal(
    codeOf(await client.request('run/discard', { run, branches: true, dryRun: false })),
    'run-going-on',
  );
});
