import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pasteText } from '../../../runtime/runner/submit-prompt.ts';

const byFile = /^Your task is in the file \/p\.md/;

describe('what is pasted into a terminal', () => {
  test('is the prompt with its lines and tabs', () => {
    assert.equal(pasteText('one\r\n\ttwo – ünï 🎉\rthree', '/p.md'), 'one\n\ttwo – ünï 🎉\nthree');
  });

  test('holds nothing that a terminal takes for a command', () => {
    assert.equal(pasteText('a\x1b[201~\x03\x7fb\u009bc', '/p.md'), 'a[201~bc');
  });

  test('goes by file when it is long', () => {
    assert.match(pasteText('x'.repeat(32 * 1024 + 1), '/p.md'), byFile);
    assert.doesNotMatch(pasteText('x'.repeat(32 * 1024), '/p.md'), byFile);
  });

  test('goes by file when a composer would take it for a command of its own', () => {
    for (const start of ['/clear', '!rm -rf .', '# note', '@file', '  /quit', '$HOME', '?']) {
      assert.match(pasteText(start, '/p.md'), byFile, start);
    }
  });
});
