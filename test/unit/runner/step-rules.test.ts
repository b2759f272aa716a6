import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlannedStep } from '../../../runtime/plan/plan.ts';
import { countLines, readStep } from '../../../runtime/runner/step-rules.ts';

type Match = PlannedStep['rules'][number]['match'];

const isMatch = (match: Match, output: string, code: number | null = 0) =>
  readStep([{ name: 'rule', match, next: [] }], { code, output }, new Set()).matched.length === 1;

test('lines are counted as people count them', () => {
  assert.deepEqual(['', 'a', 'a\n', 'a\nb', '\n\n'].map(countLines), [0, 1, 1, 2, 2]);
});

describe('a rule', () => {
  const json = (jsonPath: string): Match => ({ kind: 'json', jsonPath });
  const regex = (pattern: string): Match => ({ kind: 'regex', pattern });
  const cases: readonly (readonly [Match, string, boolean])[] = [
    [{ kind: 'lines_over', lines: 2 }, 'a\nb\nc\n', true],
    [{ kind: 'lines_over', lines: 3 }, 'a\nb\nc\n', false],
    [{ kind: 'lines_under', lines: 1 }, '', true],
    [{ kind: 'contains', text: 'FAIL' }, 'one FAILED', true],
    [{ kind: 'contains', text: 'fail' }, 'one FAILED', false],
    [regex('^\\d+ errors?$'), 'x\n2 errors\n', true],
    [regex('^\\d+ errors?$'), 'no errors', false],
    [json('$.items[0].name'), '{"items":[{"name":"x"}]}', true],
    [json('items.0'), '{"items":[0]}', true],
    [json("$['a b']"), '{"a b":1}', true],
    [json('$.ok'), '{"ok":false}', false],
    [json('$.list'), '{"list":[]}', false],
    [json('$.missing'), '{}', false],
    [json('$.a'), 'no json', false],
    [json('$.__proto__'), '{}', false],
  ];
  for (const [match, output, expected] of cases) {
    test(`${JSON.stringify(match)} ${expected ? 'matches' : 'does not match'} ${JSON.stringify(output)}`, () => {
      assert.equal(isMatch(match, output), expected);
    });
  }

  test('whose pattern backtracks for ever does not match, and says so', () => {
    const rules = [{ name: 'slow', match: regex('^(a+)+$'), next: [] }];
    const reading = readStep(rules, { code: 0, output: `${'a'.repeat(60)}!` }, new Set());
    assert.deepEqual(reading.matched, []);
    assert.match(reading.notes[0] ?? '', /rule "slow": its pattern takes longer than 250 ms/);
  });

  test('whose pattern is none does not match, and says so', () => {
    const reading = readStep(
      [{ name: 'odd', match: regex('('), next: [] }],
      { code: 0, output: '' },
      new Set(),
    );
    assert.match(reading.notes[0] ?? '', /rule "odd": Invalid regular expression/);
  });
});

test('next steps run once and in order; other texts are suggestions', () => {
  const always: Match = { kind: 'lines_under', lines: 9 };
  const rules = [
    { name: 'a', match: always, next: ['fix', 'look here'] },
    { name: 'b', match: always, next: ['test', 'fix', 'look here'] },
  ];
  const reading = readStep(rules, { code: 0, output: '' }, new Set(['test', 'fix']));
  assert.deepEqual([reading.next, reading.suggestions], [['fix', 'test'], ['look here']]);
});

describe('an exit code other than 0', () => {
  const isFailure = (code: number | null, match: Match) =>
    readStep([{ name: 'r', match, next: [] }], { code, output: 'x' }, new Set()).isFailure;

  test('is fine where an exit rule expects it', () => {
    assert.equal(isFailure(1, { kind: 'exit', code: 1 }), false);
  });

  test('fails otherwise, whatever other rules match', () => {
    assert.equal(isFailure(2, { kind: 'exit', code: 1 }), true);
    assert.equal(isFailure(2, { kind: 'contains', text: 'x' }), true);
    assert.equal(isFailure(null, { kind: 'exit', code: 0 }), true);
  });
});
