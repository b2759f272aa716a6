import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatCost, formatDuration, formatKnownCost, sumOfCosts } from '../../../runtime/amounts.ts';
import { failed, renderFailure } from '../../../runtime/cli/failure.ts';
import { printable, printableLine } from '../../../runtime/cli/printable.ts';
import { createStyle, styleFor } from '../../../runtime/cli/style.ts';
import { nearest } from '../../../runtime/cli/suggestion.ts';
import { toWidth, truncate, widthOf } from '../../../runtime/cli/text-width.ts';

test('durations read as people say them', () => {
  const cases = [0, 340, 9_949, 9_960, 59_499, 60_000, 3_599_000, 3_600_000, 90_061_000, -5];
  assert.deepEqual(cases.map(formatDuration), [
    '0.0s',
    '0.3s',
    '9.9s',
    '10s',
    '59s',
    '1m00s',
    '59m59s',
    '1h00m',
    '25h01m',
    '0.0s',
  ]);
});

test('small costs keep their digits', () => {
  assert.deepEqual([0, 0.00123, 0.1, 12.345].map(formatCost), ['$0.00', '$0.0012', '$0.10', '$12.35']);
});

test('what is not known of a cost is said with it', () => {
  const costs = [
    {},
    { unpriced: 1 },
    { costUsd: 1 },
    { costUsd: 1, isEstimate: true },
    { costUsd: 1, isEstimate: true, unpriced: 2 },
  ] as const;
  assert.deepEqual(costs.map(formatKnownCost), ['', 'cost unknown', '$1.00', '~$1.00', '≥~$1.00']);
  assert.equal(formatKnownCost(sumOfCosts(costs)), '≥~$3.00');
  assert.equal(formatKnownCost(sumOfCosts([{}, { unpriced: 1 }])), 'cost unknown');
  assert.equal(formatKnownCost(sumOfCosts([{}])), '');
});

test('nothing that a terminal would obey is left in a printable text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      assert.doesNotMatch(printable(text), /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('escape sequences go with all their parts, text stays', () => {
  assert.equal(
    printable('a\u001b[1;31mb\u001b[0m\u001b]8;;http://x\u001b\\c\u001b]0;t\u0007d\u001b(Be'),
    'abcde',
  );
  assert.equal(printableLine('one\r\n  two\tthree '), 'one two three');
});

test('a cut line has at most the width asked for, whatever is in it', () => {
  const piece = fc.constantFrom(
    'a',
    '漢',
    '👩‍👩‍👧',
    'é',
    'e\u0301',
    '\u001b[31m',
    '\u001b[0m',
    ' ',
    '🇩🇪',
    '–',
    '…',
    '✓',
    'я',
  );
  fc.assert(
    fc.property(fc.array(piece), fc.integer({ min: 0, max: 30 }), (pieces, columns) => {
      assert.ok(widthOf(truncate(pieces.join(''), columns)) <= columns);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('a fitted text has exactly its width', () => {
  assert.deepEqual(
    ['ab', '漢字漢字', ''].map(text => widthOf(toWidth(text, 5))),
    [5, 5, 5],
  );
});

test('a cut text does not leave its colour on', () => {
  assert.equal(truncate('\u001b[31mabcdef\u001b[39m', 4), '\u001b[31mabc…\u001b[0m');
});

test('colours are off in pipes, on dumb terminals and with NO_COLOR, and forced by FORCE_COLOR', () => {
  const cases: readonly (readonly [boolean, Record<string, string>])[] = [
    [true, {}],
    [false, {}],
    [true, { TERM: 'dumb' }],
    [true, { NO_COLOR: '1' }],
    [true, { NO_COLOR: '' }],
    [false, { FORCE_COLOR: '1' }],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }],
  ];
  assert.deepEqual(
    cases.map(([isTerminal, env]) => styleFor(isTerminal, env).hasColor),
    [true, false, false, false, true, true, false],
  );
});

test('a failure says what is wrong, and below it what to do', () => {
  assert.equal(
    renderFailure(failed('there is no run "x"', 'did you mean y?', 'see: niia ps'), createStyle(false)),
    'niia: there is no run "x"\n  did you mean y?\n  see: niia ps\n',
  );
});

test('a suggestion is made for a slip, not for something else', () => {
  const verbs = ['run', 'plan', 'validate', 'attach'];
  assert.equal(nearest('valdate', verbs), 'validate');
  assert.equal(nearest('atach', verbs), 'attach');
  assert.equal(nearest('frobnicate', verbs), undefined);
  assert.equal(nearest('x', []), undefined);
});
