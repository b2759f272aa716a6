import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type LiveOptions, renderLive } from '../../../runtime/cli/run/live-view.ts';
import { createStyle } from '../../../runtime/cli/style.ts';
import { widthOf } from '../../../runtime/cli/text-width.ts';
import type { NewEvent } from '../../../runtime/engine/events.ts';
import { at, succeeding, viewOf, working } from './sample-run.ts';

const plain: LiveOptions = { columns: 100, rows: 40, style: createStyle(false), now: at(60), tick: 0 };
const started = (phase: string): NewEvent => ({ kind: 'phase-started', phase });

test('a run is shown as a heading, its phases, and a line per worker of the phases that have begun', () => {
  const view = viewOf({ phases: [{ name: 'look', count: 2 }, { name: 'write' }] }, [
    started('look'),
    ...working('look/1', 'claude (opus)'),
    ...working('look/2'),
    ...succeeding('look/2', 'found three things'),
  ]);
  assert.deepEqual(renderLive(view, plain), [
    'demo  demo-1  running  1m00s',
    '– look  running  1/2 done  59s',
    '  ⠋  look/1  working    claude (opus)  58s     output',
    '  ✓  look/2  succeeded  shell          8.0s    found three things',
    '· write  pending  1 worker',
  ]);
});

test('what waits for a person stands at the end with the command that answers it', () => {
  const view = viewOf({ phases: [{ name: 'deploy', gate: 'approve' }] }, [
    { kind: 'gate-opened', phase: 'deploy' },
  ]);
  assert.equal(renderLive(view, plain).at(-1), '? deploy waits for approval  niia approve demo-1 deploy');
});

test('wide text from a worker neither breaks the columns nor passes the edge', () => {
  const view = viewOf({ phases: [{ name: 'look' }] }, [
    started('look'),
    ...working('look/1'),
    {
      kind: 'answer-needed',
      worker: 'look/1',
      attempt: 1,
      what: 'question',
      text: '漢字 👩‍👩‍👧 '.repeat(30),
    },
  ]);
  for (const columns of [20, 40, 61, 62, 80]) {
    for (const line of renderLive(view, { ...plain, columns }))
      assert.ok(widthOf(line) <= columns, `${widthOf(line)} > ${columns}: ${line}`);
  }
});

test('escape sequences in what a worker says do not reach the terminal', () => {
  const view = viewOf({ phases: [{ name: 'look' }] }, [
    started('look'),
    ...working('look/1'),
    {
      kind: 'answer-needed',
      worker: 'look/1',
      attempt: 1,
      what: 'question',
      text: 'a\u001b[2J\u001b]0;title\u0007b\rc',
    },
  ]);
  const text = renderLive(view, plain).join('\n');
  assert.ok(!text.includes('\u001b'), JSON.stringify(text));
  assert.match(text, /abc/);
});

test('where there is no room, ended phases lose their workers first', () => {
  const view = viewOf(
    {
      phases: [
        { name: 'look', count: 8 },
        { name: 'write', count: 3 },
      ],
    },
    [
      started('look'),
      ...Array.from({ length: 8 }, (_, i) => `look/${i + 1}`).flatMap(key => [
        ...working(key),
        ...succeeding(key, 'done'),
      ]),
      { kind: 'phase-ended', phase: 'look', outcome: 'succeeded' },
      started('write'),
      ...working('write/1'),
    ],
  );
  const lines = renderLive(view, { ...plain, rows: 7 });
  assert.equal(lines.length, 6);
  assert.ok(!lines.some(line => line.includes('look/')));
  assert.ok(lines.some(line => line.includes('write/1')));
});

test('many equal workers become one line when they do not fit', () => {
  const view = viewOf({ phases: [{ name: 'look', count: 200 }] }, [started('look'), ...working('look/7')]);
  const lines = renderLive(view, { ...plain, rows: 10 });
  assert.deepEqual(
    lines.slice(2).map(line =>
      line
        .trim()
        .split(/\s{2,}/)
        .slice(1, 3)
        .join(' '),
    ),
    ['199 workers queued', 'look/7 working'],
  );
});

test('a run never takes more rows than there are', () => {
  const phases = Array.from({ length: 60 }, (_, i) => ({ name: `p${i}` }));
  const view = viewOf({ phases }, [started('p0'), ...working('p0/1')]);
  for (let rows = 1; rows < 70; rows++) assert.ok(renderLive(view, { ...plain, rows }).length <= rows);
});
