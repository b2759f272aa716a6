import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { AgentEvent } from '../../../runtime/agents/adapter.ts';
import { RetryPatience } from '../../../runtime/runner/retry-patience.ts';
import { ManualClock } from '../../integration/agents/manual-clock.ts';

const retrying: AgentEvent = { kind: 'retrying', attempt: 1, message: '429' };
const said: AgentEvent = { kind: 'transcript', text: 'Hm.\n' };
const alive: AgentEvent = { kind: 'activity' };

function patienceOf(limitMs: number) {
  const clock = new ManualClock();
  let gaveUp = 0;
  const patience = new RetryPatience(clock, limitMs, () => {
    gaveUp += 1;
  });
  return { clock, patience, gaveUp: () => gaveUp };
}

suite('a CLI that tries again by itself', () => {
  test('is given up once it has done nothing else for long enough', () => {
    const { clock, patience, gaveUp } = patienceOf(30_000);
    patience.take([retrying, said]);
    clock.advance(20_000);
    patience.take([retrying, alive]);
    clock.advance(9_999);
    assert.equal(gaveUp(), 0);
    clock.advance(1);
    assert.equal(gaveUp(), 1);
    assert.equal(clock.pending, 0);
  });

  test('is given up at once where it will wait for longer than that', () => {
    const { clock, patience, gaveUp } = patienceOf(30_000);
    patience.take([{ ...retrying, delayMs: 3_600_000 }]);
    clock.advance(0);
    assert.equal(gaveUp(), 1);
  });

  test('is not given up for its silence after a wait of known length: its model may be at work', () => {
    const { clock, patience, gaveUp } = patienceOf(30_000);
    patience.take([{ ...retrying, delayMs: 5000 }]);
    clock.advance(100_000);
    assert.equal(gaveUp(), 0);
    patience.take([{ ...retrying, delayMs: 5000 }]);
    clock.advance(0);
    assert.equal(gaveUp(), 1);
  });

  test('is left alone when its model answers, whichever is told last', () => {
    const { clock, patience, gaveUp } = patienceOf(30_000);
    patience.take([retrying, { kind: 'answering' }]);
    clock.advance(100_000);
    assert.equal(gaveUp(), 0);
    patience.take([{ kind: 'answering' }, retrying]);
    clock.advance(30_000);
    assert.equal(gaveUp(), 1);
  });

  test('is left alone when its model says something again', () => {
    const { clock, patience, gaveUp } = patienceOf(30_000);
    patience.take([retrying]);
    clock.advance(20_000);
    patience.take([said]);
    clock.advance(20_000);
    patience.take([retrying]);
    clock.advance(20_000);
    assert.equal(gaveUp(), 0);
  });

  test('is not left alone for signs of life without a word', () => {
    const { clock, patience, gaveUp } = patienceOf(30_000);
    patience.take([retrying]);
    clock.advance(20_000);
    patience.take([alive]);
    clock.advance(10_000);
    assert.equal(gaveUp(), 1);
  });
});
