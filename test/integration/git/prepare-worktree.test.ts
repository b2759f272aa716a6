import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { commitWorktree } from '../../../runtime/git/commit.ts';
import { removeHalfMadeWorktrees } from '../../../runtime/git/half-made-worktrees.ts';
import { mergeIntoBranch } from '../../../runtime/git/merge.ts';
import { prepareWorktree, updateWorktree } from '../../../runtime/git/prepare-worktree.ts';
import { readRepository } from '../../../runtime/git/repository.ts';
import { readWorktreeEntries } from '../../../runtime/git/worktree-entries.ts';
import { listWorktreeRecords } from '../../../runtime/git/worktree-record.ts';
import { failure, GitRig, value } from './git-rig.ts';

test('a new worktree has the files of its base, on its own branch, beside the repository', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', 'dir/b.txt': 'b\n' });
  const { worktree, origin, isSetUp } = await rig.prepare(await rig.guard(), rig.request('w1', base));
  assert.equal(worktree.path, join(dirname(rig.repo), 'repo.worktrees', 'slug-w1'));
  assert.equal(readFileSync(join(worktree.path, 'dir/b.txt'), 'utf8'), 'b\n');
  assert.equal(rig.gitAt(worktree.path, 'status', '--porcelain'), '');
  assert.equal(rig.gitAt(worktree.path, 'symbolic-ref', '--short', 'HEAD'), 'niia/r1/w/p1/w1');
  assert.deepEqual({ origin, isSetUp }, { origin: 'created', isSetUp: false });
});

test('the same request again adopts the worktree with the work in it', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const first = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(first.worktree.path, 'a.txt'), 'work\n');
  await updateWorktree(guard, first.worktree.slug, { isSetUp: true });
  const second = await rig.prepare(await rig.guard(), rig.request('w1', base));
  assert.deepEqual(second.worktree, first.worktree);
  assert.deepEqual([second.origin, second.isSetUp], ['adopted', true]);
  assert.equal(readFileSync(join(first.worktree.path, 'a.txt'), 'utf8'), 'work\n');
});

test('32 worktrees at once are all made, from two guards of one repository', {
  timeout: 120_000,
}, async () => {
  using rig = new GitRig();
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`d${i % 6}/f${i}.txt`, `${i}\n`]));
  const base = rig.commit(files);
  const guards = [await rig.guard('r1'), await rig.guard('r2')];
  const prepared = await Promise.all(
    Array.from({ length: 32 }, async (_, i) => {
      const guard = guards[i % 2] ?? assert.fail();
      return await rig.prepare(guard, rig.request(`w${i}`, base, { branch: `niia/r${i % 2}/w/p/${i}` }));
    }),
  );
  for (const { worktree } of prepared) assert.equal(rig.gitAt(worktree.path, 'status', '--porcelain'), '');
  assert.equal(new Set(prepared.map(({ worktree }) => worktree.path)).size, 32);
});

test('a slug that another run or a stranger holds gives the next free number', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  await rig.prepare(await rig.guard('other'), rig.request('w1', base, { branch: 'niia/other/w/p1/w1' }));
  mkdirSync(join(rig.worktreesDir, 'slug-w1-2'));
  const { worktree } = await rig.prepare(await rig.guard('r1'), rig.request('w1', base));
  assert.equal(worktree.slug, 'slug-w1-3');
});

