import assert from 'node:assert/strict';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { deleteMergedBranch, removeWorktree } from '../../../runtime/git/remove-worktree.ts';
import type { Worktree } from '../../../runtime/git/worktree-record.ts';
import { GitRig, value } from './git-rig.ts';

type Act = (rig: GitRig, worktree: Worktree) => void;

const put =
  (path: string): Act =>
  (rig, { path: root }) =>
    rig.write(join(root, path), 'work\n');

const git =
  (...args: readonly string[]): Act =>
  (rig, { path }) =>
    void rig.gitAt(path, ...args);

const commitAll: readonly Act[] = [git('add', '-A'), git('commit', '--quiet', '-m', 'work')];
const mergeToMain: Act = (rig, { branch }) => void rig.git('merge', '--quiet', '--no-ff', '-m', 'm', branch);

interface Case {
  readonly name: string;
  readonly acts: readonly Act[];
  /** What is kept; undefined: the worktree goes. */
  readonly kept?: string;
}

/** Everything that a worker may leave behind, and whether it may be removed with `main` as the merged work. */
const CASES: readonly Case[] = [
  { name: 'nothing', acts: [] },
  { name: 'an ignored file', acts: [put('ignored.log')] },
  { name: 'our own folder', acts: [put('.niia/scratchpad.txt')] },
  { name: 'a file touched but not changed', acts: [git('update-index', '--refresh')] },
  { name: 'an untracked file', acts: [put('new.txt')], kept: 'uncommitted' },
  { name: 'an untracked file in a new folder', acts: [put('a/b/c.txt')], kept: 'uncommitted' },
  { name: 'a changed file', acts: [put('a.txt')], kept: 'uncommitted' },
  { name: 'a staged file', acts: [put('a.txt'), git('add', '-A')], kept: 'uncommitted' },
  {
    name: 'a staged file whose change was taken back in the tree',
    acts: [put('a.txt'), git('add', '-A'), (_, { path }) => writeFileSync(join(path, 'a.txt'), 'a\n')],
    kept: 'uncommitted',
  },
  { name: 'a deleted file', acts: [(_, { path }) => rmSync(join(path, 'a.txt'))], kept: 'uncommitted' },
  {
    name: 'a file hidden by assume-unchanged',
    acts: [git('update-index', '--assume-unchanged', 'a.txt'), put('a.txt')],
    kept: 'uncommitted',
  },
  { name: 'a commit', acts: [put('new.txt'), ...commitAll], kept: 'unmerged' },
  { name: 'a merged commit', acts: [put('new.txt'), ...commitAll, mergeToMain] },
  {
    name: 'a commit after the merged one',
    acts: [put('new.txt'), ...commitAll, mergeToMain, put('b.txt'), ...commitAll],
    kept: 'unmerged',
  },
  {
    name: 'a commit on a detached HEAD',
    acts: [git('checkout', '--quiet', '--detach'), put('new.txt'), ...commitAll],
    kept: 'unmerged',
  },
  {
    name: 'a commit on the branch while HEAD is back at the base',
    acts: [put('new.txt'), ...commitAll, git('checkout', '--quiet', '--detach', 'main')],
    kept: 'unmerged',
  },
  {
    name: 'a repository of its own',
    acts: [
      (rig, { path }) => {
        mkdirSync(join(path, 'app'));
        rig.gitAt(join(path, 'app'), 'init', '--quiet');
        rig.gitAt(
          join(path, 'app'),
          '-c',
          'user.name=w',
          '-c',
          'user.email=w@x',
          'commit',
          '-q',
          '--allow-empty',
          '-m',
          'x',
        );
      },
    ],
    kept: 'nested_repository',
  },
  { name: 'a .git that was deleted, and no work', acts: [(_, { path }) => rmSync(join(path, '.git'))] },
  {
    name: 'a .git that was deleted, and work',
    acts: [(_, { path }) => rmSync(join(path, '.git')), put('new.txt')],
    kept: 'uncommitted',
  },
];

for (const { name, acts, kept } of CASES) {
  test(`a worktree with ${name} is ${kept === undefined ? 'removed' : `kept as ${kept}`}`, async () => {
    using rig = new GitRig();
    const base = rig.commit({ 'a.txt': 'a\n', '.gitignore': '*.log\n' });
    const guard = await rig.guard();
    const { worktree } = await rig.prepare(guard, rig.request('w1', base));
    for (const act of acts) act(rig, worktree);
    const merged = rig.git('rev-parse', 'main');
    const outcome = value(await removeWorktree(guard, worktree, [merged]));
    assert.equal(outcome.kind === 'kept' ? outcome.held.kind : undefined, kept);
    assert.equal(existsSync(worktree.path), kept !== undefined);
    assert.equal(rig.git('branch', '--list', worktree.branch) !== '', kept !== undefined);
  });
}

test('removing a worktree twice, or one that was deleted by hand, is no failure', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  rmSync(worktree.path, { recursive: true });
  for (const _ of [1, 2]) {
    assert.deepEqual(value(await removeWorktree(guard, worktree, [base])), {
      kind: 'removed',
      branch: 'deleted',
    });
  }
  assert.equal(rig.git('worktree', 'list').split('\n').length, 1);
});

test('a branch goes only if its commits are reachable elsewhere', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const only = rig.git('commit-tree', `${base}^{tree}`, '-p', base, '-m', 'only here');
  rig.git('branch', 'merged', base);
  rig.git('branch', 'alone', only);
  assert.equal(value(await deleteMergedBranch(guard, 'merged')), 'deleted');
  assert.equal(value(await deleteMergedBranch(guard, 'alone')), 'kept');
  assert.equal(value(await deleteMergedBranch(guard, 'never-was')), 'deleted');
});

test('of two branches on one commit, deleted at the same time, one stays', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const only = rig.git('commit-tree', `${base}^{tree}`, '-p', base, '-m', 'only here');
  for (const branch of ['one', 'two']) rig.git('branch', branch, only);
  const outcomes = await Promise.all(['one', 'two'].map(branch => deleteMergedBranch(guard, branch)));
  assert.deepEqual(outcomes.map(value).sort(), ['deleted', 'kept']);
});

test('a branch that is checked out somewhere stays', async () => {
  using rig = new GitRig();
  rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  rig.git('branch', 'other');
  assert.equal(value(await deleteMergedBranch(guard, 'main')), 'kept');
});
