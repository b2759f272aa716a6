import assert from 'node:assert/strict';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type Cli, type CliOptions, createCli } from '../../../client/cli.ts';

/** A command line that prints what it was called with. */
function createRig(
  t: TestContext,
  options: Partial<CliOptions> = {},
): { readonly cli: Cli; readonly dir: string } {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'cli-')));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const script = join(dir, 'echo.mjs');
  writeFileSync(
    script,
    `const { A, VSCODE_PID } = process.env;
console.log(JSON.stringify({ args: process.argv.slice(2), cwd: process.cwd(), A, VSCODE_PID }));
console.error('talk');
process.exitCode = 3;`,
  );
  const env = { ...process.env, A: 'kept', VSCODE_PID: '1' };
  return {
    dir,
    cli: createCli({ script, node: () => process.execPath, isTrusted: () => true, env, ...options }),
  };
}

test('arguments arrive as they are, in the folder that was named, without the editor’s own variables', async t => {
  const { cli, dir } = createRig(t);
  const called = await cli.run(['a b', '$(x)', '--y=z'], { cwd: dir });
  assert.ok(called.ok);
  assert.deepEqual(JSON.parse(called.value.stdout), { args: ['a b', '$(x)', '--y=z'], cwd: dir, A: 'kept' });
  assert.deepEqual([called.value.code, called.value.stderr], [3, 'talk\n']);
});

test('nothing is started without trust', async t => {
  const { cli, dir } = createRig(t, { isTrusted: () => false });
  assert.deepEqual(await cli.run([], { cwd: dir }), {
    ok: false,
    failure: 'Connector files start programs. Trust this workspace to run them.',
  });
});

test('a Node that is not there is named together with the setting', async t => {
  const { cli, dir } = createRig(t, { node: () => '/no/node' });
  const called = await cli.run([], { cwd: dir });
  assert.match(called.ok ? '' : called.failure, /"\/no\/node" could not be started.*"niia\.node"/);
});

test('a folder that is gone is named, and not Node', async t => {
  const { cli, dir } = createRig(t);
  const called = await cli.run([], { cwd: join(dir, 'gone') });
  assert.match(called.ok ? '' : called.failure, /gone" does not exist/);
});

test('without a setting Node comes from the PATH, or else is the editor itself', t => {
  const node = () => '';
  const found = createRig(t, { node, env: { PATH: dirname(process.execPath) } }).cli.program();
  assert.equal(found.command, process.execPath);
  assert.equal(found.env.ELECTRON_RUN_AS_NODE, undefined);
  const own = createRig(t, { node, env: { PATH: '/nowhere' } }).cli.program();
  assert.equal(own.command, process.execPath);
  assert.equal(own.env.ELECTRON_RUN_AS_NODE, '1');
});
