import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { serverOf } from '../../../runtime/daemon/mcp-servers.ts';
import { ok } from '../../../runtime/result.ts';

const stdio = { kind: 'stdio', command: 'node', args: ['-p', 'process.cwd()'], env: {} } as const;

test('a server without a folder of its own is handed on as it is', () => {
  const { kind: _kind, ...plain } = stdio;
  assert.deepEqual(serverOf(stdio, '/w', 'linux'), ok(plain));
});

test('a server with a folder of its own is started there, whatever the CLI can do', t => {
  if (process.platform === 'win32') return t.skip('needs a POSIX shell');
  const place = realpathSync(mkdtempSync(join(tmpdir(), 'niia-mcp-')));
  try {
    mkdirSync(join(place, 'a b'));
    const address = { ...stdio, command: process.execPath, cwd: 'a b' };
    const server = serverOf(address, place, process.platform);
    assert.ok(server.ok && 'command' in server.value);
    const said = execFileSync(server.value.command, server.value.args, { encoding: 'utf8' });
    assert.equal(said.trim(), join(place, 'a b'));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('where there is no POSIX shell, a folder of its own is refused, not ignored', () => {
  const server = serverOf({ ...stdio, cwd: 'x' }, 'C:\\w', 'win32');
  assert.ok(!server.ok);
  assert.match(server.failure, /"cwd"/);
});
