import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SpawnFailure } from '../../../runtime/pty/leader.ts';
import { startPatiently } from '../../../runtime/pty/start-patiently.ts';
import { err, ok, type Result } from '../../../runtime/result.ts';

/** A system on which starts fail with these codes, one after the other, before one succeeds. */
async function startOn(...codes: readonly string[]) {
  const left = [...codes];
  const pauses: number[] = [];
  const start = (): Result<string, SpawnFailure> => {
    const code = left.shift();
    return code === undefined ? ok('started') : err({ kind: 'spawn_failed', code, message: code });
  };
  const end = await startPatiently(start, async ms => pauses.push(ms));
  return { end: end.ok ? end.value : end.failure.code, pauses };
}

test('a start that the system had no room for is tried again after growing pauses', async () => {
  assert.deepEqual(await startOn(), { end: 'started', pauses: [] });
  assert.deepEqual(await startOn('EAGAIN', 'EAGAIN'), { end: 'started', pauses: [50, 100] });
});

test('a system that has no room for seconds, and every other failure, is reported', async () => {
  const { end, pauses } = await startOn(...Array.from({ length: 9 }, () => 'EAGAIN'));
  assert.deepEqual([end, pauses.length], ['EAGAIN', 5]);
  assert.deepEqual(await startOn('ENOENT'), { end: 'ENOENT', pauses: [] });
});
