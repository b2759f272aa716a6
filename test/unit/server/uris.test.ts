import assert from 'node:assert/strict';
import { test } from 'node:test';
import { baseNameOf, canonicalUri, parentUri, relativePath, resolveUri } from '../../../server/uris.ts';

const windows = 'file:///c:/Users/Ann/My%20Project/review.connector.json';

test('every spelling of a Windows path is one URI', () => {
  for (const spelling of [
    'file:///C:/Users/Ann/My%20Project/review.connector.json',
    'file:///c%3A/Users/Ann/My%20Project/review.connector.json',
    'file:///C%3a/Users/Ann/My Project/review.connector.json',
  ]) {
    assert.equal(canonicalUri(spelling), windows);
  }
});

test('paths of Windows in a file are found, with either slash, absolute or relative', () => {
  assert.equal(resolveUri(windows, 'prompts\\plan.md'), 'file:///c:/Users/Ann/My%20Project/prompts/plan.md');
  assert.equal(resolveUri(windows, '..\\Other\\x.md'), 'file:///c:/Users/Ann/Other/x.md');
  assert.equal(resolveUri(windows, 'D:\\shared\\a b.md'), 'file:///d:/shared/a%20b.md');
  assert.equal(resolveUri(windows, 'd:/shared/x.md'), 'file:///d:/shared/x.md');
});

test('files on a network share keep their host', () => {
  const share = 'file://server/share/team/review.connector.json';
  assert.equal(resolveUri(share, 'sub\\x.connector.json'), 'file://server/share/team/sub/x.connector.json');
  assert.equal(relativePath(share, 'file://server/share/other/x.md'), '../other/x.md');
  assert.equal(relativePath(share, 'file://elsewhere/share/x.md'), undefined);
});

test('a path from one file to another leads there again', () => {
  for (const target of [
    'file:///c:/Users/Ann/My%20Project/prompts/50%25%20done.md',
    'file:///c:/Users/Ann/x%23y.md',
    'file:///c:/%C3%BCber/x.md',
  ]) {
    const path = relativePath(windows, target);
    assert.equal(path && resolveUri(windows, path), target);
  }
});

test('the parts of a URI are for people', () => {
  assert.equal(baseNameOf(windows), 'review.connector.json');
  assert.equal(baseNameOf('file:///c:/My%20Project'), 'My Project');
  assert.equal(parentUri(windows), 'file:///c:/Users/Ann/My%20Project');
});

test('what lies nowhere has no neighbours', () => {
  assert.equal(resolveUri('untitled:Untitled-1', 'x.md'), undefined);
  assert.equal(canonicalUri('untitled:Untitled-1'), 'untitled:Untitled-1');
  assert.equal(canonicalUri('no uri at all'), 'no uri at all');
});
