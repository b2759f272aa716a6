import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commitWorktree } from '../../../runtime/git/commit.ts';
import { listChanges, readPatch } from '../../../runtime/git/diff.ts';
import { isClean } from '../../../runtime/git/held-work.ts';
import { mergeIntoBranch } from '../../../runtime/git/merge.ts';
import { mergeIntoUserBranch } from '../../../runtime/git/merge-into-user.ts';
import { plantedPrograms } from '../../../runtime/git/open-guard.ts';
import { removeWorktree } from '../../../runtime/git/remove-worktree.ts';
import { failure, GitRig, value } from './git-rig.ts';

/** A run with one prepared worktree and a trap. */
async function scene(
  rig: GitRig,
  files: Readonly<Record<string, string>> = { 'a.txt': 'a\n', 'b.bin': 'b\n' },
) {
  const base = rig.commit(files);
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  return { base, guard, worktree, trap: rig.trap() };
}

test('a .git replaced by a repository with an fsmonitor runs nothing, and the work is committed', async () => {
  using rig = new GitRig();
  const { guard, worktree, trap } = await scene(rig);
  rmSync(join(worktree.path, '.git'));
  rig.gitAt(worktree.path, 'init', '--quiet');
  rig.gitAt(worktree.path, 'config', 'core.fsmonitor', trap.program);
  rig.gitAt(worktree.path, 'config', 'core.hooksPath', join(worktree.path, 'hooks'));
  writeFileSync(join(worktree.path, 'new.txt'), 'new\n');
  assert.equal(value(await isClean(guard, worktree)), false);
  const outcome = value(await commitWorktree(guard, { worktree, worker: 'w1', model: 'm', message: 'x' }));
  assert.equal(outcome.kind, 'committed');
  assert.equal(rig.git('show', `${worktree.branch}:new.txt`), 'new');
  assert.equal(trap.hasRun(), false);
});

