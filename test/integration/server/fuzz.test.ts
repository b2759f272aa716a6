import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fuzzServer } from '../../fuzz/server/fuzz.ts';

/** Seconds the share may take; the whole is `npm run fuzz:lsp`. */
const timeLimitMs = 20_000;

test('after random edits every feature answers as over the fresh text, within it, and keeps it valid', async () => {
  const steps = await fuzzServer({ sequences: 60, seed: 20_261_122, timeLimitMs });
  assert.ok(steps > 0);
});
