import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Channel } from '../../../runtime/agents/terminal/terminal-cli.ts';
import { channelsFromStart } from '../../../runtime/runner/channel-starts.ts';

test('a terminal that goes on with a conversation reads only its own lines, also after a restart', async t => {
  const folder = mkdtempSync(join(tmpdir(), 'niia-starts-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const place = { folder, cwd: folder, env: {}, platform: 'linux' } as const;
  const old = join(folder, 'old.jsonl');
  const coming = join(folder, 'coming.jsonl');
  writeFileSync(old, '{"of":"before"}\n');
  const channels: readonly Channel[] = [
    { kind: 'lines', file: old },
    { kind: 'lines', file: coming },
    { kind: 'hooks', dir: folder },
  ];
  const expected = [
    { kind: 'lines', file: old, from: 16 },
    { kind: 'lines', file: coming, from: 0 },
    { kind: 'hooks', dir: folder },
  ];
  assert.deepEqual(await channelsFromStart(place, channels), expected);
  for (const file of [old, coming]) appendFileSync(file, '{"of":"now"}\n');
  assert.deepEqual(await channelsFromStart(place, channels), expected);
});
