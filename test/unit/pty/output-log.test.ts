import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_RING_BYTES, OutputLog } from '../../../runtime/pty/output-log.ts';

function copyAll(log: OutputLog, from: number): Buffer {
  const target = Buffer.alloc(log.end - from);
  let at = 0;
  while (at < target.length) at += log.copy(from + at, target, at, 1000);
  return target;
}

test('what is in memory is what was appended, for any sizes of appends and any needs', () => {
  const append = fc.record({
    length: fc.integer({ min: 0, max: 60_000 }),
    needs: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(append, { maxLength: 60 }), appends => {
      const log = new OutputLog();
      let all = Buffer.alloc(0);
      for (const { length, needs } of appends) {
        const bytes = Buffer.from(Array.from({ length }, (_, index) => (all.length + index * 7) % 251));
        const keepFrom = Math.floor(log.start + (log.end - log.start) * needs);
        log.append(bytes, keepFrom);
        all = Buffer.concat([all, bytes]);
        assert.ok(log.start <= keepFrom || log.allocatedBytes === MAX_RING_BYTES, 'what is needed stays');
        assert.ok(copyAll(log, log.start).equals(all.subarray(log.start)));
      }
      assert.equal(log.end, all.length);
    }),
    { numRuns: 30, seed: 1 },
  );
});

test('memory is taken with the first byte, grows with need only, and is given back', () => {
  const log = new OutputLog();
  assert.equal(log.allocatedBytes, 0);
  for (let count = 0; count < 1000; count++) log.append(Buffer.alloc(1000), log.end);
  assert.equal(log.allocatedBytes, 16 * 1024);
  log.release();
  assert.equal(log.allocatedBytes, 0);
  assert.equal(log.start, 1_000_000);
  assert.equal(log.copy(999_999, Buffer.alloc(10), 0, 10), 0);
  log.append(Buffer.from('on'), log.end);
  assert.equal(copyAll(log, 1_000_000).toString(), 'on');
});
