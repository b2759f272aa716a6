import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { defaultSlug, distinctNames, runBranch, workerBranch } from '../../../runtime/git/run-branches.ts';
import {
  isSafeName,
  MAX_NAME_LENGTH,
  nameKey,
  numberedName,
  safeName,
} from '../../../runtime/git/safe-name.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...'a.B-_ /\\~^:?*[@{}\u0000\n\u0301é漢😀'.split('')), maxLength: 60 }),
  fc.constantFrom('con', 'NUL.txt', 'com1', '..', '.', '-rf', 'x.lock', 'a.lock.lock', '@', 'HEAD', ''),
);

/** The rules of `git check-ref-format` for one component, and those of Windows for a file name. */
function assertFitsEverywhere(name: string): void {
  assert.ok(name.length > 0 && Buffer.byteLength(name) <= MAX_NAME_LENGTH, name);
  assert.doesNotMatch(
    name,
    /[\p{Cc}\p{Cs} ~^:?*[\\/<>"|]|\.\.|@\{|^[.-]|[.-]$|\.lock$/iu,
    JSON.stringify(name),
  );
  assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i, name);
  assert.equal(name, name.normalize('NFC'));
}

test('a safe name fits refs and file names everywhere, whatever it is made from', () => {
  fc.assert(
    fc.property(anyText, text => assertFitsEverywhere(safeName(text))),
    { seed: 1, numRuns: 3000 },
  );
});

test('making a name safe twice changes nothing', () => {
  fc.assert(
    fc.property(anyText, text => assert.ok(isSafeName(safeName(text)), JSON.stringify(safeName(text)))),
    { seed: 2, numRuns: 3000 },
  );
});

test('a numbered name is safe, and differs from the name and from other numbers', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 2, max: 9999 }), (text, n) => {
      const name = safeName(text);
      const numbered = numberedName(name, n);
      assertFitsEverywhere(numbered);
      assert.notEqual(nameKey(numbered), nameKey(numberedName(name, n + 1)));
    }),
    { seed: 3, numRuns: 2000 },
  );
});

test('distinct names differ on file systems that ignore case, and keep the first of each', () => {
  const names = fc.array(fc.constantFrom('a', 'A', 'a-2', 'b', 'É', 'é', 'a-3'), { maxLength: 12 });
  fc.assert(
    fc.property(names, list => {
      const distinct = distinctNames(list);
      assert.equal(new Set(distinct.map(nameKey)).size, list.length);
      list.forEach((name, i) => {
        const isFirst = list.findIndex(other => nameKey(other) === nameKey(name)) === i;
        if (isFirst) assert.equal(distinct[i], name);
      });
    }),
    { seed: 4 },
  );
});

/** Texts and what they become. */
const EXAMPLES: Readonly<Record<string, string>> = {
  'Review & Fix': 'Review-Fix',
  'feature/login': 'feature-login',
  '../../etc/passwd': 'etc-passwd',
  con: '_con',
  'aux.txt': '_aux.txt',
  'branch.lock': 'branch',
  'e\u0301te\u0301': 'été',
  漢字: '漢字',
  '🙂': 'unnamed',
  '': 'unnamed',
  '--force': 'force',
};

for (const [text, expected] of Object.entries(EXAMPLES)) {
  test(`"${text}" becomes "${expected}"`, () => {
    assert.equal(safeName(text), expected);
  });
}

test('branches of a run never stand under each other', () => {
  assert.equal(runBranch('r 1'), 'niia/r-1/head');
  assert.equal(workerBranch('r 1', 'build/it', '2'), 'niia/r-1/w/build-it/2');
  assert.equal(defaultSlug('my flow', 'build', '2'), 'my-flow-build-2');
});
