import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewEvent } from '../../../runtime/engine/events.ts';
import { timelineOf } from '../../../runtime/graph/timeline.ts';
import { eventsOf, START, succeeding, working } from '../cli/sample-run.ts';

/** Lanes as text: seconds since the start of the run. */
function lanes(events: readonly NewEvent[]): readonly string[] {
  const seconds = (time: string) => (Date.parse(time) - START) / 1000;
  return [...timelineOf(eventsOf(events))].flatMap(([worker, segments]) =>
    segments.map(
      ({ kind, from, to, label, attempt }) =>
        `${worker} ${seconds(from)}–${to === undefined ? '' : seconds(to)} ${kind} ${label} #${attempt}`,
    ),
  );
}

const who = { worker: 'look/1', attempt: 1 };

test('a worker is prepared, started, works and ends', () => {
  assert.deepEqual(lanes([...working('look/1', 'claude'), ...succeeding('look/1', 'done')]), [
    'look/1 1–3 preparing  #1',
    'look/1 3–6 starting claude #1',
    'look/1 6–9 working claude #1',
  ]);
});

test('waiting for a person and for a rate limit are bars of their own, and what goes on has no end', () => {
  assert.deepEqual(
    lanes([
      ...working('look/1', 'claude'),
      { kind: 'answer-needed', ...who, what: 'question', text: 'which?' },
      { kind: 'answer-given', ...who, by: 'me', text: 'that', isGranted: true },
      { kind: 'parked', ...who, until: '2027-01-01T00:00:00.000Z' },
    ]).slice(2),
    [
      'look/1 6–7 working claude #1',
      'look/1 7–8 waiting claude #1',
      'look/1 8–9 working claude #1',
      'look/1 9– parked claude #1',
    ],
  );
});

test('signs of life in the same state make no new bar, another model does', () => {
  assert.deepEqual(
    lanes([
      ...working('look/1', 'claude'),
      { kind: 'turn-alive', ...who, evidence: 'more' },
      { kind: 'turn-requested', ...who, turn: 2, route: 1, label: 'codex', input: { kind: 'prompt' } },
    ]).slice(2),
    ['look/1 6–8 working claude #1', 'look/1 8– starting codex #1'],
  );
});

test('the end of the run ends every bar', () => {
  assert.deepEqual(
    lanes([...working('look/1'), { kind: 'run-ended', outcome: 'stopped', message: '' }]).at(-1),
    'look/1 6–7 working shell #1',
  );
});