test('a later phase takes over a merged worktree, at the head of the run, with its ignored files', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', '.gitignore': 'node_modules/\n' });
  const guard = await rig.guard();
  const first = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(first.worktree.path, 'one.txt'), 'one\n');
  mkdirSync(join(first.worktree.path, 'node_modules'));
  const { head } = value(
    await commitWorktree(guard, { worktree: first.worktree, worker: 'w1', message: 'one' }),
  );
  const runHead = rig.git('commit-tree', `${head}^{tree}`, '-p', head, '-m', 'run head');
  const again = { branch: 'niia/r1/w/p2/w1', mayReuse: true };
  const second = await rig.prepare(guard, rig.request('w1', runHead, again));
  assert.deepEqual([second.origin, second.worktree.path], ['reused', first.worktree.path]);
  assert.equal(rig.gitAt(second.worktree.path, 'rev-parse', 'HEAD'), runHead);
  assert.equal(rig.gitAt(second.worktree.path, 'symbolic-ref', '--short', 'HEAD'), 'niia/r1/w/p2/w1');
  assert.equal(rig.gitAt(second.worktree.path, 'status', '--porcelain'), '');
  assert.ok(existsSync(join(second.worktree.path, 'node_modules')));
});

test('a later phase gets another worktree while the slug holds unmerged work', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const first = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(first.worktree.path, 'one.txt'), 'one\n');
  const again = { branch: 'niia/r1/w/p2/w1', mayReuse: true };
  const second = await rig.prepare(guard, rig.request('w1', base, again));
  assert.equal(second.worktree.slug, 'slug-w1-2');
  assert.ok(existsSync(join(first.worktree.path, 'one.txt')));
});

test('a worktree that was removed by hand is made again from its branch', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const first = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(first.worktree.path, 'one.txt'), 'one\n');
  value(await commitWorktree(guard, { worktree: first.worktree, worker: 'w1', message: 'one' }));
  rmSync(first.worktree.path, { recursive: true });
  const second = await rig.prepare(guard, rig.request('w1', base));
  assert.equal(second.origin, 'created');
  assert.equal(readFileSync(join(second.worktree.path, 'one.txt'), 'utf8'), 'one\n');
});

test('resume takes over the worktree that an earlier run left', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const first = await rig.prepare(await rig.guard('r1'), rig.request('w1', base));
  writeFileSync(join(first.worktree.path, 'one.txt'), 'one\n');
  const resumed = await rig.prepare(await rig.guard('r2'), rig.request('w1', base, { resume: true }));
  assert.equal(resumed.worktree.path, first.worktree.path);
  assert.ok(existsSync(join(resumed.worktree.path, 'one.txt')));
});

