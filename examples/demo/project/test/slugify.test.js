import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slugify } from '../src/slugify.js';

test('words are joined by hyphens', () => {
  assert.equal(slugify('Hello, World'), 'hello-world');
});

test('accents are removed', () => {
  assert.equal(slugify('Crème Brûlée!'), 'creme-brulee');
});

test('nothing is left at the ends', () => {
  assert.equal(slugify(' -- tidy -- '), 'tidy');
});
