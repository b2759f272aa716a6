import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { resolveAddress, serversOf } from '../../../runtime/mcp/configured-servers.ts';
import { findServers } from '../../../runtime/mcp/find-servers.ts';
import { err, ok } from '../../../runtime/result.ts';

/** Names and what is known of each, a line per server. */
function summary(content: unknown): readonly string[] {
  return serversOf('f', typeof content === 'string' ? content : JSON.stringify(content)).map(
    ({ name, address, problem }) =>
      `${name}: ${address?.kind === 'stdio' ? address.command : (address?.url ?? problem)}`,
  );
}

test('servers are read from connector files, .mcp.json and .vscode/mcp.json, with comments', () => {
  assert.deepEqual(summary({ tools: { mcp: { docs: { url: 'https://d' } } } }), ['docs: https://d']);
  assert.deepEqual(summary('{ // mine\n "mcpServers": { "a": { "command": "x", "args": [] }, } }'), ['a: x']);
  assert.deepEqual(summary({ servers: { b: { type: 'stdio', command: 'y' } } }), ['b: y']);
});

test('a list of names defines no server, and what is none says why', () => {
  assert.deepEqual(summary({ tools: { mcp: ['github'] } }), []);
  assert.deepEqual(summary({ mcpServers: { odd: 7 } }), ['odd: it has neither a "command" nor a "url"']);
  for (const broken of ['', '{', '[]', 'null', '{"tools": 1, "servers": []}'])
    assert.deepEqual(summary(broken), []);
});

test('variables are replaced from the environment, with defaults, and the missing ones are named', () => {
  const variables = { env: { TOKEN: 't', EMPTY: '' }, workspaceFolder: '/w' };
  const address = {
    kind: 'stdio',
    command: '${workspaceFolder}/run',
    args: ['${TOKEN}', '${env:TOKEN}', '${EMPTY:-d}', '$TOKEN'],
    env: { KEY: 'x${TOKEN}' },
  } as const;
  assert.deepEqual(
    resolveAddress(address, variables),
    ok({ kind: 'stdio', command: '/w/run', args: ['t', 't', 'd', '$TOKEN'], env: { KEY: 'xt' } }),
  );
  const asking = { kind: 'http', url: 'https://${input:host}/', headers: { a: '${NOPE}' } } as const;
  assert.deepEqual(resolveAddress(asking, variables), err('${input:host}, ${NOPE} has no value'));
});

test('the nearest file that has a name wins: connector file, .mcp.json up to the root of the repository, the user', () => {
  const place = mkdtempSync(join(tmpdir(), 'niia-mcp-'));
  const put = (path: string, content: object) => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), JSON.stringify(content));
  };
  const server = (command: string) => ({ command });
  try {
    put('.mcp.json', { mcpServers: { outside: server('never') } });
    mkdirSync(join(place, 'repo/.git'), { recursive: true });
    put('repo/.mcp.json', { mcpServers: { a: server('root'), b: server('root') } });
    put('repo/sub/.mcp.json', { mcpServers: { a: server('sub') } });
    put('repo/sub/x.connector.json', { tools: { mcp: { c: server('file') } } });
    put('home/.claude.json', { mcpServers: { b: server('user'), u: server('user') } });
    mkdirSync(join(place, 'home/.codex'));
    writeFileSync(join(place, 'home/.codex/config.toml'), '[mcp_servers.x]\ncommand = "codex"\n');
    const found = findServers({ folder: join(place, 'repo/sub'), env: { HOME: join(place, 'home') } });
    assert.deepEqual(
      found.map(({ name, address }) => `${name} ${address?.kind === 'stdio' ? address.command : ''}`),
      ['c file', 'a sub', 'b root', 'u user', 'x codex'],
    );
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

test('servers of Codex are read from its TOML, in the common form', () => {
  const content = `model = "gpt-5"
[mcp_servers.docs]
command = "npx"
args = ["-y", "docs"]
env = { KEY = "k" }
env_vars = ["TOKEN"]
cwd = "tools"
startup_timeout_sec = 20
[mcp_servers.web]
url = "https://w"
bearer_token_env_var = "PASS"
http_headers = { A = "1" }
env_http_headers = { B = "BEE" }
[mcp_servers.off]
command = "never"
enabled = false
[mcp_servers.odd]
url = 7
`;
  const servers = serversOf('/home/me/.codex/config.toml', content);
  assert.deepEqual(
    servers.map(({ name, address, problem }) => [name, address ?? problem]),
    [
      [
        'docs',
        {
          kind: 'stdio',
          command: 'npx',
          args: ['-y', 'docs'],
          env: { KEY: 'k', TOKEN: '${TOKEN:-}' },
          cwd: 'tools',
        },
      ],
      [
        'web',
        {
          kind: 'http',
          url: 'https://w',
          headers: { A: '1', B: '${BEE}', Authorization: 'Bearer ${PASS}' },
        },
      ],
      ['odd', 'it has neither a "command" nor a "url"'],
    ],
  );
  assert.deepEqual(serversOf('config.toml', '[mcp_servers'), []);
  assert.deepEqual(serversOf('config.toml', 'mcp_servers = 7'), []);
});
