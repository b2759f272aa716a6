import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { CollectedText } from '../../../runtime/agents/collected-text.ts';
import { createJsonLines } from '../../../runtime/agents/json-lines.ts';
import { createOutputReader } from '../../../runtime/agents/output-reader.ts';
import { plainText, printable } from '../../../runtime/agents/terminal-text.ts';

const seed = { seed: 3, numRuns: Number(process.env.FUZZ_RUNS ?? 200) };

describe('plain text of terminal output', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['line ends of a terminal', 'a\r\nb\r\r\nc', 'a\nb\nc'],
    ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
    ['window titles, ended either way', '\u001b]0;t\u0007a\u001b]2;t\u001b\\b', 'ab'],
    ['8-bit controls', 'a\u009b31mb', 'ab'],
    ['progress that overwrites itself', '10%\r50%\r100%\r\ndone', '100%\ndone'],
    ['a cursor that goes home at the end', 'spinner\r', 'spinner'],
    ['bells and backspaces', 'a\u0007b\u0008', 'ab'],
    ['a sequence that is cut off', 'text\u001b[', 'text'],
    ['charset selection and keypad modes', '\u001b(B\u001b=x\u001b>', 'x'],
  ];
  for (const [name, output, expected] of cases) {
    test(`is right for ${name}`, () => assert.equal(plainText(output), expected));
  }

  test('never holds what could drive a terminal', () => {
    const piece = fc.constantFrom(
      '\u001b',
      '\u001b[',
      '\u001b]',
      '\u009b',
      '\u0007',
      '\r',
      '\n',
      '2J',
      'a',
      ';',
      '\\',
    );
    const holds = fc.property(fc.array(piece), pieces => {
      for (const clean of [plainText, printable]) {
        assert.doesNotMatch(clean(pieces.join('')), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }
    });
    fc.assert(holds, seed);
  });

  test('takes time in proportion to the text, whatever it holds', () => {
    for (const unit of ['\u001b]', '\u001b[1;', '\r', '\u001b]0;a', '\u001b(']) {
      assert.equal(typeof plainText(unit.repeat(1_000_000)), 'string');
    }
  });
});

test('collected output is bounded and says what is missing', () => {
  const text = new CollectedText(10);
  for (const piece of ['12345', '67890', 'lost', 'too']) text.add(piece);
  assert.equal(text.text(), '1234567890\n[… 7 more characters of output are only in the recording]\n');
});

describe('JSON lines', () => {
  test('come out whole however they are cut', () => {
    const holds = fc.property(fc.array(fc.jsonValue()), fc.array(fc.nat(50)), (values, sizes) => {
      const text = values.map(value => `${JSON.stringify(value)}\n`).join('');
      const lines = createJsonLines(1000_000);
      const seen: unknown[] = [];
      let at = 0;
      for (const size of sizes) {
        seen.push(...lines.feed(text.slice(at, at + size)));
        at += size;
      }
      seen.push(...lines.feed(text.slice(at)), ...lines.end());
      assert.deepEqual(seen, JSON.parse(JSON.stringify(values)));
    });
    fc.assert(holds, seed);
  });

  test('that are too long are dropped, and the next one is read', () => {
    const lines = createJsonLines(10);
    assert.deepEqual(lines.feed(`"${'x'.repeat(20)}"\n"ok"\n`), ['ok']);
  });

  test('may lack the last line end', () => {
    const lines = createJsonLines(100);
    assert.deepEqual([...lines.feed('1\n{"a":'), ...lines.feed('2}'), ...lines.end()], [1, { a: 2 }]);
  });
});

describe('a program whose output is the answer', () => {
  const outcome = (output: string, exit: { code: number | null; signal: string | null }) => {
    const reader = createOutputReader();
    reader.feed(output);
    return reader.end(exit, '');
  };

  test('has answered when it ends with 0', () => {
    assert.deepEqual(outcome('\r\nyes\r\n', { code: 0, signal: null }), { kind: 'answered', answer: 'yes' });
  });

  test('has failed with any other code, in its own last words', () => {
    assert.deepEqual(outcome('a\nboom\n\n', { code: 2, signal: null }), {
      kind: 'failed',
      reason: { kind: 'exit', code: 2 },
      message: 'boom',
    });
  });

  test('has crashed when a signal ended it', () => {
    assert.deepEqual(outcome('', { code: null, signal: 'SIGKILL' }), {
      kind: 'failed',
      reason: { kind: 'crashed', signal: 'SIGKILL' },
      message: 'it printed nothing',
    });
  });
});
