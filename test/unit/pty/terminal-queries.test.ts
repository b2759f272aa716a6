import assert from 'node:assert/strict';
import { test } from 'node:test';
import { QueryScanner } from '../../../runtime/pty/terminal-queries.ts';

const answersTo = (chunks: readonly string[], hasTerminal = false): string => {
  const scanner = new QueryScanner();
  return chunks.map(chunk => scanner.answersTo(Buffer.from(chunk, 'latin1'), hasTerminal)).join('');
};

const QUERIES = {
  '\x1b[c': '\x1b[?1;2c',
  '\x1b[0c': '\x1b[?1;2c',
  '\x1b[5n': '\x1b[0n',
  '\x1b[6n': '\x1b[1;1R',
  '\x1b]10;?\x07': '\x1b]10;rgb:d4d4/d4d4/d4d4\x07',
  '\x1b]11;?\x1b\\': '\x1b]11;rgb:1e1e/1e1e/1e1e\x1b\\',
  '\x1b]7501;?\x07': '\x1b]7501;?\x07',
  '\x1b]7501;?\x1b\\': '\x1b]7501;?\x1b\\',
};

test('every query is answered once, wherever chunks split it', () => {
  for (const [query, answer] of Object.entries(QUERIES)) {
    const text = `before${query}after`;
    for (let at = 0; at <= text.length; at++) {
      assert.equal(
        answersTo([text.slice(0, at), text.slice(at)]),
        answer,
        `${JSON.stringify(query)} split at ${at}`,
      );
    }
    assert.equal(answersTo([...text]), answer, `${JSON.stringify(query)} byte by byte`);
  }
});

test('queries in a row are all answered, in order', () => {
  assert.equal(answersTo([Object.keys(QUERIES).join('')]), Object.values(QUERIES).join(''));
});

test('a program that sets colours, moves the cursor or reports its state asks nothing', () => {
  const statements = [
    '\x1b[31m',
    '\x1b[5;6H',
    '\x1b[?6n',
    '\x1b[>c',
    '\x1b]11;#fff\x07',
    '\x1b]7501;state=idle\x1b\\',
  ];
  assert.equal(answersTo([statements.join('')]), '');
  for (const statement of statements) assert.equal(answersTo([...statement]), '');
});

test('with a terminal attached only the program status query is ours', () => {
  assert.equal(answersTo(['\x1b[c\x1b[6n\x1b]11;?\x07\x1b]7501;?\x07'], true), '\x1b]7501;?\x07');
});

test('an unfinished sequence at a chunk end does not delay the answer to a query before it', () => {
  assert.equal(answersTo(['\x1b]1;t\x1b[c\x1b]1']), '\x1b[?1;2c');
});
