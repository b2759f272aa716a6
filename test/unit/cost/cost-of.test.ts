import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Usage } from '../../../runtime/agents/adapter.ts';
import { costOf } from '../../../runtime/cost/cost-of.ts';
import { type PriceTable, priceTableSchema } from '../../../runtime/cost/price-table.ts';

const million: Usage = { inputTokens: 1_000_000, outputTokens: 1_000_000 };
const table: PriceTable = {
  'codex/gpt-x': { input: 1, output: 2 },
  'gpt-x': { input: 10, output: 20 },
  local: { input: 0.5, output: 0.5, cacheRead: 0.1 },
};

suite('the cost of a turn', () => {
  test('is what the CLI says, whatever the prices are', async () => {
    const usage = { ...million, costUsd: 0.25 };
    const cost = await costOf(usage, { adapter: 'codex', models: ['gpt-x'] }, table);
    assert.deepEqual(cost, { usd: 0.25, from: 'cli' });
  });

  test('is by the user’s price for this CLI and model before that for the model anywhere', async () => {
    const ofCodex = await costOf(million, { adapter: 'codex', models: ['gpt-x'] }, table);
    const ofOther = await costOf(million, { adapter: 'opencode', models: ['gpt-x'] }, table);
    assert.deepEqual([ofCodex?.usd, ofOther?.usd], [3, 30]);
  });

  test('is by the user’s price for a CLI whose model nobody knows', async () => {
    const usage = { ...million, cacheReadTokens: 1_000_000, cacheWriteTokens: 1_000_000 };
    const cost = await costOf(usage, { adapter: 'local', models: [] }, table);
    assert.deepEqual(cost, { usd: 0.5 + 0.5 + 0.1 + 0.5, from: 'prices' });
  });

  test('is by the public list for a model that it has, caches at their own price', async () => {
    const owner = { adapter: 'codex', models: ['gpt-5'] };
    const fresh = await costOf({ inputTokens: 2000, outputTokens: 0 }, owner, {});
    const cached = await costOf({ inputTokens: 1000, cacheReadTokens: 1000, outputTokens: 0 }, owner, {});
    assert.equal(fresh?.from, 'list');
    assert.ok(fresh !== undefined && cached !== undefined && cached.usd < fresh.usd && cached.usd > 0);
  });

  test('takes the provider from the model’s name where a CLI serves several', async () => {
    const usage = { inputTokens: 1000, outputTokens: 100 };
    const named = await costOf(usage, { adapter: 'opencode', models: ['anthropic/claude-sonnet-4-5'] }, {});
    const own = await costOf(usage, { adapter: 'claude', models: ['claude-sonnet-4-5'] }, {});
    assert.ok(named !== undefined);
    assert.equal(named.usd, own?.usd);
  });

  test('is unknown, not 0, without tokens, model or price', async () => {
    const unknown = await Promise.all([
      costOf({}, { adapter: 'codex', models: ['gpt-5'] }, {}),
      costOf({ outputTokens: 5 }, { adapter: 'codex', models: ['gpt-5'] }, {}),
      costOf(million, { adapter: 'codex', models: [] }, {}),
      costOf(million, { adapter: 'codex', models: ['no-such-model'] }, {}),
      costOf(million, { adapter: 'aider', models: ['toString'] }, {}),
    ]);
    assert.deepEqual(unknown, [undefined, undefined, undefined, undefined, undefined]);
  });
});

test('a price below 0, or of something else than tokens, is no price', () => {
  assert.equal(priceTableSchema.safeParse({ x: { input: -1, output: 1 } }).success, false);
  assert.equal(priceTableSchema.safeParse({ x: { input: 1, output: 1, images: 1 } }).success, false);
});