test('a filter that a worker writes into the shared configuration does not run', async () => {
  using rig = new GitRig();
  const { base, guard, worktree, trap } = await scene(rig);
  rig.gitAt(worktree.path, 'config', 'filter.evil.clean', trap.program);
  rig.gitAt(worktree.path, 'config', 'filter.evil.smudge', trap.program);
  rig.gitAt(worktree.path, 'config', 'filter.evil.required', 'true');
  writeFileSync(join(worktree.path, '.gitattributes'), '* filter=evil\n');
  mkdirSync(join(rig.repo, '.git', 'info'), { recursive: true });
  writeFileSync(join(rig.repo, '.git', 'info', 'attributes'), '* filter=evil\n');
  writeFileSync(join(worktree.path, 'a.txt'), 'changed\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  await rig.prepare(guard, rig.request('w2', head));
  value(await mergeIntoBranch(guard, { into: 'niia/r1/head', from: head, message: 'm' }));
  value(await listChanges(guard, base, head));
  assert.equal(trap.hasRun(), false);
  assert.equal(rig.git('cat-file', '-p', `${head}:a.txt`), 'changed');
});

test('a filter of the user from before the run does run, in and out', async () => {
  using rig = new GitRig();
  rig.git('config', 'filter.rot.clean', "tr 'a-z' 'b-za'");
  rig.git('config', 'filter.rot.smudge', "tr 'b-za' 'a-z'");
  const { guard, worktree } = await scene(rig, { '.gitattributes': '*.rot filter=rot\n', 'x.rot': 'abc\n' });
  assert.equal(rig.git('cat-file', '-p', 'HEAD:x.rot'), 'bcd');
  assert.equal(readFileSync(join(worktree.path, 'x.rot'), 'utf8'), 'abc\n');
  writeFileSync(join(worktree.path, 'y.rot'), 'hal\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('cat-file', '-p', `${head}:y.rot`), 'ibm');
});

test('a filter of the user that a worker replaces runs as it was before the run', async () => {
  using rig = new GitRig();
  rig.git('config', 'filter.rot.clean', "tr 'a-z' 'b-za'");
  const { guard, worktree, trap } = await scene(rig, {
    '.gitattributes': '*.rot filter=rot\n',
    'x.rot': 'abc\n',
  });
  rig.gitAt(worktree.path, 'config', 'filter.rot.clean', trap.program);
  writeFileSync(join(worktree.path, 'y.rot'), 'hal\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('cat-file', '-p', `${head}:y.rot`), 'ibm');
  assert.equal(trap.hasRun(), false);
});

test('no hook of user or worker runs for our checkouts, commits and merges', async () => {
  using rig = new GitRig();
  const trap = rig.trap();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const hooks =
    'post-checkout pre-commit commit-msg post-commit pre-merge-commit post-merge reference-transaction post-index-change';
  for (const hook of hooks.split(' ')) {
    writeFileSync(join(rig.repo, '.git', 'hooks', hook), readFileSync(trap.program), { mode: 0o755 });
  }
  const guard = await rig.guard();
  for (const worker of ['w1', 'w2']) {
    const { worktree } = await rig.prepare(guard, rig.request(worker, base));
    writeFileSync(join(worktree.path, `${worker}.txt`), 'x\n');
    const { head } = value(await commitWorktree(guard, { worktree, worker, message: 'x' }));
    const merged = value(await mergeIntoBranch(guard, { into: 'niia/r1/head', from: head, message: 'm' }));
    assert.notEqual(merged.kind, 'conflict');
    assert.equal(value(await removeWorktree(guard, worktree, [head])).kind, 'removed');
  }
  const from = rig.git('rev-parse', 'niia/r1/head');
  assert.equal(value(await mergeIntoUserBranch(guard, { cwd: rig.repo, from, message: 'm' })).kind, 'merged');
  assert.equal(trap.hasRun(), false);
});

test('merge drivers and diff programs from hostile attributes do not run', async () => {
  using rig = new GitRig();
  const { base, guard, worktree, trap } = await scene(rig, {
    'a.txt': '1\n2\n3\n',
    '.gitattributes': '*.txt merge=evil diff=evil\n',
  });
  for (const name of ['merge.evil.driver', 'diff.evil.command', 'diff.evil.textconv', 'diff.external']) {
    rig.gitAt(worktree.path, 'config', name, trap.program);
  }
  const other = (await rig.prepare(guard, rig.request('w2', base))).worktree;
  writeFileSync(join(worktree.path, 'a.txt'), 'one\n2\n3\n');
  writeFileSync(join(other.path, 'a.txt'), '1\n2\nthree\n');
  for (const tree of [worktree, other]) {
    const { head } = value(await commitWorktree(guard, { worktree: tree, worker: 'w', message: 'x' }));
    const merged = value(await mergeIntoBranch(guard, { into: 'niia/r1/head', from: head, message: 'm' }));
    assert.notEqual(merged.kind, 'conflict');
  }
  const patch = value(await readPatch(guard, base, rig.git('rev-parse', 'niia/r1/head')));
  assert.match(patch.text, /\+three/);
  assert.equal(trap.hasRun(), false);
});

test('a nested repository with programs of its own runs nothing, and is reported and kept', async () => {
  using rig = new GitRig();
  const { guard, worktree, trap } = await scene(rig);
  const nested = join(worktree.path, 'app');
  mkdirSync(nested);
  rig.gitAt(nested, 'init', '--quiet');
  writeFileSync(join(nested, 'x.txt'), 'x\n');
  rig.gitAt(nested, 'add', '-A');
  rig.gitAt(nested, '-c', 'user.name=w', '-c', 'user.email=w@x', 'commit', '--quiet', '-m', 'x');
  rig.gitAt(nested, 'config', 'core.fsmonitor', trap.program);
  rig.gitAt(nested, 'config', 'filter.evil.clean', trap.program);
  writeFileSync(join(nested, '.gitattributes'), '* filter=evil\n');
  writeFileSync(join(nested, 'x.txt'), 'y\n');
  const outcome = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.deepEqual(outcome.nestedRepositories, ['app']);
  const removal = value(await removeWorktree(guard, worktree, [outcome.head]));
  assert.deepEqual(removal.kind === 'kept' && removal.held, { kind: 'nested_repository', paths: ['app'] });
  assert.equal(trap.hasRun(), false);
});

test('programs planted during a run do not run when the user merges, and are named', async () => {
  using rig = new GitRig();
  const { guard, worktree, trap } = await scene(rig);
  rig.gitAt(worktree.path, 'config', 'filter.evil.smudge', trap.program);
  rig.gitAt(worktree.path, 'config', 'core.fsmonitor', trap.program);
  rig.gitAt(worktree.path, 'config', 'core.hooksPath', '/tmp/nowhere');
  writeFileSync(join(worktree.path, '.gitattributes'), '* filter=evil\n');
  writeFileSync(join(worktree.path, 'new.txt'), 'new\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  const merged = value(await mergeIntoUserBranch(guard, { cwd: rig.repo, from: head, message: 'm' }));
  assert.equal(merged.kind, 'merged');
  assert.equal(readFileSync(join(rig.repo, 'new.txt'), 'utf8'), 'new\n');
  assert.deepEqual(merged.planted.map(setting => setting.name).sort(), [
    'core.fsmonitor',
    'core.hookspath',
    'filter.evil.smudge',
  ]);
  assert.equal(trap.hasRun(), false);
});

test('nothing counts as planted when nobody planted anything', async () => {
  using rig = new GitRig();
  rig.git('config', 'core.hooksPath', '/somewhere');
  rig.git('config', 'core.fsmonitor', 'false');
  rig.git('config', 'filter.lfs.clean', 'git-lfs clean -- %f');
  const { guard } = await scene(rig);
  assert.deepEqual(value(await plantedPrograms(guard)), []);
});

test('a tree replaced by a link is not looked into', async () => {
  using rig = new GitRig();
  const { guard, worktree } = await scene(rig);
  renameSync(worktree.path, `${worktree.path}.away`);
  symlinkSync(rig.home, worktree.path);
  const refused = failure(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(refused.kind, 'worktree_missing');
  const removal = failure(await removeWorktree(guard, worktree, []));
  assert.equal(removal.kind, 'worktree_missing');
});

test('files that a worker marks as unchanged are committed all the same', async () => {
  using rig = new GitRig();
  const { guard, worktree } = await scene(rig);
  rig.gitAt(worktree.path, 'update-index', '--assume-unchanged', 'a.txt');
  rig.gitAt(worktree.path, 'update-index', '--skip-worktree', 'b.bin');
  writeFileSync(join(worktree.path, 'a.txt'), 'A\n');
  writeFileSync(join(worktree.path, 'b.bin'), 'B\n');
  assert.equal(value(await isClean(guard, worktree)), false);
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('show', `${head}:a.txt`), 'A');
  assert.equal(rig.git('show', `${head}:b.bin`), 'B');
});

test('the traps are real: plain git in the same trees runs them', async () => {
  using rig = new GitRig();
  const { worktree, trap } = await scene(rig);
  rig.gitAt(worktree.path, 'config', 'filter.evil.clean', trap.program);
  writeFileSync(join(worktree.path, '.gitattributes'), '* filter=evil\n');
  writeFileSync(join(worktree.path, 'a.txt'), 'changed\n');
  rig.gitAt(worktree.path, 'add', '-A');
  assert.equal(trap.hasRun(), true);
});

test('a submodule that the worker filled runs nothing of its own, and is kept', async () => {
  using rig = new GitRig();
  const library = join(rig.dir, 'library');
  mkdirSync(library);
  writeFileSync(join(library, 'x.txt'), 'x\n');
  const identity = ['-c', 'user.name=u', '-c', 'user.email=u@x', '-c', 'protocol.file.allow=always'];
  rig.gitAt(library, 'init', '--quiet');
  rig.gitAt(library, 'add', '-A');
  rig.gitAt(library, ...identity, 'commit', '--quiet', '-m', 'x');
  rig.git(...identity, 'submodule', '--quiet', 'add', library, 'lib');
  const { guard, worktree, trap } = await scene(rig);
  rig.gitAt(worktree.path, ...identity, 'submodule', '--quiet', 'update', '--init');
  const lib = join(worktree.path, 'lib');
  rig.gitAt(lib, 'config', 'filter.evil.clean', trap.program);
  rig.gitAt(lib, 'config', 'core.fsmonitor', trap.program);
  writeFileSync(join(lib, '.gitattributes'), '* filter=evil\n');
  writeFileSync(join(lib, 'x.txt'), 'y\n');
  writeFileSync(join(worktree.path, 'a.txt'), 'changed\n');
  const outcome = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.deepEqual([outcome.kind, outcome.nestedRepositories], ['committed', ['lib']]);
  const removal = value(await removeWorktree(guard, worktree, [outcome.head]));
  assert.equal(removal.kind === 'kept' && removal.held.kind, 'nested_repository');
  assert.equal(trap.hasRun(), false);
});
