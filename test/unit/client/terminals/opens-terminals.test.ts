import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Emitter } from 'vscode-jsonrpc/node';
import type { LoadedRun } from '../../../../client/runs/runs.ts';
import { OpensTerminals, type WatchedRun } from '../../../../client/terminals/opens-terminals.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import { viewOf, working } from '../../cli/sample-run.ts';
import { planOf } from '../../engine/plans.ts';

const sketch = { phases: [{ name: 'build', count: 3 }] };
const ended: NewEvent = { kind: 'run-ended', outcome: 'succeeded', message: '' };

/** A window in which the run `demo-1` goes on as told. */
function rig({ limit = 8, remembered }: { limit?: number; remembered?: unknown } = {}) {
  const log: string[] = [];
  let memory: readonly WatchedRun[] = [];
  let loaded: LoadedRun | undefined;
  const changed = new Emitter<string>();
  const terminals = new OpensTerminals({
    runs: { loaded: run => (run === 'demo-1' ? loaded : undefined), onDidChange: changed.event },
    limit: () => limit,
    open: (_run, worker) => log.push(`open ${worker}`),
    hint: (_run, workers) => log.push(`hint ${workers}`),
    remembered: () => remembered,
    remember: watched => {
      memory = watched;
    },
  });
  return {
    terminals,
    log,
    memory: () => memory.map(({ run, opened }) => `${run}: ${opened.join(' ')}`),
    becomes(...events: readonly NewEvent[]): void {
      loaded = { plan: planOf(sketch), view: viewOf(sketch, events), dir: '/state/runs/demo-1' };
      changed.fire('demo-1');
    },
  };
}

test('workers of a run that was started here open as they come up, once each', () => {
  const { terminals, log, becomes } = rig();
  terminals.watch('demo-1');
  becomes();
  becomes(...working('build/1'));
  becomes(...working('build/1'), ...working('build/2'));
  becomes(...working('build/1'), ...working('build/2'), ended);
  becomes(...working('build/1'), ...working('build/2'), ...working('build/3'));
  assert.deepEqual(log, ['open build/1', 'open build/2']);
});

test('workers of a run that was started elsewhere do not open', () => {
  const { log, becomes } = rig();
  becomes(...working('build/1'));
  assert.deepEqual(log, []);
});

test('of a run with more workers than the limit none opens, and a hint says how they do', () => {
  const { terminals, log, becomes } = rig({ limit: 2 });
  terminals.watch('demo-1');
  becomes(...working('build/1'));
  becomes(...working('build/1'), ...working('build/2'));
  terminals.watch('demo-1');
  assert.deepEqual(log, ['hint 3']);
});

test('a limit of 0 opens nothing and says nothing', () => {
  const { terminals, log, becomes } = rig({ limit: 0 });
  terminals.watch('demo-1');
  becomes(...working('build/1'));
  assert.deepEqual(log, []);
});

test('after a reload of the window the workers that come up later still open, and those before do not again', () => {
  const before = rig();
  before.terminals.watch('demo-1');
  before.becomes(...working('build/1'));
  assert.deepEqual(before.memory(), ['demo-1: build/1']);

  const after = rig({ remembered: [{ run: 'demo-1', opened: ['build/1'] }, { run: 7 }, null] });
  after.becomes(...working('build/1'), ...working('build/2'));
  assert.deepEqual(after.log, ['open build/2']);
  after.becomes(...working('build/1'), ...working('build/2'), ended);
  assert.deepEqual(after.memory(), [], 'an ended run is forgotten');
});
