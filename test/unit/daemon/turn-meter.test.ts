import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Usage } from '../../../runtime/agents/adapter.ts';
import type { PriceTable } from '../../../runtime/cost/price-table.ts';
import { type MeteredTurn, sumOfUsage, TurnMeter } from '../../../runtime/daemon/performer/turn-meter.ts';
import type { EventData, RunEvent } from '../../../runtime/engine/events.ts';

type Told = { readonly kind: 'usage' } & EventData<'usage'>;

const turn: MeteredTurn = { worker: 'p/1', attempt: 1, turn: 1, label: 'codex', adapter: 'codex' };
const prices = { codex: { input: 1, output: 10 } };
/** One dollar of input. */
const million: Usage = { inputTokens: 1_000_000, outputTokens: 0 };

function meter(events: readonly RunEvent[] = [], table: PriceTable = prices) {
  const told: Told[] = [];
  return { told, meter: new TurnMeter(turn, { prices: table, events, report: event => told.push(event) }) };
}

function asJournal(events: readonly Told[]): readonly RunEvent[] {
  return events.map((event, i) => ({ v: 1, seq: i + 1, at: '2026-01-01T00:00:00.000Z', ...event }));
}

suite('the meter of a turn', () => {
  test('tells what is new, and in the end only the rest', async () => {
    const { told, meter: one } = meter();
    one.report(million);
    one.report(million);
    one.report({ inputTokens: 3_000_000, outputTokens: 100_000 });
    await one.end({ inputTokens: 3_000_000, outputTokens: 200_000 });
    assert.deepEqual(
      told.map(({ costUsd }) => costUsd),
      [1, 3, 1],
    );
    const sum = sumOfUsage(told);
    assert.deepEqual([sum.inputTokens, sum.outputTokens], [3_000_000, 200_000]);
  });

  test('tells nothing twice when the turn is taken over after a restart', async () => {
    const before = meter();
    before.meter.report(million);
    await before.meter.end({ inputTokens: 2_000_000, outputTokens: 0 });
    const after = meter(asJournal(before.told));
    after.meter.report(million);
    await after.meter.end({ inputTokens: 2_000_000, outputTokens: 0 });
    assert.deepEqual(after.told, []);
  });

  test('ends with the money that the CLI names, whatever was guessed on the way', async () => {
    const { told, meter: one } = meter();
    one.report(million);
    await one.end({ ...million, costUsd: 1.5 });
    assert.deepEqual(
      told.map(({ costUsd, costFrom }) => [costUsd, costFrom]),
      [
        [1, 'prices'],
        [0.5, 'cli'],
      ],
    );
    const tooMuch = meter();
    tooMuch.meter.report(million);
    await tooMuch.meter.end({ ...million, costUsd: 0.25 });
    assert.equal(tooMuch.told.at(-1)?.costUsd, 0);
  });

  test('says nothing at the end where the CLI has named all the money on the way', async () => {
    const { told, meter: one } = meter();
    one.report({ ...million, costUsd: 1.5 });
    await one.end({ ...million, costUsd: 1.5 });
    assert.equal(told.length, 1);
  });

  test('says that a cost is unknown where a CLI reports nothing, and once', async () => {
    const { told, meter: one } = meter();
    await one.end(undefined);
    assert.deepEqual(told, [{ kind: 'usage', worker: 'p/1', attempt: 1, turn: 1, label: 'codex' }]);
  });

  test('prices what is new by the model that used it', async () => {
    const { told, meter: one } = meter([], {
      'codex/small': { input: 1, output: 1 },
      'codex/large': { input: 5, output: 5 },
    });
    one.report(million, 'large');
    one.report({ inputTokens: 2_000_000, outputTokens: 0 }, 'small');
    await one.end({ inputTokens: 2_000_000, outputTokens: 0 });
    assert.deepEqual(
      told.map(({ costUsd }) => costUsd),
      [5, 1],
    );
  });

  test('prices by the model that the CLI names', async () => {
    const { told, meter: one } = meter([], {});
    one.setModel('gpt-5');
    await one.end(million);
    assert.equal(told[0]?.costFrom, 'list');
    assert.ok((told[0]?.costUsd ?? 0) > 0);
  });
});
