import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { checkOutput, extractJson } from '../../../runtime/runner/output-schema.ts';

const schema = {
  type: 'object',
  required: ['verdict'],
  properties: { verdict: { enum: ['good', 'bad'] }, count: { type: 'integer' } },
  additionalProperties: false,
};

describe('the JSON of an answer', () => {
  const cases: readonly (readonly [string, string, unknown])[] = [
    ['is all of it', ' {"a":1}\n', { a: 1 }],
    ['may be no object', '[1,2]', [1, 2]],
    ['may stand in a fence', 'Here:\n```json\n{"a":1}\n```\nDone.', { a: 1 }],
    [
      'is the last fence that holds JSON',
      '```\n{"a":1}\n```\n```json\n{"a":2}\n```\n```sh\nls\n```',
      { a: 2 },
    ],
    ['may have words around it', 'The result is {"a":{"b":1}}. Bye.', { a: { b: 1 } }],
  ];
  for (const [name, answer, expected] of cases) {
    test(name, () => assert.deepEqual(extractJson(answer), { value: expected }));
  }

  test('is missing where there is none', () => {
    assert.equal(extractJson('no {json} here'), undefined);
  });
});

test('an answer that fits is accepted with its value', async () => {
  assert.deepEqual(await checkOutput(schema, 'Sure: {"verdict":"good"}'), {
    ok: true,
    value: { verdict: 'good' },
  });
});

test('an answer that does not fit is told every mistake, in words to act on', async () => {
  const checked = await checkOutput(schema, '{"verdict":"maybe","count":1.5,"more":1}');
  assert.deepEqual(checked, {
    ok: false,
    failure: {
      kind: 'misfit',
      errors: [
        '- the answer must NOT have additional properties: "more"',
        '- /verdict must be equal to one of the allowed values: "good", "bad"',
        '- /count must be integer',
      ].join('\n'),
    },
  });
});

test('an answer without JSON is a misfit', async () => {
  const checked = await checkOutput(schema, 'I could not decide.');
  assert.deepEqual(checked, { ok: false, failure: { kind: 'misfit', errors: '- the answer holds no JSON' } });
});

test('a schema that is none is the author’s mistake, not the worker’s', async () => {
  for (const bad of [7, { type: 'nope' }, { $ref: 'https://example.com/s.json' }]) {
    const checked = await checkOutput(bad, '{}');
    assert.equal(!checked.ok && checked.failure.kind, 'bad_schema', JSON.stringify(bad));
  }
});

test('newer dialects of JSON Schema are understood', async () => {
  const newer = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    prefixItems: [{ type: 'string' }],
  };
  assert.equal((await checkOutput(newer, '["a"]')).ok, true);
  assert.equal((await checkOutput(newer, '[1]')).ok, false);
});
