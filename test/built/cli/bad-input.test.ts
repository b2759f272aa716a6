import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CliRig, type RigOptions } from '../../support/cli-rig.ts';
import { startForeignDaemon } from '../../support/foreign-daemon.ts';
import { nodePrograms } from '../../support/node-versions.ts';
import { eventually } from '../../support/wait.ts';

const shellRun = {
  name: 'bad',
  models: { primary: 'shell' },
  pipeline: { phases: [{ name: 'one', prompt: 'true' }] },
};

for (const node of nodePrograms()) {
  describe(`bad input on Node ${node.version}`, () => {
    let rig: CliRig;
    before(() => {
      rig = new CliRig();
    });
    after(() => rig[Symbol.asyncDispose]());

    const fails = async (args: readonly string[], code: number, ...messages: readonly RegExp[]) => {
      const result = await rig.niia(args, { node: node.path });
      for (const message of messages) assert.match(result.stderr, message);
      assert.deepEqual([result.code, result.stdout], [code, ''], result.stderr);
      assert.doesNotMatch(result.stderr, /\n\s+at .*\.js:\d/, 'a stack trace reached the user');
      assert.deepEqual(rig.leftovers(), []);
    };

    test('a verb that does not exist is answered with the one that was meant', () =>
      fails(['rnu', 'x'], 2, /^niia: there is no verb "rnu"\n {2}did you mean niia run\?/));

    test('what other programs call a verb is answered with ours', () =>
      fails(['status'], 2, /there is no verb "status"\n {2}did you mean niia show\?/));

    test('an option that does not exist is answered with the one that was meant', () =>
      fails(['run', 'x', '--detahc'], 2, /run has no option "--detahc"/, /did you mean --detach\?/));

    test('missing arguments are answered with the usage', () =>
      fails(['approve', 'x'], 2, /approve needs more arguments/, /usage: niia approve RUN GATE/));

    test('a file that does not exist is named', () =>
      fails(['run', 'no.json'], 2, /cannot read "no.json": there is no such file/));

    test('a folder instead of a file is named', () =>
      fails(['validate', '.'], 2, /cannot read ".": it is a folder/));

    test('a file that a connector file names and that is not there is shown at its place', async () => {
      rig.write('flow.json', JSON.stringify({ ...shellRun, agent: { flow: './none.md' } }));
      const { code, stdout } = await rig.niia(['validate', 'flow.json']);
      assert.equal(code, 2);
      assert.match(stdout, /flow\.json:1:\d+: error\[missing-file\]: There is no file "\.\/none\.md"/);
    });

    test('invalid JSON is shown at its place', async () => {
      rig.write('broken.json', '{ "connector": "2.1", "name": }');
      await fails(
        ['run', 'broken.json'],
        2,
        /broken\.json:1:31: error\[/,
        /"broken.json" has 2 errors and cannot run/,
      );
    });

    test('errors of the schema are shown with line and column', async () => {
      const file = rig.connector({
        ...shellRun,
        pipeline: { phases: [{ name: 'one', prompt: 'true', workers: 'many' }] },
      });
      await fails(['run', file], 2, /test\.connector\.json:\d+:\d+: error\[[a-z-]+\]/);
    });

    test('a model that is neither alias nor CLI is answered with the one that was meant', async () => {
      const file = rig.connector({
        ...shellRun,
        pipeline: { phases: [{ name: 'one', prompt: 'true', model: 'primry' }] },
      });
      await fails(['plan', file], 2, /"primry"/, /primary/);
    });

    test('a model whose program is not installed ends with 3 before anything starts', async () => {
      const file = rig.connector({
        ...shellRun,
        models: { primary: { model: 'x', command: ['no-such-program-here', '{prompt}'] } },
      });
      await fails(['run', file], 3, /no-such-program-here/, /nothing was started/);
    });

    test('--phase and --from exclude each other', async () => {
      const file = rig.connector(shellRun);
      await fails(['run', file, '--phase', 'one', '--from', 'one'], 2, /exclude each other/);
    });

    test('a phase that does not exist is answered with those that do', async () => {
      const file = rig.connector(shellRun);
      await fails(['run', file, '--phase', 'two'], 2, /no phase "two".*"one"/);
    });

    test('--var without a value is refused', async () => {
      const file = rig.connector(shellRun);
      await fails(['run', file, '--var', 'x'], 2, /--var takes name=value, got "x"/);
    });

    test('a file without prompt and task is refused where nobody can be asked', async () => {
      const file = rig.connector({
        name: 'no-task',
        models: { primary: 'shell' },
        pipeline: { phases: [{ name: 'one' }] },
      });
      await fails(['run', file], 2, /task/);
    });

    test('an invalid configuration is named with its file', async () => {
      const config = join(rig.niiaHome, 'config.json');
      writeFileSync(config, '{ "node": 3 }');
      try {
        await fails(['validate', rig.connector(shellRun)], 2, /config\.json" is invalid: node/);
      } finally {
        writeFileSync(config, '{}');
      }
    });

    test('a run that does not exist is named', () =>
      fails(['show', 'nothing'], 2, /there is no run "nothing"/));

    test('attach without a terminal is refused with what works without one', () =>
      fails(['attach', 'nothing'], 2, /there is no session "nothing"/));
  });
}

async function runIn(options: RigOptions, prepare: (rig: CliRig) => void = () => {}) {
  await using rig = new CliRig(options);
  const file = rig.connector(shellRun);
  prepare(rig);
  const result = await rig.niia(['run', file]);
  return { ...result, leftovers: rig.leftovers() };
}

test('a repository without a commit is refused, and nothing is left in it', async () => {
  const { code, stderr, leftovers } = await runIn({ repository: 'unborn' });
  assert.equal(code, 2, stderr);
  assert.match(stderr, /commit/);
  assert.deepEqual(leftovers, []);
});

test('a run of several workers is attached to by one of them', async () => {
  await using rig = new CliRig();
  const phases = [{ name: 'one', prompt: 'true', workers: 2 }];
  const ran = await rig.niia(['run', rig.connector({ ...shellRun, pipeline: { phases } })]);
  assert.equal(ran.code, 0, ran.stderr);
  const { code, stderr } = await rig.niia(['attach', 'last']);
  assert.equal(code, 2);
  assert.match(stderr, /"last" is a run of 2 workers: name one of them\n {2}there are: one\/1, one\/2/);
});

test('a plan does without an estimate where the history cannot be read', async () => {
  await using rig = new CliRig();
  const env = { NIIA_HOME: rig.write('no-folder', '') };
  const { code, stdout, stderr } = await rig.niia(['plan', rig.connector(shellRun)], { env });
  assert.equal(code, 0, stderr);
  assert.match(stdout, /ready to run/);
});

test('without a repository the workers run in place, with a warning', async () => {
  await using rig = new CliRig({ repository: 'none' });
  const file = rig.connector({ ...shellRun, session: { permission: 'edit' } });
  const { code, stdout, stderr } = await rig.niia(['run', file]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stderr, /warning:/);
});

test('a dirty working tree runs from HEAD and stays as it is', async () => {
  await using rig = new CliRig();
  const file = rig.connector(shellRun);
  rig.write('README.md', 'changed\n');
  const before = rig.git('status', '--porcelain');
  const { code, stderr } = await rig.niia(['run', file]);
  assert.equal(code, 0, stderr);
  assert.equal(rig.git('status', '--porcelain'), before);
});

test('a detached HEAD runs from its commit', async () => {
  const { code, stdout, stderr } = await runIn({}, rig => rig.git('checkout', '--quiet', '--detach'));
  assert.equal(code, 0, stdout + stderr);
});

test('a place for worktrees that cannot be made fails the workers with its path, and leaves no branch', async () => {
  await using rig = new CliRig();
  const file = rig.connector(shellRun);
  // A file where the folder should be: refuses everybody, also root, for whom read-only folders mean nothing.
  rig.write('../work.worktrees', '');
  const { code, stdout, stderr } = await rig.niia(['run', file]);
  assert.equal(code, 1, stdout + stderr);
  assert.match(stdout, /✗ one\/1: [\s\S]*work\.worktrees/);
  assert.equal(rig.git('branch', '--list', 'niia/*/w/*'), '');
});

test('a home that cannot be written is named', async () => {
  await using rig = new CliRig({ repository: 'none' });
  const home = rig.write('file', '');
  const { code, stdout, stderr } = await rig.niia(['ps'], { env: { NIIA_HOME: home } });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^niia: cannot keep anything in ".*\/file\/state": .*folder\n {2}set NIIA_HOME/);
});

test('a second run of the same file gets worktrees of its own', async () => {
  await using rig = new CliRig();
  const file = rig.connector({
    ...shellRun,
    pipeline: { phases: [{ name: 'one', gate: 'approve', prompt: 'echo {run} > out.txt' }] },
  });
  const runs = [await rig.niia(['run', file, '--detach']), await rig.niia(['run', file, '--detach'])];
  const ids = runs.map(run => run.stdout.trim());
  assert.equal(new Set(ids).size, 2);
  for (const id of ids) assert.equal((await rig.niia(['approve', id, 'one'])).code, 0);
  await eventually(async () => (await statesOf(rig)).every(state => state === 'succeeded'), {
    what: 'the end of both runs',
  });
  const diffs = await Promise.all(ids.map(id => rig.niia(['diff', id])));
  assert.deepEqual(
    diffs.map((diff, at) => diff.stdout.includes(`+${ids[at]}`)),
    [true, true],
  );
});

async function statesOf(rig: CliRig): Promise<readonly string[]> {
  // The shape is part of the command line's contract; JSON.parse gives no type.
  const rows = (await rig.json(['ps', '--all'])) as readonly { readonly state: string }[];
  return rows.map(row => row.state);
}

test('a daemon of another version is named with both versions, and what to do', async () => {
  await using rig = new CliRig({ repository: 'none' });
  await using _daemon = await startForeignDaemon(rig.niiaHome);
  const { code, stdout, stderr } = await rig.niia(['ps']);
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^niia: .*9\.9\.9.*0\.1\.0/);
  assert.match(stderr, /niia daemon stop/);
});
