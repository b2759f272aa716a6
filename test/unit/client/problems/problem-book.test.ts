import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { actionsFor } from '../../../../client/problems/problem-actions.ts';
import { type FileProblems, ProblemBook } from '../../../../client/problems/problem-book.ts';
import type { LoadedRun } from '../../../../client/runs/runs.ts';
import { failed, rowOf, runOf } from './run-sketch.ts';

const FILE = '/repo/connector.json';

const text = `{ "pipeline": { "phases": [
  { "name": "build", "workers": [{ "name": "linux" }, { "name": "mac" }] },
  { "name": "test", "workers": 5 },
  { "name": "deploy" }
] } }`;

/** A window with this file and these runs, newest first. */
class Window {
  runs: readonly LoadedRun[];
  text = text;
  shown: FileProblems | undefined;
  readonly loads: string[] = [];
  readonly book: ProblemBook;

  constructor(...runs: readonly LoadedRun[]) {
    this.runs = runs;
    this.book = new ProblemBook({
      list: () => this.runs.map(rowOf),
      load: async run => {
        this.loads.push(run);
        return this.runs.find(({ view }) => view.run === run);
      },
      read: async () => this.text,
      show: problems => {
        this.shown = problems;
      },
    });
  }

  /** Line, severity, code and message of each problem. */
  async problems(): Promise<string> {
    await this.book.refresh(FILE);
    return this.rendered();
  }

  rendered(): string {
    return (this.shown?.problems ?? [])
      .map(({ range, message, problems }) => {
        const [{ severity, code, run }] = problems;
        return `${range.start.line + 1} ${severity} ${code} (${run}) ${message}`;
      })
      .join('\n');
  }

  actions(): string {
    return (this.shown?.problems ?? [])
      .flatMap(placed =>
        actionsFor(placed, 'file:///f').map(a => `${a.title} → ${a.command} ${JSON.stringify(a.argument)}`),
      )
      .join('\n');
  }
}

