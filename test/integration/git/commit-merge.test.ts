import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { commitWorktree } from '../../../runtime/git/commit.ts';
import { listChanges, readPatch } from '../../../runtime/git/diff.ts';
import type { GitGuard } from '../../../runtime/git/git-guard.ts';
import { mergeInScratchTree, mergeIntoBranch, mergeTrees } from '../../../runtime/git/merge.ts';
import { mergeIntoUserBranch } from '../../../runtime/git/merge-into-user.ts';
import { updateWorktree } from '../../../runtime/git/prepare-worktree.ts';
import { failure, GitRig, value } from './git-rig.ts';

const HEAD = 'niia/r1/head';

async function work(
  rig: GitRig,
  guard: GitGuard,
  worker: string,
  base: string,
  files: Record<string, string>,
) {
  const { worktree } = await rig.prepare(guard, rig.request(worker, base));
  for (const [path, text] of Object.entries(files)) rig.write(join(worktree.path, path), text);
  const outcome = value(
    await commitWorktree(guard, { worktree, worker, model: 'opus', message: `${worker}: done` }),
  );
  return { worktree, head: outcome.head, outcome };
}

test('a commit names worker and model as author and the user as committer, without a trace of ours', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree, head } = await work(rig, guard, 'w1', base, { 'b.txt': 'b\n', '.niia/x': 'x' });
  const shown = rig.git('log', '-1', '--format=%an <%ae>|%cn <%ce>|%s', head);
  assert.equal(shown, 'w1 (opus) <noreply@niia.invalid>|User <user@example.com>|w1: done');
  assert.equal(rig.git('diff', '--name-only', base, head), 'b.txt');
  assert.equal(rig.gitAt(worktree.path, 'status', '--porcelain'), '?? .niia/');
});

test('a commit works where nobody has configured a name', async () => {
  using rig = new GitRig({ identity: false });
  rig.write('a.txt', 'a\n');
  rig.git('add', '-A');
  rig.git('-c', 'user.name=u', '-c', 'user.email=u@x', 'commit', '--quiet', '-m', 'x');
  const guard = await rig.guard();
  const { head } = await work(rig, guard, 'w1', rig.git('rev-parse', 'HEAD'), { 'b.txt': 'b\n' });
  assert.equal(rig.git('log', '-1', '--format=%cn <%ce>', head), 'niia <noreply@niia.invalid>');
});

test('nothing to commit is an outcome, also the second time', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const first = await work(rig, guard, 'w1', base, {});
  assert.deepEqual(first.outcome, { kind: 'nothing', head: base, nestedRepositories: [] });
  const second = await work(rig, guard, 'w2', base, { 'b.txt': 'b\n' });
  const again = value(
    await commitWorktree(guard, { worktree: second.worktree, worker: 'w2', message: 'again' }),
  );
  assert.deepEqual(again, { kind: 'nothing', head: second.head, nestedRepositories: [] });
});

test('every kind of change is committed: new, changed, deleted, mode, link, file for folder and back', async () => {
  using rig = new GitRig();
  const base = rig.commit({
    'same.txt': 's\n',
    'gone.txt': 'g\n',
    'dir/x.txt': 'x\n',
    file: 'f\n',
    'run.sh': 'r\n',
  });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  const at = (path: string) => join(worktree.path, path);
  rmSync(at('gone.txt'));
  rmSync(at('dir'), { recursive: true });
  writeFileSync(at('dir'), 'a file\n');
  rmSync(at('file'));
  rig.write(at('file/inner.txt'), 'inner\n');
  rmSync(at('run.sh'));
  writeFileSync(at('run.sh'), 'r\n', { mode: 0o755 });
  symlinkSync('same.txt', at('link'));
  rig.write(at('odd "name\n.txt'), 'odd\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.gitAt(worktree.path, 'status', '--porcelain'), '');
  assert.deepEqual(rig.git('diff', '--name-status', '--no-renames', base, head).split('\n'), [
    'A\tdir',
    'D\tdir/x.txt',
    'D\tfile',
    'A\tfile/inner.txt',
    'D\tgone.txt',
    'A\tlink',
    'A\t"odd \\"name\\n.txt"',
    'M\trun.sh',
  ]);
  assert.match(rig.git('ls-tree', head, 'run.sh', 'link'), /120000.*link\n100755.*run\.sh/s);
});

test('copied secrets and linked folders stay out even if the worker adds them and rewrites .gitignore', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', '.gitignore': '.env\nnode_modules/\n' });
  const guard = await rig.guard();
  const { worktree: made } = await rig.prepare(guard, rig.request('w1', base));
  const worktree = (await updateWorktree(guard, made.slug, { excluded: ['.env', 'node_modules'] })) ?? made;
  writeFileSync(join(worktree.path, '.env'), 'SECRET=1\n');
  symlinkSync(rig.home, join(worktree.path, 'node_modules'));
  writeFileSync(join(worktree.path, '.gitignore'), '');
  writeFileSync(join(worktree.path, 'b.txt'), 'b\n');
  rig.gitAt(worktree.path, 'add', '-A');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('diff', '--name-only', base, head), '.gitignore\nb.txt');
});