/** Runs git's own `worktree add`, and kills it after so many milliseconds. */
async function killDuringAdd(rig: GitRig, path: string, branch: string, afterMs: number): Promise<void> {
  rig.git('branch', branch);
  const child = spawn('git', ['worktree', 'add', '--no-checkout', '--force', path, branch], {
    cwd: rig.repo,
    env: { ...process.env, ...rig.access.env },
    stdio: 'ignore',
    detached: true,
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  await once(child, 'exit');
  clearTimeout(timer);
}

test('a worktree add that is killed at any moment is made good by the same request', {
  timeout: 60_000,
}, async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  mkdirSync(rig.worktreesDir);
  for (let i = 0; i < 12; i += 1) {
    const request = rig.request(`w${i}`, base);
    const path = join(rig.worktreesDir, request.slug);
    const record = { ...request, path, gitDir: '', excluded: [], stage: 'claimed', isSetUp: false };
    mkdirSync(join(guard.dir, 'worktrees'), { recursive: true });
    writeFileSync(join(guard.dir, 'worktrees', `${request.slug}.json`), JSON.stringify(record));
    await killDuringAdd(rig, path, request.branch, i / 2);
    const { worktree } = await rig.prepare(guard, request);
    assert.equal(worktree.path, path);
    assert.equal(rig.gitAt(path, 'status', '--porcelain'), '');
  }
  const entries = await readWorktreeEntries(guard.commonDir);
  assert.deepEqual(
    entries.filter(entry => entry.isHalfMade),
    [],
  );
});

/** The states that a killed `worktree add` leaves its record in, in the order git makes them. */
const HALF_MADE: readonly (readonly string[])[] = [
  [],
  ['locked'],
  ['locked', 'emptyGitdir'],
  ['locked', 'gitdir'],
  ['locked', 'gitdir', 'HEAD'],
  ['locked', 'gitdir', 'HEAD', 'commondir'],
];

for (const files of HALF_MADE) {
  test(`a record with only [${files.join(', ')}] is replaced by a whole worktree`, async () => {
    using rig = new GitRig();
    const base = rig.commit({ 'a.txt': 'a\n' });
    const guard = await rig.guard();
    const request = rig.request('w1', base);
    const path = join(rig.worktreesDir, request.slug);
    const record = { ...request, path, gitDir: '', excluded: [], stage: 'claimed', isSetUp: false };
    rig.write(join(guard.dir, 'worktrees', `${request.slug}.json`), JSON.stringify(record));
    const gitDir = join(rig.repo, '.git', 'worktrees', request.slug);
    mkdirSync(gitDir, { recursive: true });
    const texts: Record<string, string> = {
      locked: 'initializing',
      gitdir: `${path}/.git\n`,
      HEAD: `${base}\n`,
      commondir: '../..\n',
    };
    for (const file of files) writeFileSync(join(gitDir, file.replace('emptyG', 'g')), texts[file] ?? '');
    if (files.includes('gitdir')) rig.write(join(path, '.git'), `gitdir: ${gitDir}\n`);
    const { worktree } = await rig.prepare(guard, request);
    assert.equal(worktree.path, path);
    assert.equal(rig.gitAt(path, 'status', '--porcelain'), '');
    assert.deepEqual(readdirSync(dirname(gitDir)), ['slug-w1']);
  });
}

test('half-made records below our folder are swept, others and whole ones are not', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  for (const [id, path] of [
    ['dead', join(rig.worktreesDir, 'dead')],
    ['elsewhere', join(rig.dir, 'elsewhere')],
  ] as const) {
    const gitDir = join(rig.repo, '.git', 'worktrees', id);
    rig.write(join(gitDir, 'gitdir'), `${path}/.git\n`);
    rig.write(join(gitDir, 'locked'), 'initializing');
  }
  assert.deepEqual(value(await removeHalfMadeWorktrees(guard, rig.worktreesDir)), ['dead']);
  const ids = (await readWorktreeEntries(guard.commonDir)).map(entry => entry.id);
  assert.deepEqual(ids.sort(), ['elsewhere', 'slug-w1']);
  assert.ok(existsSync(worktree.path));
});

test('a checkout that was cut short is finished by the same request', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', 'b.txt': 'b\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  const [record] = await listWorktreeRecords(guard.dir);
  rig.write(join(guard.dir, 'worktrees', 'slug-w1.json'), JSON.stringify({ ...record, stage: 'added' }));
  rmSync(join(worktree.gitDir, 'index'));
  rmSync(join(worktree.path, 'b.txt'));
  await rig.prepare(guard, rig.request('w1', base));
  assert.equal(rig.gitAt(worktree.path, 'status', '--porcelain'), '');
});

test('a name taken by a worktree of the user between our note and our add is left to the user', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const request = rig.request('w1', base);
  const path = join(rig.worktreesDir, request.slug);
  const record = { ...request, path, gitDir: '', excluded: [], stage: 'claimed', isSetUp: false };
  rig.write(join(guard.dir, 'worktrees', `${request.slug}.json`), JSON.stringify(record));
  rig.git('worktree', 'add', '-b', 'mine', path);
  writeFileSync(join(path, 'precious.txt'), 'x');
  const { worktree } = await rig.prepare(guard, request);
  assert.equal(worktree.slug, 'slug-w1-2');
  assert.ok(existsSync(join(path, 'precious.txt')));
});

test('a folder that cannot be made is one clear failure that leaves nothing behind', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  rig.write(join(rig.dir, 'file'), '');
  const guard = await rig.guard();
  const request = rig.request('w1', base, { worktreesDir: join(rig.dir, 'file', 'trees') });
  const refused = failure(await prepareWorktree(guard, request));
  assert.equal(refused.kind, 'worktrees_dir');
  assert.equal(rig.git('branch', '--list', 'niia/*'), '');
});

