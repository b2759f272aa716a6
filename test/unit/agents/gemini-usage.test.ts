import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createGeminiReader } from '../../../runtime/agents/gemini-reader.ts';

test('what gemini used in a turn is told for each of its models, so that each has its own price', () => {
  const reader = createGeminiReader({
    ...{ prompt: '', promptFile: '', filesDir: '', permission: 'edit', args: [], program: '' },
    platform: 'linux',
  });
  const flash = { total_tokens: 110, input_tokens: 100, output_tokens: 10, cached: 0, input: 100 };
  const pro = { total_tokens: 5300, input_tokens: 5000, output_tokens: 250, cached: 4000, input: 1000 };
  const stats = { total_tokens: 5410, input_tokens: 5100, output_tokens: 260, cached: 4000, input: 1100 };
  const models = { 'gemini-2.5-flash-lite': flash, 'gemini-2.5-pro': pro };
  const events = reader.feed(
    `${JSON.stringify({ type: 'message', role: 'assistant', content: 'Done.' })}\n` +
      `${JSON.stringify({ type: 'result', status: 'success', stats: { ...stats, models } })}\n`,
  );
  const told = events.filter(event => event.kind === 'usage');
  assert.deepEqual(
    told.map(({ model }) => model),
    ['gemini-2.5-flash-lite', 'gemini-2.5-pro'],
  );
  assert.deepEqual(told[0]?.usage, { inputTokens: 100, outputTokens: 10, cacheReadTokens: 0 });
  const outcome = reader.end({ code: 0, signal: null }, '');
  assert.deepEqual(told[1]?.usage, outcome.usage, 'the last is all');
});
