import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  decodeSize,
  encodeFrame,
  encodeSizeFrame,
  FrameDecoder,
  frameTypes,
} from '../../../runtime/pty/frames.ts';

test('frames survive any cutting of the stream', () => {
  const payloads = fc.array(fc.uint8Array({ maxLength: 50 }), { maxLength: 10 });
  fc.assert(
    fc.property(payloads, fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (contents, cuts) => {
      const stream = Buffer.concat(contents.map(payload => encodeFrame(frameTypes.input, payload)));
      const decoder = new FrameDecoder();
      const seen: Buffer[] = [];
      for (let at = 0, cut = 0; at < stream.length; cut++) {
        const next = at + (cuts[cut % cuts.length] ?? 1);
        for (const { payload } of decoder.push(stream.subarray(at, next))) seen.push(Buffer.from(payload));
        at = next;
      }
      assert.deepEqual(
        seen,
        contents.map(payload => Buffer.from(payload)),
      );
    }),
    { seed: 1 },
  );
});

test('a length beyond the limit breaks the stream for good', () => {
  const decoder = new FrameDecoder();
  assert.deepEqual([...decoder.push(Buffer.from([16, 255, 255, 255, 255]))], []);
  assert.ok(decoder.isBroken);
  assert.deepEqual([...decoder.push(encodeFrame(frameTypes.input, Buffer.from('x')))], []);
});

test('sizes out of range are refused', () => {
  const payloadOf = (cols: number, rows: number): Buffer =>
    encodeSizeFrame(frameTypes.setSize, cols, rows).subarray(5);
  assert.deepEqual(decodeSize(payloadOf(80, 24)), { cols: 80, rows: 24 });
  assert.equal(decodeSize(payloadOf(0, 24)), null);
  assert.equal(decodeSize(payloadOf(80, 1001)), null);
  assert.equal(decodeSize(Buffer.alloc(3)), null);
});
