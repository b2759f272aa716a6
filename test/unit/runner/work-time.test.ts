import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AgentEvent } from '../../../runtime/agents/adapter.ts';
import { WorkTime } from '../../../runtime/runner/work-time.ts';
import { ManualClock } from '../../integration/agents/manual-clock.ts';

const working: AgentEvent = { kind: 'state', state: 'working', evidence: '' };
const waiting: AgentEvent = { kind: 'state', state: 'waiting', what: 'question', text: '', evidence: '' };
const NIGHT_MS = 10 * 3_600_000;

function timeOf(limitMs: number) {
  const clock = new ManualClock();
  let up = 0;
  const time = new WorkTime(clock, clock.now() + limitMs, () => {
    up += 1;
  });
  return { clock, time, up: () => up };
}

suite('the time of a turn in a terminal', () => {
  test('is up when it has worked for so long', () => {
    const { clock, time, up } = timeOf(60_000);
    time.take(working);
    clock.advance(59_999);
    assert.equal(up(), 0);
    clock.advance(1);
    assert.equal(up(), 1);
    assert.equal(clock.pending, 0);
  });

  test('stands still for a night in which a person is waited for', () => {
    const { clock, time, up } = timeOf(60_000);
    clock.advance(40_000);
    time.take(waiting);
    clock.advance(NIGHT_MS / 2);
    time.take({ ...waiting, text: 'asked again' });
    clock.advance(NIGHT_MS / 2);
    time.take(working);
    clock.advance(19_999);
    assert.equal(up(), 0);
    clock.advance(1);
    assert.equal(up(), 1);
  });

  test('is not up any more once the turn is over', () => {
    const { clock, time, up } = timeOf(60_000);
    time[Symbol.dispose]();
    clock.advance(NIGHT_MS);
    assert.equal(up(), 0);
  });

  test('may have no end', () => {
    const { clock, time, up } = timeOf(Number.POSITIVE_INFINITY);
    time.take(waiting);
    time.take(working);
    clock.advance(NIGHT_MS);
    assert.equal(up(), 0);
  });
});
