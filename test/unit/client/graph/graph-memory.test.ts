import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rememberedGraph, rememberGraphs } from '../../../../client/graph/graph-memory.ts';

function memory(stored?: unknown) {
  let value = stored;
  return {
    get: () => value,
    update: async (_key: string, next: unknown) => {
      value = next;
    },
  };
}

test('a graph that comes back with its title only is known by it', () => {
  const window = memory();
  const file = { kind: 'file', uri: 'file:///a/connector.json' } as const;
  rememberGraphs(window, [
    { title: 'Graph of connector.json', target: file },
    { title: 'Graph of demo-1', target: { kind: 'run', run: 'demo-1' } },
  ]);
  assert.deepEqual(rememberedGraph(window, 'Graph of connector.json'), file);
  assert.deepEqual(rememberedGraph(window, 'Graph of demo-1'), { kind: 'run', run: 'demo-1' });
  rememberGraphs(window, []);
  assert.equal(rememberedGraph(window, 'Graph of demo-1'), undefined);
});

test('what another version stored is no graph', () => {
  for (const stored of [undefined, null, 'x', { t: 7 }, { t: {} }])
    assert.equal(rememberedGraph(memory(stored), 't'), undefined);
});
