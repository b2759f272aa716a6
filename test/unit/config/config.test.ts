import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseConfig, readConfig } from '../../../runtime/config/config.ts';

/** What is wrong with a text, or the warnings of one that is fine. */
function judge(text: string): string {
  const read = parseConfig(text, 'config.json');
  return read.ok ? read.value.warnings.join('; ') : read.failure.message;
}

test('an empty file and a missing one are the default configuration', async () => {
  const expected = { linkedDirectories: [], sessionPlugins: [], agents: {}, prices: {}, machines: {} };
  const empty = parseConfig('', 'config.json');
  assert.ok(empty.ok);
  assert.deepEqual(empty.value.config, expected);
  const missing = await readConfig('/nonexistent/niia/config.json');
  assert.ok(missing.ok);
  assert.deepEqual(missing.value.config, expected);
});

test('comments and trailing commas are read', () => {
  const read = parseConfig('{ // mine\n "agents": { "x": { "command": ["x", "{prompt}"], }, }, }', 'c');
  assert.ok(read.ok);
  assert.deepEqual(read.value.config.agents.x?.command, ['x', '{prompt}']);
});

test('an unknown key is a warning, as newer files must still work', () => {
  assert.equal(judge('{ "colour": true, "$schema": "x" }'), 'config.json: unknown key "colour"');
});

test('what is not JSON says where', () => {
  assert.match(judge('{\n  "agents": [}\n}'), /^line 2, column \d+: not valid JSON/);
});

test('a value of the wrong type says which', () => {
  assert.match(judge('{ "sessionPlugins": ["x"] }'), /^sessionPlugins\.0: /);
  assert.match(judge('{ "agents": { "a b": { "command": ["x"] } } }'), /agents/);
  assert.match(judge('[]'), /^the file: /);
});

test('a configuration that cannot be read is a failure that names the file', async () => {
  const read = await readConfig('/');
  assert.ok(!read.ok);
  assert.equal(read.failure.file, '/');
  assert.match(read.failure.message, /cannot be read/);
});
