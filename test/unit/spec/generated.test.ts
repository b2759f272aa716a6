import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { readDocument } from '../../../runtime/analysis/document.ts';
import { checkShape } from '../../../runtime/analysis/shape-check.ts';
import { buildSpecArtifacts } from '../../../runtime/spec/artifacts.ts';
import { connectorShape } from '../../../runtime/spec/generated/connector-shape.ts';
import { buildJsonSchema, type JsonSchema } from '../../../runtime/spec/json-schema.ts';
import { connectorSchema } from '../../../runtime/spec/schema.ts';

const root = join(import.meta.dirname, '../../..');

for (const { path, text } of buildSpecArtifacts()) {
  test(`${path} is what the schema generates`, () => {
    const committed = readFileSync(join(root, path), 'utf8');
    assert.equal(committed, text, `${path} is stale: run node runtime/spec/generate.ts`);
  });
}

const published = join(root, 'test/fixtures/connector/published');
const files = readdirSync(published)
  .filter(name => !name.endsWith('.workflow.json'))
  .map(name => [name, JSON.parse(readFileSync(join(published, name), 'utf8'))] as const);

// Editors read further keywords (defaultSnippets, …) that ajv does not know.
const validate = new Ajv({ strict: false, allErrors: false }).compile(buildJsonSchema());

for (const [name, json] of files) {
  test(`${name} fits zod schema, JSON Schema and shape table alike`, () => {
    assert.deepEqual(verdicts(json), { zod: true, jsonSchema: true, shape: true });
  });
}

test('zod schema, JSON Schema and shape table agree on broken files too', () => {
  const wrong = fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    1.5,
    2000,
    '',
    'x',
    'mesh',
    [],
    ['a'],
    {},
    { ssh: 'a' },
  );
  let rejected = 0;
  fc.assert(
    fc.property(fc.constantFrom(...files), fc.nat(), wrong, ([, json], place, value) => {
      const broken = replaceAt(json, place, value);
      const { zod, jsonSchema, shape } = verdicts(broken);
      assert.equal(jsonSchema, zod, `JSON Schema and zod differ on ${JSON.stringify(broken)}`);
      assert.equal(shape, zod, `shape table and zod differ on ${JSON.stringify(broken)}`);
      if (!zod) rejected++;
    }),
    { seed: 7, numRuns: 2000 },
  );
  assert.ok(rejected > 200, `only ${rejected} of the broken files were broken`);
});

test('every key has a description, and every extension is marked', () => {
  const { definitions = {} } = buildJsonSchema();
  const keys = Object.entries(definitions).flatMap(([name, { properties = {} }]) =>
    Object.entries(properties).map(([key, schema]) => [`${name}.${key}`, schema] as const),
  );
  assert.deepEqual(
    keys.filter(([, schema]) => !schema.description || !schema.markdownDescription).map(([key]) => key),
    [],
  );
  const isMarked = (schema: JsonSchema) => Boolean(schema['x-extension']);
  assert.deepEqual(
    keys
      .filter(([, schema]) => isMarked(schema) !== schema.description?.includes('(Extension'))
      .map(([key]) => key),
    [],
  );
});

test('every example and snippet of the JSON Schema fits its own key', () => {
  const schema = buildJsonSchema();
  const ajv = new Ajv({ strict: false });
  ajv.addSchema(schema, 'connector');
  const misfits: string[] = [];
  for (const [name, { properties = {} }] of Object.entries(schema.definitions ?? {})) {
    for (const [key, { examples = [] }] of Object.entries(properties)) {
      const check = ajv.compile({ $ref: `connector#/definitions/${name}/properties/${key}` });
      misfits.push(...examples.filter(example => !check(example)).map(() => `${name}.${key}`));
    }
  }
  assert.deepEqual(misfits, []);
});

function verdicts(json: unknown) {
  const text = JSON.stringify(json);
  const node = readDocument(text, 'x.json').root;
  const findings = node ? checkShape(node, connectorShape, 'Connector') : [];
  return {
    zod: connectorSchema.safeParse(JSON.parse(text)).success,
    jsonSchema: validate(JSON.parse(text)),
    shape: node !== undefined && findings.every(({ kind }) => kind === 'unknown_key'),
  };
}

/** A copy with the n-th value (counted through the whole file) replaced. */
function replaceAt(json: unknown, place: number, value: unknown): unknown {
  let left = place % countValues(json);
  const copy = (at: unknown): unknown => {
    if (left-- === 0) return value;
    if (Array.isArray(at)) return at.map(copy);
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([key, item]) => [key, copy(item)]));
  };
  return copy(json);
}

function countValues(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 1;
  return Object.values(json).reduce((sum: number, item) => sum + countValues(item), 1);
}