describe('problems of runs', () => {
  it('stand on the line of their worker, with reason and last lines of output', async () => {
    const tail = `${'x\n'.repeat(20)}make: *** [all] Error 2\n`;
    const window = new Window(
      runOf('r1', {
        build: { state: 'failed', workers: { linux: 'succeeded', mac: failed('exit', 'make failed', tail) } },
      }),
    );
    assert.equal(
      await window.problems(),
      [
        '2 error exit (r1) Worker "build/mac" failed: it ended with exit code 1',
        'make failed',
        ...Array.from({ length: 9 }, () => 'x'),
        'make: *** [all] Error 2',
      ].join('\n'),
    );
  });

  it('offer what can be done', async () => {
    const mac = { ...failed('timed_out'), session: 's1', dir: '/w/mac', slug: 'mac' };
    const window = new Window(runOf('r1', { build: { state: 'failed', workers: { mac } } }));
    await window.problems();
    assert.equal(
      window.actions(),
      [
        'Retry "build/mac" → niia.retry {"run":"r1","worker":"build/mac"}',
        'Retry "build/mac" with another model… → niia.retryWithModel {"run":"r1","worker":"build/mac"}',
        'Run again from phase "build" → niia.runFrom {"uri":"file:///f","phase":"build"}',
        'Open the terminal of "build/mac" → niia.openTerminal {"run":"r1","worker":"build/mac"}',
        'Open the worktree of "build/mac" → niia.openWorktree {"run":"r1","worker":"build/mac"}',
        'Show the log of "build/mac" → niia.showLog {"run":"r1","worker":"build/mac"}',
      ].join('\n'),
    );
  });

  it('of workers that share a line are one problem', async () => {
    const workers = Object.fromEntries(['1', '2', '3', '4', '5'].map(id => [id, failed('exit')]));
    const window = new Window(runOf('r1', { test: { state: 'failed', workers } }));
    assert.equal(
      await window.problems(),
      [
        '3 error exit (r1) 5 workers of phase "test" failed',
        'Worker "test/1" failed: it ended with exit code 1',
        'Worker "test/2" failed: it ended with exit code 1',
        'Worker "test/3" failed: it ended with exit code 1',
        'and 2 more',
      ].join('\n'),
    );
    assert.match(window.actions(), /^Retry phase "test" → niia\.retry \{"run":"r1","phase":"test"\}$/m);
  });

  it('that the file allows are warnings', async () => {
    const workers = { linux: failed('exit') };
    const window = new Window(runOf('r1', { build: { state: 'failed', onFailure: 'continue', workers } }));
    assert.match(await window.problems(), /^2 warning exit/);
  });

  it('name a phase that failed by itself', async () => {
    const message = 'a person has to pick one of its branches, and nobody is there';
    const window = new Window(
      runOf('r1', { build: { state: 'failed', message, workers: { mac: 'succeeded' } } }),
    );
    assert.equal(await window.problems(), `2 error phase (r1) Phase "build" failed: ${message}`);
  });

  it('tell what waits for a person, and for a rate limit', async () => {
    const since = '';
    const window = new Window(
      runOf(
        'r1',
        {
          build: { state: 'picking', workers: { linux: 'succeeded', mac: 'succeeded' } },
          test: { state: 'running', workers: { '1': 'waiting', '2': 'parked' } },
          deploy: { state: 'gated', workers: { '1': 'queued' } },
        },
        [
          { kind: 'gate', phase: 'deploy', since },
          { kind: 'pick', phase: 'build', candidates: ['build/linux', 'build/mac'], since },
          { kind: 'permission', worker: 'test/1', text: 'run rm -rf build?', since },
        ],
      ),
    );
    assert.equal(
      await window.problems(),
      [
        '2 info pick (r1) Phase "build" waits until you pick one of its branches: linux, mac',
        '3 info permission (r1) 2 workers of phase "test" wait',
        'Worker "test/1" asks for your permission: run rm -rf build?',
        'Worker "test/2" waits for a model and goes on by itself',
        '4 info gate (r1) Phase "deploy" waits for your approval',
      ].join('\n'),
    );
    assert.deepEqual(window.actions().match(/niia\.(pick|answer|approve) .*/g), [
      'niia.pick {"run":"r1","phase":"build"}',
      'niia.answer {"run":"r1","worker":"test/1"}',
      'niia.approve {"run":"r1","phase":"deploy"}',
    ]);
  });

  it('vanish when a later run of the phase succeeds, and only then', async () => {
    const first = runOf('r1', {
      build: { state: 'failed', workers: { mac: failed('exit') } },
      test: { state: 'failed', workers: { '1': failed('timed_out') } },
    });
    const window = new Window(first);
    await window.problems();
    const only = (state: 'pending' | 'running' | 'stopped' | 'succeeded') =>
      runOf('r2', { build: { state, workers: { mac: 'queued' } } });
    const lines = async (newer: LoadedRun) => {
      window.runs = [newer, first];
      return (await window.problems()).split('\n').map(line => line.slice(0, line.indexOf(')') + 1));
    };
    const both = ['2 error exit (r1)', '3 error timed_out (r1)'];
    assert.deepEqual(await lines(only('pending')), both);
    assert.deepEqual(await lines(only('running')), ['3 error timed_out (r1)']);
    assert.deepEqual(await lines(only('stopped')), both);
    assert.deepEqual(await lines(only('succeeded')), ['3 error timed_out (r1)']);
  });

  it('are read from as few runs as say something of every phase', async () => {
    const all = {
      build: { state: 'succeeded', workers: {} },
      test: { state: 'succeeded', workers: {} },
    } as const;
    const window = new Window(
      runOf('r3', { deploy: { state: 'succeeded', workers: {} } }),
      runOf('r2', all),
      runOf('r1', all),
    );
    assert.equal(await window.problems(), '');
    assert.deepEqual(window.loads, ['r3', 'r2']);
    assert.equal(window.shown, undefined, 'nothing is shown where nothing was');
  });

  it('move with the text, and are gone with their phase', async () => {
    const window = new Window(runOf('r1', { build: { state: 'failed', workers: { mac: failed('exit') } } }));
    await window.problems();
    const loads = window.loads.length;
    window.book.place(FILE, `\n\n${text}`);
    assert.match(window.rendered(), /^4 error exit/);
    window.book.place(FILE, text.replace('"build"', '"make"'));
    assert.equal(window.rendered(), '');
    window.book.place(FILE, text);
    assert.match(window.rendered(), /^2 error exit/);
    assert.equal(window.loads.length, loads, 'the daemon is not asked for it');
  });

  it('are gone with the run', async () => {
    const window = new Window(runOf('r1', { build: { state: 'failed', workers: { mac: failed('exit') } } }));
    await window.problems();
    window.runs = [];
    await window.book.refreshAll();
    assert.equal(window.rendered(), '');
  });
});