test('a tracked file under an excluded name is the project’s own and is committed', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'config/tracked.json': '1\n' });
  const guard = await rig.guard();
  const { worktree: made } = await rig.prepare(guard, rig.request('w1', base));
  const worktree = (await updateWorktree(guard, made.slug, { excluded: ['config'] })) ?? made;
  rig.write(join(worktree.path, 'config/tracked.json'), '2\n');
  rig.write(join(worktree.path, 'config/secret.json'), 's\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('diff', '--name-only', base, head), 'config/tracked.json');
});

test('commits that the worker made on a branch of its own, or detached, are kept on its branch', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  const tree = (...args: string[]) => rig.gitAt(worktree.path, ...args);
  rig.write(join(worktree.path, 'one.txt'), '1\n');
  tree('add', '-A');
  tree('commit', '--quiet', '-m', 'on the branch');
  tree('checkout', '--quiet', '--detach', base);
  rig.write(join(worktree.path, 'two.txt'), '2\n');
  tree('add', '-A');
  tree('commit', '--quiet', '-m', 'detached');
  rig.write(join(worktree.path, 'three.txt'), '3\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.deepEqual(rig.git('log', '--format=%s', `${base}..${head}`).split('\n').sort(), [
    'detached',
    'on the branch',
    'x',
  ]);
  assert.equal(rig.git('rev-parse', worktree.branch), head);
  assert.equal(tree('symbolic-ref', '--short', 'HEAD'), worktree.branch);
});

test('a stale lock in the index and a lost index do not stop a commit', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  writeFileSync(join(worktree.gitDir, 'index.lock'), '');
  writeFileSync(join(worktree.gitDir, 'index'), 'garbage');
  rig.write(join(worktree.path, 'b.txt'), 'b\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('diff', '--name-only', base, head), 'b.txt');
});

test('workers merge one after the other: first forward, then by a merge commit, then not again', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const heads = [
    (await work(rig, guard, 'w1', base, { 'one.txt': '1\n' })).head,
    (await work(rig, guard, 'w2', base, { 'two.txt': '2\n' })).head,
    (await work(rig, guard, 'w3', base, {})).head,
  ];
  const kinds: string[] = [];
  for (const from of [...heads, ...heads]) {
    kinds.push(value(await mergeIntoBranch(guard, { into: HEAD, from, message: 'merge' })).kind);
  }
  assert.deepEqual(kinds, [
    'fast_forward',
    'merged',
    'already_merged',
    'already_merged',
    'already_merged',
    'already_merged',
  ]);
  assert.equal(rig.git('ls-tree', '--name-only', HEAD), 'a.txt\none.txt\ntwo.txt');
  assert.equal(rig.git('status', '--porcelain'), '');
  assert.equal(rig.git('symbolic-ref', '--short', 'HEAD'), 'main');
});

