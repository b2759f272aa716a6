import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMask } from '../../../runtime/pty/mask.ts';

function masked(text: string, secrets: readonly string[]): string {
  const bytes = Buffer.from(text);
  createMask(secrets)?.hide(bytes);
  return bytes.toString();
}

test('without secrets there is no mask', () => {
  assert.equal(createMask([]), undefined);
  assert.equal(createMask(['']), undefined);
});

test('every occurrence is hidden, byte for byte', () => {
  assert.equal(masked('key=abcd;abcd', ['abcd']), 'key=****;****');
  assert.equal(Buffer.byteLength(masked('a żółw b', ['żółw'])), Buffer.byteLength('a żółw b'));
});

test('a secret that contains another one is hidden whole', () => {
  assert.equal(masked('abcdef', ['cd', 'abcdef']), '******');
});

test('the end that may begin a secret is known', () => {
  const mask = createMask(['token-1', 'tok']);
  assert.equal(mask?.openEnd(Buffer.from('x token-')), 6);
  assert.equal(mask?.openEnd(Buffer.from('x to')), 2);
  assert.equal(mask?.openEnd(Buffer.from('x')), 0);
});
