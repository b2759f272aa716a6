import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { usedStrings } from '../../support/l10n-strings.ts';

const root = join(import.meta.dirname, '../../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const readStrings = (file: string): Readonly<Record<string, string>> => JSON.parse(read(file));

describe('translations', () => {
  it('know every string that the extension shows, and no other', () => {
    const { strings, unreadable } = usedStrings();
    assert.deepEqual(unreadable, []);
    assert.deepEqual(Object.keys(readStrings('l10n/bundle.l10n.de.json')).sort(), [...strings].sort());
  });

  it('keep the placeholders, icons and spaces of each string', () => {
    for (const [english, german] of Object.entries(readStrings('l10n/bundle.l10n.de.json'))) {
      assert.deepEqual(fixedParts(german), fixedParts(english), english);
      assert.notEqual(german.trim(), '');
    }
  });

  it('know every string of the manifest, with the same links, and the manifest names no other', () => {
    const english = readStrings('package.nls.json');
    const german = readStrings('package.nls.de.json');
    const named = [...read('package.json').matchAll(/"%([\w.]+)%"/g)].map(match => match[1]);
    assert.deepEqual(Object.keys(english).sort(), [...new Set(named)].sort());
    assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
    for (const [key, text] of Object.entries(english))
      assert.deepEqual(links(german[key] ?? ''), links(text), key);
  });
});

function fixedParts(text: string): readonly string[] {
  const ends = [text.startsWith(' '), text.endsWith(' ')].map(String);
  return [...(text.match(/\{\d+\}|\$\([\w-]+\)/g) ?? []).sort(), ...ends];
}

function links(text: string): readonly string[] {
  return text.match(/\((?:command:)[^)]+\)|`[^`]+`/g) ?? [];
}
