import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { apply, fold } from '../../../runtime/engine/apply.ts';
import { ChunkedList } from '../../../runtime/engine/chunked-list.ts';
import type { NewEvent } from '../../../runtime/engine/events.ts';
import { describeFailure, exitCodeOf } from '../../../runtime/engine/failure-texts.ts';
import { ImpossibleEvent } from '../../../runtime/engine/impossible-event.ts';
import { runId } from '../../../runtime/engine/run-id.ts';
import { remainingMs } from '../../../runtime/engine/state.ts';
import { planOf } from './plans.ts';
import { SimulatedRun, timeAt } from './simulated-run.ts';

describe('state', () => {
  test('an event leaves earlier states and other workers untouched', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 100 }] }));
    const before = run.state;
    run.finish('prepare:a/50#1');
    assert.equal(before.phases.at(0).workers.at(49).progress.kind, 'preparing');
    assert.equal(run.state.phases.at(0).workers.at(49).progress.kind, 'starting');
    assert.equal(run.state.phases.at(0).workers.at(0), before.phases.at(0).workers.at(0));
  });

  const impossible: Readonly<Record<string, NewEvent>> = {
    'a worker that the plan does not have': { kind: 'worker-started', worker: 'a/9', attempt: 1 },
    'a second start of an attempt': { kind: 'worker-started', worker: 'a/1', attempt: 1 },
    'an event of another attempt': { kind: 'unparked', worker: 'a/1', attempt: 2 },
    'a turn before the worktree is ready': {
      kind: 'turn-requested',
      worker: 'a/1',
      attempt: 1,
      turn: 1,
      route: 0,
      label: 'shell',
      input: { kind: 'prompt' },
    },
    'an end of a turn that was not begun': {
      kind: 'turn-ended',
      worker: 'a/1',
      attempt: 1,
      turn: 1,
      outcome: { kind: 'stopped' },
    },
    'an approval of a gate that is not open': { kind: 'gate-approved', phase: 'a', by: 'ada' },
    'a second start of the run': {
      kind: 'run-started',
      run: 'r',
      name: '',
      file: '',
      planHash: '',
      depth: 0,
    },
  };
  for (const [what, event] of Object.entries(impossible)) {
    test(`${what} is impossible`, () => {
      const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
      const seq = run.state.seq + 1;
      assert.throws(() => apply(run.state, { v: 1, seq, at: timeAt(9), ...event }), ImpossibleEvent);
    });
  }

  test('a gap in the numbers is impossible', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    const gap = run.events.filter(({ seq }) => seq !== 2);
    assert.throws(() => fold(run.plan, gap), ImpossibleEvent);
  });

  test("a worker's clock stands still while it waits for a person", () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', steps: ['x!'] }] }));
    run.finish('prepare:a/1#1');
    const asked = run.events.findLast(({ kind }) => kind === 'answer-needed')?.at ?? '';
    const work = () => run.state.phases.at(0).workers.at(0).work;
    const left = remainingMs(work(), 60_000, Date.parse(asked));
    assert.equal(remainingMs(work(), 60_000, Date.parse(asked) + 3_600_000), left);
    run.clock += 100;
    run.report({ kind: 'answer-given', worker: 'a/1', attempt: 1, by: 'ada', text: 'yes', isGranted: true });
    assert.equal(remainingMs(work(), 60_000, Date.parse(run.state.now)), left);
  });
});

describe('chunked list', () => {
  test('behaves as an array over chunk borders', () => {
    const numbers = Array.from({ length: 100 }, (_, i) => i);
    const list = ChunkedList.of(numbers).with(31, -31).with(32, -32).with(99, -99);
    assert.deepEqual([...list], numbers.with(31, -31).with(32, -32).with(99, -99));
    assert.equal(list.length, 100);
    assert.throws(() => list.at(100), RangeError);
    assert.throws(() => list.at(-1), RangeError);
    assert.equal(list.with(5, list.at(5)), list);
    assert.equal(
      list.map(x => x),
      list,
    );
  });
});

describe('words and numbers', () => {
  test('run ids are safe, readable and sorted by time', () => {
    const now = new Date('2026-03-04T05:06:07.890Z');
    assert.equal(runId('My Workflow: größer!', now, 0), 'my-workflow-gro-er-20260304-050607-0000');
    assert.equal(runId('日本語', now, 0.999999999), 'run-20260304-050607-zzzz');
    assert.match(runId('x'.repeat(300), now, 0.5), /^x{40}-20260304-050607-[0-9a-z]{4}$/);
  });

  test('outcomes have the exit codes of the command line', () => {
    const codes = (['succeeded', 'failed', 'no_model', 'limited', 'stopped'] as const).map(exitCodeOf);
    assert.deepEqual(codes, [0, 1, 3, 4, 130]);
  });

  test('a rate limit says until when', () => {
    const text = describeFailure({
      kind: 'unavailable',
      what: 'rate_limited',
      until: '2026-01-01T10:00:00Z',
    });
    assert.equal(text, 'no model available: rate limited until 2026-01-01T10:00:00Z');
  });
});
