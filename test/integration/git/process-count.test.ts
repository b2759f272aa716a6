import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { updateBranch } from '../../../runtime/git/branch-updates.ts';
import { commitWorktree } from '../../../runtime/git/commit.ts';
import type { GitGuard } from '../../../runtime/git/git-guard.ts';
import { removeHalfMadeWorktrees } from '../../../runtime/git/half-made-worktrees.ts';
import { mergeIntoBranch } from '../../../runtime/git/merge.ts';
import { prepareWorktree } from '../../../runtime/git/prepare-worktree.ts';
import { removeWorktree } from '../../../runtime/git/remove-worktree.ts';
import { ENTRY_DRAFT } from '../../../runtime/git/write-entry.ts';
import { GitRig, value } from './git-rig.ts';

const HEAD = 'niia/r1/head';

/** Puts a git before the real one that writes down what it is asked. */
function countGit(rig: GitRig, guard: GitGuard) {
  const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
  const bin = join(rig.dir, 'bin');
  const log = join(rig.dir, 'calls');
  mkdirSync(bin);
  writeFileSync(join(bin, 'git'), `#!/bin/sh\necho "$@" >> ${log}\nexec ${real} "$@"\n`, { mode: 0o755 });
  const env = { ...rig.access.env, PATH: `${bin}:${rig.access.env.PATH}` };
  return {
    guard: { ...guard, access: { env } },
    /** The subcommands since the last call. */
    calls(): readonly string[] {
      const lines = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
      rmSync(log, { force: true });
      return lines.map(line => line.replace(/(-c \S+ )+/, '').split(' ')[0] ?? '');
    },
  };
}

async function workOf(rig: GitRig, guard: GitGuard, worker: string, base: string): Promise<void> {
  const { worktree } = await rig.prepare(guard, rig.request(worker, base));
  rig.write(join(worktree.path, `${worker}.txt`), worker);
  const { head } = value(await commitWorktree(guard, { worktree, worker, message: worker }));
  const merged = value(await mergeIntoBranch(guard, { into: HEAD, from: head, message: `Merge ${worker}` }));
  assert.notEqual(merged.kind, 'conflict');
  const into = rig.git('rev-parse', HEAD);
  value(await removeWorktree(guard, worktree, [into, head], { keepsBranch: true }));
}

test('a worker whose index nobody else touched costs eleven git processes from its worktree to its removal', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n', '.gitattributes': '*.log merge=union\n' });
  const { guard, calls } = countGit(rig, await rig.guard());
  // The first is merged by moving a branch, the second reads the attributes.
  await workOf(rig, guard, 'w1', base);
  await workOf(rig, guard, 'w2', base);
  calls();
  await workOf(rig, guard, 'w3', base);
  assert.deepEqual(calls(), [
    'update-ref',
    'read-tree',
    'ls-files',
    'update-index',
    'write-tree',
    'commit-tree',
    'update-ref',
    'merge-tree',
    'commit-tree',
    'update-ref',
    'ls-files',
  ]);
});

test('branches that are made at once are made by two processes, and one that exists spoils none of the others', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  rig.git('branch', 'taken');
  const { guard, calls } = countGit(rig, await rig.guard());
  const make = (branch: string) => updateBranch(guard, { branch, from: undefined, to: base, why: 'made' });
  const names = Array.from({ length: 20 }, (_, i) => `b${i}`);
  const made = await Promise.all(names.map(make));
  assert.ok(made.every(({ ok }) => ok));
  assert.deepEqual(calls(), ['update-ref', 'update-ref']);
  const mixed = await Promise.all(['c1', 'taken', 'c2', 'c3', 'c3'].map(make));
  assert.deepEqual(
    mixed.map(({ ok }) => ok),
    [true, false, true, true, false],
  );
  assert.equal(rig.git('rev-parse', 'c2'), base);
});

test('a worktree is to git as if git had made it', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const guard = await rig.guard();
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  rig.git('worktree', 'prune', '--expire=now');
  const listed = rig.git('worktree', 'list', '--porcelain').split('\n\n');
  assert.equal(listed[1], `worktree ${worktree.path}\nHEAD ${base}\nbranch refs/heads/${worktree.branch}`);
  assert.equal(rig.gitAt(worktree.path, 'status', '--porcelain'), '');
  rig.git('worktree', 'move', worktree.path, `${worktree.path}-moved`);
  rig.git('worktree', 'remove', `${worktree.path}-moved`);
  assert.deepEqual(existsSync(worktree.gitDir), false);
});

test('the record of a folder that was deleted by hand makes room for the worktree of the same folder', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  const request = rig.request('w1', base);
  rig.git('worktree', 'add', '--quiet', '--detach', join(rig.worktreesDir, request.slug));
  rmSync(join(rig.worktreesDir, request.slug), { recursive: true });
  value(await prepareWorktree(await rig.guard(), request));
  assert.equal(rig.git('worktree', 'list').split('\n').length, 2);
});

test('what a killed process had of a worktree record is swept away', async () => {
  using rig = new GitRig();
  rig.commit({ 'a.txt': 'a\n' });
  const draft = join(rig.repo, '.git', `${ENTRY_DRAFT}1`);
  mkdirSync(draft);
  writeFileSync(join(draft, 'HEAD'), 'ref: refs/heads/x\n');
  value(await removeHalfMadeWorktrees(await rig.guard(), rig.worktreesDir));
  assert.equal(existsSync(draft), false);
});

test('where a repository keeps settings for each worktree, git makes the worktree', async () => {
  using rig = new GitRig();
  const base = rig.commit({ 'a.txt': 'a\n' });
  rig.git('config', 'extensions.worktreeConfig', 'true');
  rig.git('config', '--worktree', 'core.autocrlf', 'input');
  const { guard, calls } = countGit(rig, await rig.guard());
  const { worktree } = await rig.prepare(guard, rig.request('w1', base));
  assert.ok(calls().includes('worktree'));
  assert.equal(rig.gitAt(worktree.path, 'config', 'core.autocrlf'), 'input');
});
