import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExtensionTerminalOptions, Terminal } from 'vscode';
import type { LoadedRun, Runs } from '../../../../client/runs/runs.ts';
import { DARK } from '../../../../client/terminals/answer-queries.ts';
import { Frames } from '../../../../client/terminals/frames.ts';
import type { OpenTab } from '../../../../client/terminals/open-tabs.ts';
import { WorkerTabs } from '../../../../client/terminals/worker-tabs.ts';
import { succeeding, viewOf, working } from '../../cli/sample-run.ts';
import { planOf } from '../../engine/plans.ts';
import { StillClock } from './still-clock.ts';

const sketch = { phases: [{ name: 'build', count: 5 }] };

/** A window whose terminals are written down; a run with workers at work, the fifth done. */
function rig(remembered?: unknown, lost: { isLost: boolean } = { isLost: false }) {
  const log: string[] = [];
  const terminals = new Map<string, Terminal>();
  /** What was remembered, latest last. */
  const memory: (readonly OpenTab[])[] = [];
  const keys = ['1', '2', '3', '4', '5'].map(id => `build/${id}`);
  const events = [...keys.flatMap(key => working(key)), ...succeeding('build/5', 'fine')];
  const loaded: LoadedRun = { plan: planOf(sketch), view: viewOf(sketch, events), dir: '/state/runs/demo-1' };
  const runs: Pick<Runs, 'loaded' | 'load' | 'ptyHost' | 'request'> = {
    loaded: run => (run === 'demo-1' ? loaded : undefined),
    load: async run => {
      if (run === 'demo-1' && !lost.isLost) return { ok: true, value: loaded };
      const code = lost.isLost ? 'daemon-lost' : 'unknown-run';
      return { ok: false, failure: { code, message: '', exitCode: 2 } };
    },
    ptyHost: undefined,
    request: async () => ({ ok: false, failure: { code: 'no-daemon', message: '', exitCode: 1 } }),
  };
  const tabs = new WorkerTabs({
    runs,
    frames: new Frames(new StillClock()),
    createTerminal: options => {
      const terminal = fakeTerminal(options, log);
      terminals.set(options.name, terminal);
      return terminal;
    },
    sessions: () => Promise.reject(new Error('no tab is opened by VS Code here')),
    colors: () => DARK,
    tell: message => log.push(message),
    remembered: () => remembered,
    remember: open => void memory.push(open),
  });
  return { tabs, log, terminals, memory };
}

function fakeTerminal({ name, location }: ExtensionTerminalOptions, log: string[]): Terminal {
  const parent =
    typeof location === 'object' && 'parentTerminal' in location
      ? ` beside ${location.parentTerminal.name}`
      : '';
  log.push(`create ${name}${parent}`);
  const known: Partial<Terminal> = {
    name,
    show: preserveFocus => void log.push(`show ${name}${preserveFocus === true ? ' without focus' : ''}`),
    dispose: () => void log.push(`dispose ${name}`),
  };
  // What the tabs use of a terminal.
  return known as Terminal;
}

test('a worker has one tab, which is shown when it is asked for again', async () => {
  const { tabs, log } = rig();
  await tabs.restore();
  tabs.open('demo-1', 'build/1', { how: 'focus' });
  tabs.open('demo-1', 'build/1', { how: 'focus' });
  assert.deepEqual(log, ['create build/1 ● shell', 'show build/1 ● shell', 'show build/1 ● shell']);
});

test('of tabs that open unasked, only the first of a run is brought into sight', async () => {
  const { tabs, log } = rig();
  tabs.open('demo-1', 'build/1', { how: 'aside' });
  tabs.open('demo-1', 'build/2', { how: 'aside' });
  assert.deepEqual(log, [
    'create build/1 ● shell',
    'show build/1 ● shell without focus',
    'create build/2 ● shell',
  ]);
});

test('the workers of a phase open side by side, four to a row, and tabs they had move there', async () => {
  const { tabs, log } = rig();
  tabs.open('demo-1', 'build/2', { how: 'background' });
  tabs.openPhase('demo-1', 'build');
  assert.deepEqual(log, [
    'create build/2 ● shell',
    'dispose build/2 ● shell',
    'create build/1 ● shell',
    'create build/2 ● shell beside build/1 ● shell',
    'create build/3 ● shell beside build/2 ● shell',
    'create build/4 ● shell beside build/3 ● shell',
    'create build/5 ✓ shell',
    'show build/1 ● shell',
  ]);
});

test('tabs of workers at work come back in their order and beside each other, without being shown', async () => {
  const { tabs, log, memory } = rig([
    { run: 'demo-1', worker: 'build/3', group: 7 },
    { run: 'gone', worker: 'build/1' },
    { run: 'demo-1', worker: 'build/1', group: 7 },
    { run: 'demo-1', worker: 'build/5' },
    { run: 'demo-1', worker: 'build/2' },
  ]);
  tabs.open('demo-1', 'build/4', { how: 'background' });
  assert.equal(memory.length, 0, 'nothing is forgotten before it is found again');
  await tabs.restore();
  assert.deepEqual(log, [
    'create build/4 ● shell',
    'create build/3 ● shell',
    'create build/1 ● shell beside build/3 ● shell',
    'create build/2 ● shell',
  ]);
  assert.deepEqual(
    memory.at(-1)?.map(({ worker, group }) => `${worker} ${group ?? '-'}`),
    ['build/4 -', 'build/3 1', 'build/1 1', 'build/2 -'],
  );
});

test('tabs are not forgotten when the daemon is lost while they are found again', async () => {
  const lost = { isLost: true };
  const { tabs, log, memory } = rig([{ run: 'demo-1', worker: 'build/2' }], lost);
  assert.equal(await tabs.restore(), false);
  assert.deepEqual([log, memory], [[], []]);
  lost.isLost = false;
  assert.equal(await tabs.restore(), true);
  assert.deepEqual(log, ['create build/2 ● shell']);
});

test('a tab that the user closes is forgotten, and its worker named if it goes on', async () => {
  const { tabs, terminals, memory } = rig();
  await tabs.restore();
  for (const key of ['build/1', 'build/5']) tabs.open('demo-1', key, { how: 'background' });
  const [atWork, done] = ['build/1 ● shell', 'build/5 ✓ shell'].map(name => terminals.get(name));
  assert.ok(atWork !== undefined && done !== undefined);
  assert.equal(tabs.workerOf(atWork)?.dir, '/wt/build/1');
  assert.equal(tabs.onClosed(atWork)?.worker, 'build/1');
  assert.equal(tabs.onClosed(done), undefined);
  assert.equal(tabs.onClosed(done), undefined, 'it is none of ours any more');
  assert.equal(tabs.workerOf(atWork), undefined);
  assert.deepEqual(memory.at(-1), []);
});