test('a conflict names its files and moves nothing', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', 'sub/b.txt': 'b\n', 'c.txt': 'c\n' });
  const guard = await rig.guard();
  const one = await work(rig, guard, 'w1', base, { 'a.txt': '1\n', 'sub/b.txt': '1\n' });
  const two = await work(rig, guard, 'w2', base, { 'a.txt': '2\n', 'sub/b.txt': '2\n', 'c.txt': '2\n' });
  value(await mergeIntoBranch(guard, { into: HEAD, from: one.head, message: 'm' }));
  const outcome = value(await mergeIntoBranch(guard, { into: HEAD, from: two.head, message: 'm' }));
  assert.deepEqual(outcome, { kind: 'conflict', files: ['a.txt', 'sub/b.txt'] });
  assert.equal(rig.git('rev-parse', HEAD), one.head);
});

test('an older git merges in a scratch tree to the same trees and the same conflicts', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': '1\n2\n3\n', 'old.txt': 'a\nb\nc\nd\n' });
  const guard = await rig.guard();
  const one = await work(rig, guard, 'w1', base, { 'a.txt': 'one\n2\n3\n' });
  const two = await work(rig, guard, 'w2', base, { 'a.txt': '1\n2\nthree\n', 'new.txt': 'n\n' });
  const three = await work(rig, guard, 'w3', base, { 'a.txt': 'three\n2\n3\n' });
  for (const [ours, theirs] of [
    [one.head, two.head],
    [one.head, three.head],
  ] as const) {
    const byObjects = value(await mergeTrees(guard, ours, theirs));
    assert.deepEqual(value(await mergeInScratchTree(guard, ours, theirs)), byObjects);
  }
});

test('an attribute of the project decides how its files merge', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'CHANGES.md': '# Changes\n', '.gitattributes': 'CHANGES.md merge=union\n' });
  const guard = await rig.guard();
  const one = await work(rig, guard, 'w1', base, { 'CHANGES.md': '# Changes\n- one\n' });
  const two = await work(rig, guard, 'w2', base, { 'CHANGES.md': '# Changes\n- two\n' });
  value(await mergeIntoBranch(guard, { into: HEAD, from: one.head, message: 'm' }));
  const outcome = value(await mergeIntoBranch(guard, { into: HEAD, from: two.head, message: 'm' }));
  assert.equal(outcome.kind, 'merged');
  assert.equal(rig.git('show', `${HEAD}:CHANGES.md`), '# Changes\n- one\n- two');
});

test('a run branch that the user has checked out is not moved under their feet', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { head } = await work(rig, guard, 'w1', base, { 'b.txt': 'b\n' });
  rig.git('checkout', '--quiet', '-b', HEAD);
  const refused = failure(await mergeIntoBranch(guard, { into: HEAD, from: head, message: 'm' }));
  assert.deepEqual(refused, { kind: 'branch_in_use', branch: HEAD, path: rig.repo });
});

test('a diff lists files with their counts, and its text is bounded at a whole line', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', 'gone.txt': 'g\n', 'old name.txt': 'one\ntwo\nthree\nfour\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  rig.write(join(worktree.path, 'a.txt'), 'a\nb\nc\n');
  rmSync(join(worktree.path, 'gone.txt'));
  rmSync(join(worktree.path, 'old name.txt'));
  rig.write(join(worktree.path, 'new name.txt'), 'one\ntwo\nthree\nfour\n');
  writeFileSync(join(worktree.path, 'x.bin'), Buffer.from([0, 1, 2, 0]));
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.deepEqual(value(await listChanges(guard, base, head)), [
    { path: 'a.txt', status: 'modified', added: 2, deleted: 0 },
    { path: 'gone.txt', status: 'deleted', added: 0, deleted: 1 },
    { path: 'new name.txt', status: 'renamed', oldPath: 'old name.txt', added: 0, deleted: 0 },
    { path: 'x.bin', status: 'added' },
  ]);
  const whole = value(await readPatch(guard, base, head));
  const cut = value(await readPatch(guard, base, head, { maxBytes: 100 }));
  assert.deepEqual([whole.isTruncated, cut.isTruncated], [false, true]);
  assert.ok(whole.text.startsWith(cut.text) && cut.text.endsWith('\n') && cut.text.length <= 100);
});