test('a read-only parent folder is a clear failure', {
  skip: process.getuid?.() === 0 && 'root writes everywhere',
}, async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const parent = join(rig.dir, 'locked');
  mkdirSync(parent);
  chmodSync(parent, 0o555);
  const refused = failure(
    await prepareWorktree(guard, rig.request('w1', base, { worktreesDir: join(parent, 'x') })),
  );
  assert.equal(refused.kind, 'worktrees_dir');
});

test('worktrees are never made inside the workspace', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const request = rig.request('w1', base, { worktreesDir: join(rig.repo, '.worktrees') });
  assert.equal(failure(await prepareWorktree(await rig.guard(), request)).kind, 'inside_workspace');
});

test('a branch that the user has checked out is refused with its place', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  rig.git('checkout', '--quiet', '-b', 'niia/r1/w/p1/w1');
  const refused = failure(await prepareWorktree(await rig.guard(), rig.request('w1', base)));
  assert.deepEqual(refused, { kind: 'branch_in_use', branch: 'niia/r1/w/p1/w1', path: rig.repo });
});

test('a repository with submodules gets worktrees that can be committed and merged', async () => {
  using rig = new GitRig();
  const library = join(rig.dir, 'library');
  mkdirSync(library);
  rig.gitAt(library, 'init', '--quiet');
  rig.gitAt(
    library,
    '-c',
    'user.name=u',
    '-c',
    'user.email=u@x',
    'commit',
    '--quiet',
    '--allow-empty',
    '-m',
    'x',
  );
  rig.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', library, 'lib');
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(worktree.path, 'a.txt'), 'b\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('diff', '--name-only', base, head), 'a.txt');
  assert.equal(
    value(await mergeIntoBranch(guard, { into: 'niia/r1/head', from: head, message: 'm' })).kind,
    'fast_forward',
  );
});

test('a repository of SHA-256 objects works', async () => {
  using rig = new GitRig({ init: ['--object-format=sha256'] });
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(worktree.path, 'a.txt'), 'b\n');
  assert.equal(
    value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' })).kind,
    'committed',
  );
});

test('a repository tells whether HEAD is a branch, detached or unborn, and whether it is dirty', async () => {
  using rig = new GitRig();
  const unborn = await rig.repository();
  assert.deepEqual([unborn.head, unborn.isDirty], [{ kind: 'unborn', branch: 'main' }, false]);
  const commit = rig.commit({ 'a.txt': 'a\n' });
  rig.write('new.txt', 'x');
  const dirty = await rig.repository();
  assert.deepEqual([dirty.head, dirty.isDirty], [{ kind: 'branch', branch: 'main', commit }, true]);
  rig.git('checkout', '--quiet', '--detach');
  assert.deepEqual((await rig.repository()).head, { kind: 'detached', commit });
});

test('no repository and a bare repository are facts, not failures', async () => {
  using rig = new GitRig({ init: false });
  assert.equal(value(await readRepository(rig.home, rig.access)).kind, 'no_repository');
  rig.gitAt(rig.repo, 'init', '--quiet', '--bare');
  const bare = value(await readRepository(rig.repo, rig.access));
  assert.ok(bare.kind === 'repository' && bare.isBare);
});

test('a repository is found from a folder below, and from a worktree of the user', async () => {
  using rig = new GitRig();
  rig.commit({ 'deep/er/a.txt': 'a\n' });
  const below = value(await readRepository(join(rig.repo, 'deep/er'), rig.access));
  const tree = join(rig.dir, 'tree');
  rig.git('worktree', 'add', '--quiet', '-b', 'side', tree);
  const linked = value(await readRepository(tree, rig.access));
  assert.ok(below.kind === 'repository' && linked.kind === 'repository');
  assert.deepEqual([below.root, linked.root], [rig.repo, tree]);
  assert.equal(linked.commonDir, below.commonDir);
});
