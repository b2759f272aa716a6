import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findOutputLocations } from '../../../../client/problems/output-locations.ts';

/** `path:line:column message`, one a line. */
function found(text: string): string {
  return findOutputLocations(text)
    .map(({ path, line, column, message, stack }) =>
      [`${path}:${line}${column === undefined ? '' : `:${column}`}`, stack && `[${stack}]`, message]
        .filter(Boolean)
        .join(' '),
    )
    .join('\n');
}

const outputs: readonly { readonly tool: string; readonly text: string; readonly expected: string }[] = [
  {
    tool: 'tsc',
    text: "src/a.ts(12,5): error TS2322: Type 'string' is not assignable to type 'number'.",
    expected: "src/a.ts:12:5 TS2322: Type 'string' is not assignable to type 'number'.",
  },
  {
    tool: 'tsc --pretty',
    text: 'src/a b.ts:12:5 - error TS1005: \u2018;\u2019 expected.\n\n12 foo bar\n       ~~~\n\nFound 1 error in src/a b.ts:12',
    expected: 'src/a b.ts:12:5 TS1005: \u2018;\u2019 expected.',
  },
  {
    tool: 'eslint',
    text: [
      '',
      '/work/app/src/index.js',
      "   1:10  error    'x' is defined but never used  no-unused-vars",
      '   2:1   warning  Unexpected console statement   no-console',
      '',
      '✖ 2 problems (1 error, 1 warning)',
    ].join('\n'),
    expected: "/work/app/src/index.js:1:10 'x' is defined but never used no-unused-vars",
  },
  {
    tool: 'gcc and clang',
    text: [
      "main.c: In function 'main':",
      "main.c:4:3: error: expected ';' before 'return'",
      'lib/x.h:9:1: warning: unused variable',
      'lib/x.h:7:8: note: declared here\n./y.c:1:10: fatal error: no.h: No such file or directory',
    ].join('\n'),
    expected: ["main.c:4:3 expected ';' before 'return'", './y.c:1:10 no.h: No such file or directory'].join(
      '\n',
    ),
  },
  {
    tool: 'rustc',
    text: [
      'warning: unused variable: `y`',
      ' --> src/lib.rs:1:1',
      'error[E0308]: mismatched types',
      '  --> src/main.rs:3:18',
      '   |',
      '3  |     let x: i32 = "a";',
    ].join('\n'),
    expected: 'src/main.rs:3:18 error[E0308]: mismatched types',
  },
  {
    tool: 'go',
    text: './main.go:5:2: undefined: fmt\n--- FAIL: TestAdd (0.00s)\n    add_test.go:9: got 3, want 4\nFAIL',
    expected: './main.go:5:2 undefined: fmt\nadd_test.go:9 got 3, want 4',
  },
  {
    tool: 'a Python traceback',
    text: [
      'Traceback (most recent call last):',
      '  File "/srv/app/main.py", line 8, in <module>',
      '    run()',
      '  File "lib/jobs.py", line 3, in run',
      '    return 1 / 0',
      '           ~~^~~',
      'ZeroDivisionError: division by zero',
    ].join('\n'),
    expected: 'lib/jobs.py:3 ZeroDivisionError: division by zero',
  },
  {
    tool: 'pytest',
    text: [
      '    def test_sum():',
      '>       assert add(1, 2) == 4',
      'E       assert 3 == 4',
      '',
      'tests/test_sum.py:5: AssertionError',
      'FAILED tests/test_sum.py::test_sum - assert 3 == 4',
    ].join('\n'),
    expected: 'tests/test_sum.py:5 AssertionError',
  },
  {
    tool: 'node:test',
    text: [
      '✖ adds (1.2ms)',
      '  AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:',
      '  3 !== 4',
      '      at TestContext.<anonymous> (file:///repo/test/add.test.ts:6:10)',
      '      at Test.run (node:internal/test_runner/test:1409:7)',
      '      at async startSubtest (/repo/node_modules/x/y.js:3:4)',
    ].join('\n'),
    expected:
      'file:///repo/test/add.test.ts:6:10 [1] AssertionError [ERR_ASSERTION]: Expected values to be strictly equal:',
  },
  {
    tool: 'jest and mocha',
    text: [
      '  ● sum › adds',
      '    expect(received).toBe(expected)',
      '      at Object.toBe (src/sum.test.js:4:21)',
      '      at helper (src/helper.js:1:2)',
      '  1) sum adds:',
      '     Error: nope',
      '      at Context.<anonymous> (test/sum.js:9:11)',
    ].join('\n'),
    expected: [
      'src/sum.test.js:4:21 [1] ● sum › adds',
      'src/helper.js:1:2 [1] ● sum › adds',
      'test/sum.js:9:11 [2] Error: nope',
    ].join('\n'),
  },
  {
    tool: 'a program on Windows',
    text: 'C:\\repo\\src\\a.ts(3,1): error TS1: no\n    at run (C:\\repo\\b.js:2:3)',
    expected: 'C:\\repo\\src\\a.ts:3:1 TS1: no\nC:\\repo\\b.js:2:3 [1]',
  },
];

describe('the places that output complains about', () => {
  for (const { tool, text, expected } of outputs) {
    it(`are found in that of ${tool}`, () => assert.equal(found(text), expected));
  }

  it('are not made up from times, hosts, URLs and ratios', () => {
    const text = [
      '12:30:05 building',
      'listening on localhost:3000: ready',
      'see https://example.com:8080/a.html:12: or http://x.y:1:2: z',
      'ratio 3:4: fine',
      '[10:22:33] a.ts compiled',
    ].join('\n');
    assert.equal(found(text), '');
  });

  it('are named once, as the last message about them says', () => {
    assert.equal(
      found('a.c:1:1: error: first\nb.c:2:2: error: other\na.c:1:1: error: last'),
      ['b.c:2:2 other', 'a.c:1:1 last'].join('\n'),
    );
  });

  it('are the last ones of a long output, and hostile lines cost no time', () => {
    const many = Array.from({ length: 500 }, (_, i) => `a.c:${i + 1}:1: error: e${i}`).join('\n');
    const hostile = [`${'a.'.repeat(450)}:`, ' at '.repeat(240), `${'('.repeat(900)}`, 'x'.repeat(1e6)].join(
      '\n',
    );
    const locations = findOutputLocations(`${many}\n${`${hostile}\n`.repeat(50)}`);
    assert.equal(locations.length, 60);
    assert.equal(locations.at(-1)?.message, 'e499');
  });
});
