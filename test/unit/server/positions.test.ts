import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { readDocument } from '../../../runtime/analysis/document.ts';
import { chooseEncoding, createPositions, type PositionEncoding } from '../../../server/positions.ts';

/** A byte order mark, line ends of Windows, characters of 1 to 4 bytes. */
const text = '\ufeff{\r\n  "ä": "😀x",\r\n\r\n  "b": "€"\r\n}\r\n';
const document = TextDocument.create('file:///c:/x.connector.json', 'json', 1, text);
const encodings: readonly PositionEncoding[] = ['utf-8', 'utf-16', 'utf-32'];

test('lines that end as on Windows count once, and every place is found again', () => {
  for (const encoding of encodings) {
    const { positionAt, offsetAt } = createPositions(document, encoding);
    for (let offset = 0; offset <= text.length; offset++) {
      // Inside of a character, and between \r and \n, no editor has a cursor.
      const isInside = /[\udc00-\udfff]/.test(text[offset] ?? '') || text.startsWith('\r\n', offset - 1);
      if (!isInside) assert.equal(offsetAt(positionAt(offset)), offset, `${encoding} at ${offset}`);
    }
    assert.equal(positionAt(text.length).line, 5);
  }
});

test('a character counts as long as the encoding says', () => {
  const at = text.indexOf('x"');
  const columns = encodings.map(encoding => createPositions(document, encoding).positionAt(at));
  assert.deepEqual(columns, [
    { line: 1, character: 13 },
    { line: 1, character: 10 },
    { line: 1, character: 9 },
  ]);
});

test('a byte order mark is a character of the first line', () => {
  const brace = text.indexOf('{');
  const characters = encodings.map(
    encoding => createPositions(document, encoding).positionAt(brace).character,
  );
  assert.deepEqual(characters, [3, 1, 1]);
});

test('places beyond a line or the text are its end', () => {
  for (const encoding of encodings) {
    const { offsetAt } = createPositions(document, encoding);
    assert.equal(offsetAt({ line: 2, character: 99 }), text.indexOf('\r\n\r\n') + 2, encoding);
    assert.equal(offsetAt({ line: 99, character: 0 }), text.length, encoding);
  }
});

test('places are the same where the lines of the text are known', () => {
  const lineEnds = 'a\r\nb\rc\n\r\n\n\rd';
  for (const each of [text, lineEnds, '', '\r\n']) {
    const library = TextDocument.create('file:///x.json', 'json', 1, each);
    const source = readDocument(each, 'x.json');
    for (const encoding of encodings) {
      const known = createPositions(library, encoding, () => source);
      const unknown = createPositions(library, encoding);
      for (let offset = -1; offset <= each.length + 1; offset++)
        assert.deepEqual(known.positionAt(offset), unknown.positionAt(offset), `${encoding} at ${offset}`);
    }
  }
});

test('the first encoding of the client that we know is taken, else UTF-16', () => {
  assert.equal(chooseEncoding(['utf-7', 'utf-8', 'utf-16']), 'utf-8');
  assert.equal(chooseEncoding(['utf-7']), 'utf-16');
  assert.equal(chooseEncoding(undefined), 'utf-16');
});
