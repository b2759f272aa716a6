import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { CliRig, processesWith } from '../../support/cli-rig.ts';

const server = fileURLToPath(new URL('../../support/fake-mcp-server.mjs', import.meta.url));

/** A folder whose `.mcp.json` has the fake server in each of its modes. */
function rigWith(servers: Readonly<Record<string, object>> = {}): CliRig {
  const mode = (...modes: readonly string[]) => ({ command: process.execPath, args: [server, ...modes] });
  const mcpServers = {
    fake: mode(),
    secret: { ...mode(), env: { SECRET: 's3cret-${WHO}' } },
    family: mode('family'),
    ...servers,
  };
  return new CliRig({ files: { '.mcp.json': JSON.stringify({ mcpServers }) } });
}

test('a tool of a configured server is called like a command, in text and JSON', async () => {
  await using rig = rigWith();
  const said = await rig.niia(['mcp', 'call', 'fake', 'echo', '{"text": "hi"}']);
  assert.deepEqual([said.code, said.stdout, said.stderr], [0, 'you said hi\n', '']);
  assert.deepEqual(await rig.json(['mcp', 'call', 'fake', 'echo', '{"text": "hi"}']), {
    content: [{ type: 'text', text: 'you said hi' }],
  });
  const failed = await rig.niia(['mcp', 'call', 'fake', 'fail']);
  assert.deepEqual([failed.code, failed.stdout, failed.stderr], [1, '', 'it went wrong\n']);
});

test('variables in an entry come from the environment, and a missing one is named before anything starts', async () => {
  await using rig = rigWith();
  const call = ['mcp', 'call', 'secret', 'env', '{"name": "SECRET"}'];
  assert.equal((await rig.niia(call, { env: { WHO: 'me' } })).stdout, 's3cret-me\n');
  const missing = await rig.niia(call);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /"secret" in \S+\.mcp\.json cannot be started: \$\{WHO\} has no value/);
});

test('list shows servers and their tools, and neither arguments nor secrets', async () => {
  await using rig = rigWith({ bad: {} });
  rig.connector({ tools: { mcp: { mine: { url: 'https://user:pw@host.test/x?key=abc' } } } });
  const { code, stdout } = await rig.niia(['mcp', 'list']);
  assert.equal(code, 0);
  assert.match(stdout, /^mine {2}https:\/\/host\.test {2}test\.connector\.json$/m);
  assert.match(stdout, /^bad {2}it has neither a "command" nor a "url"/m);
  assert.doesNotMatch(stdout, /s3cret|fake-mcp-server|pw|abc/);
  const tools = await rig.niia(['mcp', 'list', '--tools'], { env: { WHO: 'me' } });
  assert.match(tools.stdout, /^ {4}echo {2}Says it again$/m);
});

test('what a server started ends with the call, even in a session of its own and deaf to signals', async () => {
  await using rig = rigWith();
  const mark = `WHO=${rig.place}`;
  const called = await rig.niia(['mcp', 'call', 'family', 'echo', '{"text": "x"}'], {
    env: { WHO: rig.place },
  });
  assert.equal(called.stdout, 'you said x\n');
  assert.deepEqual(processesWith(mark), []);
});

test('a server that does not answer is given up and ended', async () => {
  const silent = { command: process.execPath, args: [server, 'silent'] };
  await using rig = rigWith({ silent });
  const env = { WHO: rig.place };
  for (const call of [
    ['silent', 'echo'],
    ['fake', 'hang'],
  ]) {
    const { code, stderr } = await rig.niia(['mcp', 'call', ...call, '--timeout', '2'], { env });
    assert.equal(code, 1);
    assert.match(stderr, /Request timed out/);
  }
  assert.deepEqual(processesWith(`WHO=${rig.place}`), []);
});

test('what is wrong is said: no such server, no object, a server that crashes with its last words', async () => {
  await using rig = rigWith({
    crash: { command: process.execPath, args: [server, 'crash'] },
    gone: { command: 'no-such-program' },
  });
  const unknown = await rig.niia(['mcp', 'call', 'fakee', 'echo']);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /there is no MCP server "fakee"\n {2}did you mean fake\?/);
  const input = await rig.niia(['mcp', 'call', 'fake', 'echo', '[1]']);
  assert.equal(input.code, 2);
  assert.match(input.stderr, /the arguments of a tool are a JSON object, got \[1\]/);
  const crash = await rig.niia(['mcp', 'call', 'crash', 'echo']);
  assert.equal(crash.code, 1);
  assert.match(crash.stderr, /MCP server "crash": [\s\S]*no configuration found/);
  assert.match((await rig.niia(['mcp', 'call', 'gone', 'echo'])).stderr, /no-such-program/);
});

test('a server is called and asked for its tools over http', async () => {
  const child = spawn(process.execPath, [server, 'http'], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = await once(child.stdout.setEncoding('utf8'), 'data');
    await using rig = rigWith({ web: { url: `http://127.0.0.1:${String(port).trim()}/mcp` } });
    const said = await rig.niia(['mcp', 'call', 'web', 'echo', '{"text": "hi"}']);
    assert.deepEqual([said.code, said.stdout], [0, 'you said hi\n']);
    const listed = await rig.niia(['mcp', 'list', '--tools']);
    assert.match(listed.stdout, /^web {2}http:\/\/127[\s\S]*^ {4}echo {2}Says it again$/m);
  } finally {
    child.kill();
    await once(child, 'close');
  }
});

test('a server is started in its own folder, seen from where it is called', async () => {
  const where = { command: 'sh', args: ['-c', 'pwd >&2; exit 3'], cwd: '..' };
  await using rig = rigWith({ where });
  const { stderr } = await rig.niia(['mcp', 'call', 'where', 'echo']);
  assert.match(stderr, new RegExp(`^\\s*${dirname(rig.folder)}$`, 'm'));
});

test('a script of a run calls the servers of its file, which does not stand in its worktree', async () => {
  await using rig = new CliRig();
  const file = rig.connector({
    tools: { mcp: { mine: { command: process.execPath, args: [server], cwd: '.' } } },
    pipeline: {
      phases: [
        {
          name: 'use',
          model: 'shell',
          prompt: `ls\nniia mcp list\nniia mcp call mine echo '{"text": "hi"}'`,
        },
      ],
    },
  });
  const { code, stderr } = await rig.niia(['run', file]);
  assert.equal(code, 0, stderr);
  const [run = ''] = readdirSync(join(rig.niiaHome, 'state', 'runs'));
  const answer = readFileSync(join(rig.niiaHome, 'state', 'runs', run, 'answers', 'use', '1.md'), 'utf8');
  assert.match(answer, /^README\.md\nmine {2}.*\nyou said hi\s*$/);
});
