/** Files that a failed worker's output names, over real runs with real recordings. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findNamedFiles } from '../../../client/problems/named-files.ts';
import { RelatedFiles } from '../../../client/problems/related-files.ts';
import { problemsOfRuns } from '../../../client/problems/run-problems.ts';
import { planOf } from '../daemon/plan-of.ts';
import { createRig, finish, type Rig, startRun } from '../daemon/rig.ts';
import { value } from '../git/git-rig.ts';

/** `path:line:column message` of what belongs to the only problem of a run of this script; paths from the rig's folder. */
async function related(t: TestContext, script: string, prepare?: (rig: Rig) => void): Promise<string> {
  const rig = createRig(t);
  prepare?.(rig);
  const client = await rig.connect();
  const plan = planOf([{ name: 'p', workers: [{ script }] }], {
    workspace: rig.repository.root,
    repository: rig.repository,
  });
  const run = await startRun(client, plan, rig.env);
  await finish(client, run);
  const loaded = value(await client.request('run/show', { run }));
  const [problem] = problemsOfRuns([loaded], ['p']).problems;
  assert.ok(problem, 'the run has a problem');
  const files = new RelatedFiles(() => loaded);
  await files.find(problem);
  return (files.known(problem) ?? [])
    .map(({ file, line, column, message }) => `${file.slice(rig.dir.length)}:${line}:${column} ${message}`)
    .join('\n');
}

test('the output of a failed worker links into its worktree', async t => {
  const script = [
    'mkdir src; echo x > src/a.ts',
    "printf '\\033[31msrc/a.ts\\033[0m(3,5): error TS2322: no good\\r\\n'",
    'echo "src/missing.ts(1,1): error TS1: not there"',
    'echo "/etc/passwd:1:1: error: outside"',
    'echo "    at f ($PWD/README:7:1)"',
    'exit 1',
  ].join('\n');
  assert.equal(
    await related(t, script),
    ['/repo.worktrees/test-p-1/src/a.ts:3:5 TS2322: no good', '/repo.worktrees/test-p-1/README:7:1 '].join(
      '\n',
    ),
  );
});

test('where the worktree is gone because nothing was in it, the links lead to the same files of the repository', async t => {
  const script = 'echo "$PWD/README.c:2:1: error: broken"; exit 1';
  const prepare = (rig: Rig) => writeFileSync(join(rig.repository.root, 'README.c'), 'x\n');
  assert.equal(await related(t, script, prepare), '/repo/README.c:2:1 broken');
});

test('only the last 200 KB of long output are read', async t => {
  const script = [
    'echo "README:1:1: early"',
    'echo "early.c:1:1: error: early" ; echo x > early.c; echo x > late.c',
    'head -c 600000 /dev/zero | tr "\\0" "." | fold -w 100',
    'echo; echo "late.c:1:1: error: late"; exit 1',
  ].join('\n');
  assert.equal(await related(t, script), '/repo.worktrees/test-p-1/late.c:1:1 late');
});

test('of a stack trace the first frame counts that is no package of others', async t => {
  const rig = createRig(t);
  const dir = join(rig.dir, 'plain');
  mkdirSync(join(dir, 'node_modules'));
  for (const name of ['node_modules/lib.js', 'own.js', 'caller.js']) writeFileSync(join(dir, name), '');
  const frame = (path: string) => ({ path, line: 1, message: 'Error: x', stack: 1 });
  const files = await findNamedFiles(['node_modules/lib.js', 'own.js', 'caller.js'].map(frame), { dir });
  assert.deepEqual(files, [{ file: join(dir, 'own.js'), line: 1, message: 'Error: x' }]);
});
