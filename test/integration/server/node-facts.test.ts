import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { FactsSource } from '../../../server/facts.ts';
import { createNodeFacts } from '../../../server/node-facts.ts';
import { canonicalUri } from '../../../server/uris.ts';

let place: string;

beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'niia-facts-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(place, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

const uriOf = (path: string) => canonicalUri(pathToFileURL(join(place, path)).href);

/** Facts with a home and a workspace of their own. */
function facts(): FactsSource {
  const source = createNodeFacts({ env: { PATH: join(place, 'bin') }, home: join(place, 'home') });
  source.setFolders([uriOf('work')]);
  return source;
}

/** Asks, waits, and asks again: what a feature that can wait does. */
async function ask<T>(source: FactsSource, question: () => T | undefined): Promise<T | undefined> {
  assert.equal(question(), undefined, 'nothing is known at once');
  await source.settled(10_000);
  return question();
}

describe('facts about this machine', () => {
  it('find programs and ask them for their version', async () => {
    const source = facts();
    chmodSync(write('bin/claude', '#!/bin/sh\necho 2.1.0\n'), 0o755);
    assert.deepEqual(await ask(source, () => source.program('claude')), {
      kind: 'found',
      path: join(place, 'bin/claude'),
    });
    assert.deepEqual(await ask(source, () => source.program('codex')), { kind: 'not-found' });
    assert.equal(await ask(source, () => source.programVersion('claude', ['--version'])), '2.1.0');
    assert.equal(await ask(source, () => source.programVersion('codex', ['--version'])), 'unknown');
  });

  it('read hosts of the ssh configuration and what it includes, without patterns', async () => {
    const source = facts();
    write(
      'home/.ssh/config',
      'Include conf.d/*\nHost box  "big box"\n  HostName 10.0.0.1\nHost *.internal !x\n',
    );
    write('home/.ssh/conf.d/work', 'host=farm\n');
    const hosts = await ask(source, () => source.sshHosts());
    assert.ok(hosts?.includes('box') && hosts.includes('farm'), String(hosts));
    assert.ok(
      hosts?.every(host => !/[*!]/.test(host)),
      String(hosts),
    );
  });

  it('find MCP servers of the workspace with their places, nearest first', async () => {
    const source = facts();
    const text = '{ "mcpServers": { "github": { "command": "x" } } }';
    write('work/.mcp.json', text);
    write('work/sub/.vscode/mcp.json', '{ "servers": { "search": { "url": "https://x" } } }');
    write('.mcp.json', '{ "mcpServers": { "outside": {} } }');
    const servers = await ask(source, () => source.mcpServers(uriOf('work/sub/connector.json')));
    assert.deepEqual(
      servers?.map(({ name }) => name),
      ['search', 'github'],
    );
    const github = servers?.at(-1);
    assert.equal(text.slice(github?.range.start, github?.range.end), 'github');
  });

  it('take nothing but names from the configuration of CLIs', async () => {
    const source = facts();
    write(
      'home/.claude.json',
      '{ "token": "secret", "mcpServers": { "mine": { "env": { "KEY": "secret" } } } }',
    );
    write('home/.codex/config.toml', 'key = "secret"\n[mcp_servers.theirs]\ncommand = "x"\n');
    const servers = await ask(source, () => source.userMcpServers());
    assert.deepEqual(servers, [
      { name: 'mine', file: '~/.claude.json' },
      { name: 'theirs', file: '~/.codex/config.toml' },
    ]);
  });

  it('find connector files, not those of dependencies', async () => {
    const source = facts();
    write('work/connector.json', '{}');
    write('work/deep/er/review.connector.json', '{}');
    write('work/node_modules/x/connector.json', '{}');
    const files = await ask(source, () => source.connectorFiles());
    assert.deepEqual(
      files?.map(({ uri }) => uri),
      [uriOf('work/connector.json'), uriOf('work/deep/er/review.connector.json')],
    );
  });

  it('read folders and files again after a change, and say that something is new', async () => {
    const source = facts();
    let changes = 0;
    source.onDidChange(() => changes++);
    const state = () => source.fileState(uriOf('work/a.md'));
    assert.equal(await ask(source, state), 'missing');
    write('work/a.md', '');
    source.invalidate([uriOf('work/a.md')]);
    assert.equal(state(), 'missing', 'the old answer stays until there is a new one');
    await source.settled(10_000);
    assert.equal(state(), 'file');
    assert.equal(changes, 2);
  });

  it('find the repository, and that of a linked worktree', async () => {
    const source = facts();
    mkdirSync(join(place, 'work/.git'), { recursive: true });
    write('linked/.git', `gitdir: ${join(place, 'work/.git/worktrees/linked')}\n`);
    const worktreeBase = join(place, 'work.worktrees');
    const main = await ask(source, () => source.repository(uriOf('work/sub/connector.json')));
    assert.deepEqual(main, { kind: 'found', root: join(place, 'work'), worktreeBase });
    const linked = await ask(source, () => source.repository(uriOf('linked/connector.json')));
    assert.deepEqual(linked, { kind: 'found', root: join(place, 'linked'), worktreeBase });
  });

  it('read the user’s own agents and machines', async () => {
    const source = facts();
    write(
      'home/.config/niia/config.json',
      '{ "agents": { "mine": { "command": ["x"] } }, "machines": { "farm": {} } }',
    );
    const user = await ask(source, () => source.user());
    assert.deepEqual([Object.keys(user?.agents ?? {}), user?.machines], [['mine'], ['farm']]);
  });
});
