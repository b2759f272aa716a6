import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createRedactor } from '../../../runtime/session/redact.ts';

const letters = (maxLength: number, minLength = 0) =>
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength, maxLength });

test('a text in pieces is redacted exactly as the whole text is', () => {
  const secrets = fc.array(letters(8, 4), { maxLength: 4 });
  const chunks = fc.array(letters(7), { maxLength: 12 });
  fc.assert(
    fc.property(secrets, chunks, (list, pieces) => {
      const redactor = createRedactor(list);
      const stream = redactor.openStream();
      const inPieces = pieces.map(stream.push).join('') + stream.end();
      assert.equal(inPieces, redactor.redactText(pieces.join('')));
    }),
    { seed: 1, numRuns: 5000 },
  );
});

test('no secret is left in any text', () => {
  fc.assert(
    fc.property(fc.array(letters(8, 4), { maxLength: 4 }), letters(60), (list, text) => {
      const redacted = createRedactor(list).redactText(text);
      for (const secret of list) assert.ok(!redacted.includes(secret), `${secret} in ${redacted}`);
    }),
    { seed: 2, numRuns: 3000 },
  );
});

test('a stream passes on what cannot begin a secret at once', () => {
  const stream = createRedactor(['token-123']).openStream();
  assert.equal(stream.push('hello tok'), 'hello ');
  assert.equal(stream.push('yo to'), 'tokyo ');
  assert.equal(stream.push('ken-123!'), '***!');
  assert.equal(stream.end(), '');
});

test('a secret is found in its JSON, URL and base64 forms, and line by line', () => {
  const secret = 'p"ss w&rd\nsecond-line';
  const { redactText } = createRedactor([secret]);
  const text = [
    JSON.stringify({ key: secret }),
    `https://x/?k=${encodeURIComponent(secret)}`,
    Buffer.from(secret).toString('base64'),
    'here: second-line',
  ].join('\n');
  assert.equal(redactText(text), '{"key":"***"}\nhttps://x/?k=***\n***\nhere: ***');
});

test('short and common values are left alone', () => {
  const { redactText } = createRedactor(['1', 'abc', 'true', 'production', '']);
  assert.equal(redactText('1 abc true production'), '1 abc true production');
});

test('secrets are hidden in the values and keys of JSON, and nothing else changes', () => {
  const { redactJson } = createRedactor(['hunter22']);
  const value = { a: ['x hunter22', 1, null], hunter22: { b: true } };
  assert.deepEqual(redactJson(value), { a: ['x ***', 1, null], '***': { b: true } });
});
