import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  incompleteTail,
  MAX_EVENT_BYTES,
  MAX_LINE_BYTES,
  parseCastLine,
  positionLine,
  writeOutput,
} from '../../../runtime/pty/cast-format.ts';

function linesOf(seconds: number, bytes: Buffer): string {
  const target = Buffer.alloc(MAX_LINE_BYTES);
  return target.toString('utf8', 3, writeOutput(target, 3, seconds, bytes));
}

function bytesOf(lines: string): Buffer {
  const [first, second] = lines.trimEnd().split('\n').map(parseCastLine);
  if (first?.kind === 'exact' && second?.kind === 'output') return first.bytes;
  assert.ok(first?.kind === 'output' && second === undefined);
  return Buffer.from(first.text);
}

test('any bytes come back from their lines', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      assert.ok(bytesOf(linesOf(0.5, Buffer.from(bytes))).equals(Buffer.from(bytes)));
    }),
    { seed: 1 },
  );
});

test('text is written as JSON.stringify writes it', () => {
  const all = String.fromCharCode(...Array.from({ length: 300 }, (_, code) => code));
  assert.equal(linesOf(0, Buffer.from(all)), `[0.000000,"o",${JSON.stringify(all)}]\n`);
});

test('the longest piece fits into the longest line, whatever is in it', () => {
  for (const byte of [0x00, 0x1b, 0x22, 0xff]) {
    const bytes = Buffer.alloc(MAX_EVENT_BYTES, byte);
    assert.ok(bytesOf(linesOf(1e9, bytes)).equals(bytes));
  }
});

test('text is one standard event, with the time in seconds', () => {
  assert.equal(linesOf(1.25, Buffer.from('a\x1b[0m"€')), '[1.250000,"o","a\\u001b[0m\\"€"]\n');
});

test('a character cut at the end of a piece is measured, anything else is not', () => {
  const euro = Buffer.from('€');
  const smile = Buffer.from('🙂');
  const tail = (...parts: Uint8Array[]): number => incompleteTail(Buffer.concat(parts));
  assert.equal(tail(), 0);
  assert.equal(tail(Buffer.from('abc')), 0);
  assert.equal(tail(euro), 0);
  assert.equal(tail(Buffer.from('a'), euro.subarray(0, 1)), 1);
  assert.equal(tail(Buffer.from('a'), euro.subarray(0, 2)), 2);
  assert.equal(tail(smile.subarray(0, 3)), 3);
  assert.equal(tail(smile), 0);
  assert.equal(tail(Buffer.from([0x80, 0x80, 0x80, 0x80])), 0);
});

test('torn and foreign lines are skipped, not errors', () => {
  for (const line of [
    '',
    '[1.0,"o","torn',
    '[1,"m","mark"]',
    '[1,"r","wide"]',
    '[1,"o",5]',
    '"text"',
    'null',
    '{"a":1}',
  ]) {
    assert.equal(parseCastLine(line).kind, 'other', line);
  }
});

test('a position line gives offset and size back', () => {
  assert.deepEqual(parseCastLine(positionLine(3, 262_144, { cols: 100, rows: 30 }).trimEnd()), {
    kind: 'position',
    offset: 262_144,
    size: { cols: 100, rows: 30 },
  });
});
