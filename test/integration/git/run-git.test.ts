import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { runBounded } from '../../../runtime/git/bounded-process.ts';
import { gitEnvironment } from '../../../runtime/git/git-environment.ts';
import { withRepositoryLock } from '../../../runtime/git/repository-lock.ts';
import { runGit } from '../../../runtime/git/run-git.ts';
import { describeGitFailure } from '../../../runtime/git/worktree-failure.ts';
import { ok } from '../../../runtime/result.ts';
import { eventually } from '../../support/wait.ts';
import { failure, GitRig, value } from './git-rig.ts';

test('a failed call tells the command without our settings, the code and git’s last words', async () => {
  using rig = new GitRig();
  const env = gitEnvironment(rig.access.env);
  const failed = failure(
    await runGit({ args: ['-c', 'a.b=c', 'rev-parse', '--verify', 'nope'], cwd: rig.repo, env }),
  );
  assert.equal(
    describeGitFailure(failed),
    'git rev-parse --verify nope failed with exit code 128: fatal: Needed a single revision',
  );
});

test('a missing git and a missing directory are told apart', async () => {
  using rig = new GitRig();
  const noGit = failure(await runGit({ args: ['--version'], cwd: rig.repo, env: { PATH: rig.home } }));
  const env = gitEnvironment(rig.access.env);
  const noDir = failure(await runGit({ args: ['--version'], cwd: join(rig.dir, 'gone'), env }));
  assert.deepEqual([noGit.reason, noDir.reason], ['not_installed', 'not_started']);
  assert.match(noDir.stderrTail, /no such directory/);
});

test('variables that point at another repository are dropped', () => {
  const env = gitEnvironment({
    GIT_DIR: '/x',
    GIT_INDEX_FILE: '/y',
    GIT_SSH: 'ssh',
    LANG: 'de_DE',
    HOME: '/h',
  });
  assert.deepEqual(
    [env.GIT_DIR, env.GIT_INDEX_FILE, env.GIT_SSH, env.LANG, env.HOME],
    [undefined, undefined, 'ssh', undefined, '/h'],
  );
});

test('an abort ends the whole group of processes before the call returns', async () => {
  using rig = new GitRig();
  const pidFile = join(rig.dir, 'pid');
  const abort = new AbortController();
  const running = runBounded({
    command: 'sh',
    args: ['-c', `sleep 600 & echo $! > ${pidFile}; wait`],
    cwd: rig.dir,
    env: { PATH: process.env.PATH ?? '' },
    maxOutputBytes: 10,
    timeoutMs: 60_000,
    signal: abort.signal,
  });
  const pid = await eventually(() => existsSync(pidFile) && Number(readFileSync(pidFile, 'utf8')), {
    what: 'a child',
  });
  abort.abort();
  assert.equal(failure(await running).reason, 'aborted');
  await eventually(() => !isRunning(pid), { what: 'the end of the child' });
});

function isRunning(pid: number): boolean {
  try {
    // A killed orphan stays a zombie where nobody reaps it.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')) && process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('output is cut where the caller allows it, and a failure elsewhere', async () => {
  using rig = new GitRig();
  const call = {
    args: ['help', '-a'],
    cwd: rig.repo,
    env: gitEnvironment(rig.access.env),
    maxOutputBytes: 100,
  };
  const cut = value(await runGit({ ...call, onOverflow: 'truncate' }));
  assert.deepEqual([cut.isTruncated, cut.stdout.length], [true, 100]);
  assert.equal(failure(await runGit(call)).reason, 'output_too_large');
});

test('the lock admits one at a time in a process, and leaves no file', async () => {
  using rig = new GitRig();
  let inside = 0;
  const most: number[] = [];
  const work = async () => {
    inside += 1;
    most.push(inside);
    await new Promise(resolve => setImmediate(resolve));
    inside -= 1;
    return ok(undefined);
  };
  await Promise.all(Array.from({ length: 50 }, () => withRepositoryLock(rig.dir, work)));
  assert.deepEqual([most.length, Math.max(...most)], [50, 1]);
  assert.deepEqual(lockFiles(rig), []);
});

function lockFiles(rig: GitRig): readonly string[] {
  return readdirSync(rig.dir).filter(name => name.includes('.lock'));
}

test('the lock admits one at a time among processes', { timeout: 60_000 }, async () => {
  using rig = new GitRig();
  const counter = join(rig.dir, 'counter');
  writeFileSync(counter, '0');
  const module = new URL('../../../runtime/git/repository-lock.ts', import.meta.url).href;
  const program = `
    import { readFileSync, writeFileSync } from 'node:fs';
    import { withRepositoryLock } from ${JSON.stringify(module)};
    for (let i = 0; i < 25; i += 1) {
      await withRepositoryLock(${JSON.stringify(rig.dir)}, async () => {
        const n = Number(readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await new Promise(resolve => setImmediate(resolve));
        writeFileSync(${JSON.stringify(counter)}, String(n + 1));
        return { ok: true };
      });
    }`;
  const children = Array.from({ length: 4 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' }),
  );
  await Promise.all(children.map(child => once(child, 'exit')));
  assert.equal(readFileSync(counter, 'utf8'), '100');
  assert.deepEqual(lockFiles(rig), []);
});

test('the lock of a dead process is taken over, that of a living one is waited for', async () => {
  using rig = new GitRig();
  const file = join(rig.dir, 'niia-worktrees.lock');
  const child = spawn('true');
  await once(child, 'exit');
  const dead = { pid: child.pid, host: hostname(), startedAt: '1', token: 'x' };
  writeFileSync(file, JSON.stringify(dead));
  assert.equal(value(await withRepositoryLock(rig.dir, async () => ok('in'))), 'in');
  writeFileSync(file, JSON.stringify({ ...dead, host: 'another-machine' }));
  const refused = failure(
    await withRepositoryLock<string, never>(rig.dir, async () => ok('in'), { waitMs: 30 }),
  );
  assert.deepEqual(
    [refused.kind, refused.message],
    ['lock', `held by process ${child.pid} on another-machine`],
  );
  rmSync(file);
});

test('a process id that was given to another process does not keep a lock alive', async () => {
  using rig = new GitRig();
  const reused = { pid: process.pid, host: hostname(), startedAt: '1', token: 'x' };
  writeFileSync(join(rig.dir, 'niia-worktrees.lock'), JSON.stringify(reused));
  assert.equal(value(await withRepositoryLock(rig.dir, async () => ok('in'))), 'in');
});
