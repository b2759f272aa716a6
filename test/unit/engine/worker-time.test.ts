import assert from 'node:assert/strict';
import { test } from 'node:test';
import { finalWorkedMs, workedMs } from '../../../runtime/engine/worker-time.ts';

const at = (clock: string) => `2026-01-01T${clock}.000Z`;
const attempt = (number: number, from: string, to?: string) => ({
  attempt: number,
  startedAt: at(from),
  ...(to === undefined ? {} : { endedAt: at(to) }),
  turns: [],
  steps: [],
});

test('the time between an attempt and its retry is no work', () => {
  const attempts = [attempt(1, '01:00:00', '01:00:10'), attempt(2, '09:00:00')];
  assert.equal(workedMs({ attempts }, at('09:00:05')), 15_000);
  assert.equal(finalWorkedMs({ attempts }), undefined);
});

test('a worker that has ended has worked for the sum of its attempts', () => {
  const attempts = [attempt(1, '01:00:00', '01:00:10'), attempt(2, '09:00:00', '09:00:01')];
  assert.equal(finalWorkedMs({ attempts, endedAt: at('09:00:01') }), 11_000);
});

test('a worker without an attempt has not worked', () => {
  assert.equal(workedMs({ attempts: [] }, at('09:00:00')), undefined);
  assert.equal(finalWorkedMs({ attempts: [], endedAt: at('09:00:00') }), undefined);
});