test('the user’s branch gets the work by one merge commit, and untouched dirty files stay', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', 'mine.txt': 'm\n' });
  const guard = await rig.guard();
  const { head } = await work(rig, guard, 'w1', base, { 'b.txt': 'b\n' });
  rig.write('mine.txt', 'dirty\n');
  const merged = value(
    await mergeIntoUserBranch(guard, { cwd: rig.repo, from: head, message: 'Merge the run' }),
  );
  assert.deepEqual([merged.kind, merged.branch], ['merged', 'main']);
  assert.equal(rig.git('log', '-1', '--format=%s %P'), `Merge the run ${base} ${head}`);
  assert.equal(readFileSync(join(rig.repo, 'mine.txt'), 'utf8'), 'dirty\n');
  const again = value(await mergeIntoUserBranch(guard, { cwd: rig.repo, from: head, message: 'x' }));
  assert.equal(again.kind, 'already_merged');
});

/** What stands in the user's tree, and what the merge must say about it. The work changes a.txt and adds b/new.txt. */
const OBSTACLES: readonly {
  readonly name: string;
  readonly make: (rig: GitRig) => void;
  readonly expected: object;
}[] = [
  {
    name: 'an uncommitted change to a file that the merge changes',
    make: rig => rig.write('a.txt', 'mine\n'),
    expected: { kind: 'would_overwrite', files: ['a.txt'] },
  },
  {
    name: 'an untracked file where the merge adds one',
    make: rig => rig.write('b/new.txt', 'mine\n'),
    expected: { kind: 'would_overwrite', files: ['b/new.txt'] },
  },
  {
    name: 'an ignored file where the merge adds one',
    make: rig => {
      rig.write('.git/info/exclude', 'b/\n');
      rig.write('b/new.txt', 'mine\n');
    },
    expected: { kind: 'would_overwrite', files: ['b/new.txt'] },
  },
  {
    name: 'an ignored file where the merge needs a folder',
    make: rig => {
      rig.write('.git/info/exclude', 'b\n');
      rig.write('b', 'mine\n');
    },
    expected: { kind: 'would_overwrite', files: ['b/new.txt'] },
  },
  {
    name: 'a commit of the user that conflicts',
    make: rig => void rig.commit({ 'a.txt': 'mine\n' }),
    expected: { kind: 'conflict', files: ['a.txt'] },
  },
  {
    name: 'a detached HEAD',
    make: rig => void rig.git('checkout', '--quiet', '--detach'),
    expected: { kind: 'no_branch', head: 'detached' },
  },
];

for (const { name, make, expected } of OBSTACLES) {
  test(`a merge for the user changes nothing in the face of ${name}`, async () => {
    using rig = new GitRig();
    const base = rig.commit({ 'a.txt': 'a\n', 'keep/x.txt': 'x\n' });
    const guard = await rig.guard();
    const { head } = await work(rig, guard, 'w1', base, { 'a.txt': 'theirs\n', 'b/new.txt': 'new\n' });
    make(rig);
    const before = [rig.git('rev-parse', 'HEAD'), rig.git('status', '--porcelain', '--ignored')];
    const refused = failure(await mergeIntoUserBranch(guard, { cwd: rig.repo, from: head, message: 'm' }));
    assert.deepEqual(refused, expected);
    assert.deepEqual([rig.git('rev-parse', 'HEAD'), rig.git('status', '--porcelain', '--ignored')], before);
  });
}

test('work made in folders that git has never seen is whole', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'src/a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  // A repository made inside a folder with tracked files must not hide the new files beside them.
  mkdirSync(join(worktree.path, 'src/.git'));
  rig.write(join(worktree.path, 'src/new.txt'), 'n\n');
  rig.write(join(worktree.path, 'deep/er/x.txt'), 'x\n');
  const { head } = value(await commitWorktree(guard, { worktree, worker: 'w1', message: 'x' }));
  assert.equal(rig.git('diff', '--name-only', base, head), 'deep/er/x.txt\nsrc/new.txt');
});
