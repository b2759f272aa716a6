import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import type { PhaseSpending } from '../../../runtime/cost/estimate.ts';
import { historyFile, readHistory, remember } from '../../../runtime/cost/history.ts';

function spending(run: string, costUsd: number): PhaseSpending {
  const [file, phase, at, outcome] = ['/p/connector.json', 'build', '2026-01-01T00:00:00.000Z', 'succeeded'];
  return { v: 1, run, file, phase, at, outcome, workers: 1, models: ['claude'], costUsd };
}

suite('the history of costs', () => {
  const dir = mkdtempSync(join(tmpdir(), 'history-'));
  test.after(() => rmSync(dir, { recursive: true }));

  test('has the last end of each phase of a run, and survives a torn line', async () => {
    const file = historyFile(dir);
    assert.deepEqual(await readHistory(file), []);
    await remember(file, [spending('r-1', 1), spending('r-2', 2)]);
    appendFileSync(file, '{"v":1,"run":"r-3","fi\n');
    await remember(file, [spending('r-1', 3)]);
    const seen = (await readHistory(file)).map(({ run, costUsd }) => [run, costUsd]);
    assert.deepEqual(seen, [
      ['r-2', 2],
      ['r-1', 3],
    ]);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  test('forgets the older half when it grows too large', async () => {
    const file = join(dir, 'large.ndjson');
    const many = Array.from({ length: 8_000 }, (_, i) => spending(`r-${i}`, i));
    await remember(file, many);
    const left = await readHistory(file);
    assert.ok(left.length <= 4_001 && left.length > 3_000, `${left.length} are left`);
    assert.equal(left.at(-1)?.run, 'r-7999');
  });
});
