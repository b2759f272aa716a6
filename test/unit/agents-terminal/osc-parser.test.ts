import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MAX_OSC_BYTES, OscParser } from '../../../runtime/agents/terminal/osc-parser.ts';

function messagesIn(...pieces: readonly (string | Uint8Array)[]) {
  const parser = new OscParser();
  return pieces.flatMap(piece => parser.feed(typeof piece === 'string' ? Buffer.from(piece) : piece));
}

describe('the parser of terminal messages', () => {
  test('finds commands ended by BEL or ST, and the bell', () => {
    assert.deepEqual(messagesIn('text\x1b]0;◇ Ready\x07\x1b[1mx\x07\x1b]7501;state=done\x1b\\'), [
      { kind: 'osc', code: 0, text: '◇ Ready' },
      { kind: 'bell' },
      { kind: 'osc', code: 7501, text: 'state=done' },
    ]);
  });

  test('gives the same whatever the cuts', () => {
    const bytes = Buffer.from('a\x1b]0;ünï\x07b\x1bP\x1b]0;no\x07\x1b\\\x1b]7501;state=idle\x1b\\\x07');
    const whole = messagesIn(bytes);
    assert.equal(whole.length, 3);
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length)), cuts => {
        const ends = [...cuts, bytes.length].sort((a, b) => a - b);
        const pieces = ends.map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
        assert.deepEqual(messagesIn(...pieces), whole);
      }),
      { seed: 7 },
    );
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        assert.doesNotThrow(() => messagesIn('\x1b]', bytes, '\x1b]0;x\x07'));
      }),
      { seed: 7 },
    );
  });

  test('skips a command that is too long, and goes on after it', () => {
    const long = 'x'.repeat(MAX_OSC_BYTES + 1);
    assert.deepEqual(messagesIn(`\x1b]0;${long}`, `${long}\x07\x1b]0;short\x07`), [
      { kind: 'osc', code: 0, text: 'short' },
    ]);
  });

  test('takes nothing for a command that stands in a device control string', () => {
    assert.deepEqual(messagesIn('\x1bP\x1b]7501;state=done\x07 still inside \x1b\\'), []);
  });

  test('drops a command that another escape or a cancel breaks off', () => {
    assert.deepEqual(messagesIn('\x1b]0;half\x1b[0m\x07\x1b]0;half\x18\x1b]2;whole\x07'), [
      { kind: 'bell' },
      { kind: 'osc', code: 2, text: 'whole' },
    ]);
  });
});
