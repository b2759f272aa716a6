import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QuietMemory } from '../../runtime/quiet-memory.ts';

test('memory is given back once it has been quiet for a while, and not again right after', t => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let collections = 0;
  const before = globalThis.gc;
  t.after(() => {
    globalThis.gc = before;
  });
  // The real one takes options and may return a promise: nobody looks at either here.
  globalThis.gc = (() => {
    collections += 1;
  }) as NodeJS.GCFunction;
  const memory = new QuietMemory();
  t.mock.timers.tick(2000);
  memory.touch();
  t.mock.timers.tick(1000);
  assert.equal(collections, 0);
  t.mock.timers.tick(3000);
  assert.equal(collections, 1);
  memory.touch();
  t.mock.timers.tick(10_000);
  assert.equal(collections, 1);
});
