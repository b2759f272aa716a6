import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NewEvent } from '../../../runtime/engine/events.ts';
import { changedFaces, facesOf, shapeOf } from '../../../runtime/graph/faces.ts';
import { drawGraph } from '../../../runtime/graph/graph-svg.ts';
import { listGraph } from '../../../runtime/graph/graph-text.ts';
import { type GraphLayout, layoutGraph } from '../../../runtime/graph/layout-graph.ts';
import { makeRunGraph } from '../../../runtime/graph/run-graph.ts';
import { succeeding, viewOf, working } from '../cli/sample-run.ts';
import { type PlanSketch, planOf } from '../engine/plans.ts';

const reviewed: PlanSketch = {
  phases: [
    { name: 'look', count: 2 },
    { name: 'fix', gate: 'approve', chain: ['claude', 'codex'] },
    { name: 'docs', needs: ['look'] },
    { name: 'choose', count: 2, merge: 'pick' },
  ],
};

const halfway: readonly NewEvent[] = [
  { kind: 'phase-started', phase: 'look' },
  ...working('look/1'),
  ...working('look/2'),
  ...succeeding('look/1', 'found it'),
];

function laidOut(sketch: PlanSketch, events?: readonly NewEvent[]): GraphLayout {
  const view = events === undefined ? undefined : viewOf(sketch, events);
  return layoutGraph(makeRunGraph(planOf(sketch), view), 'down');
}

/** The list as plain text, a line per entry. */
function words(layout: GraphLayout): string {
  return listGraph(layout)
    .replaceAll('<ul>', '\n')
    .replaceAll(/<\/(li|ul|ol)>\n*/g, '\n')
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll(/\n{2,}/g, '\n')
    .trim();
}

test('a plan reads as its phases, gates and merges in order, each with what it waits for', () => {
  assert.equal(
    words(laidOut(reviewed)),
    `phase look, 2 workers: planned
worker look/1, shell: planned
worker look/2, shell: planned
merge 2 after look: planned
gate before fix: planned after merge look
phase fix, 1 worker: planned after gate fix
worker fix/1, claude: planned
phase docs, 1 worker: planned after merge look
worker docs/1, shell: planned
phase choose, 2 workers: planned after fix, docs
worker choose/1, shell: planned
worker choose/2, shell: planned
pick one of 2 after choose: planned`,
  );
});

test('a run shows the state of everything, with what it rests on', () => {
  const text = words(laidOut(reviewed, halfway));
  assert.match(text, /^phase look, 2 workers: running$/m);
  assert.match(text, /^worker look\/1, shell: succeeded\. 14s$/m);
  assert.match(text, /^worker look\/2, shell: working\. output$/m);
  assert.match(text, /^merge 2 after look: pending$/m);
});

test('an open gate and an open pick wait for a person', () => {
  const gated = laidOut({ phases: [{ name: 'fix', gate: 'approve' }] }, [
    { kind: 'gate-opened', phase: 'fix' },
  ]);
  assert.match(words(gated), /^gate before fix: waits for approval$/m);
  const tones = facesOf(gated).map(({ id, tone }) => `${id} ${tone}`);
  assert.deepEqual(tones.slice(0, 2), ['gate:fix attention', 'phase:fix attention']);
});

test('a run moves nothing: only faces differ from those of its plan', () => {
  const plan = laidOut(reviewed);
  const run = laidOut(reviewed, halfway);
  const places = (layout: GraphLayout) =>
    layout.nodes.map(({ x, y, width, height }) => [x, y, width, height]);
  assert.deepEqual(places(run), places(plan));
  assert.equal(shapeOf(run.graph), shapeOf(plan.graph));
});

test('only the faces that changed are painted again', () => {
  const before = facesOf(laidOut(reviewed, halfway));
  const after = facesOf(laidOut(reviewed, [...halfway, ...succeeding('look/2', 'me too')]));
  assert.deepEqual(
    changedFaces(before, after).map(({ id, tone }) => `${id} ${tone}`),
    ['worker:look/2 good'],
  );
  assert.deepEqual(changedFaces(after, after), []);
});

test('a phase without needs of its own hangs on the phases right before it only', () => {
  const { edges } = makeRunGraph(planOf({ phases: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }));
  assert.deepEqual(
    edges.map(edge => edge.id),
    ['edge:phase:a→phase:b', 'edge:phase:b→phase:c'],
  );
});

test('no node lies on another, whatever their number and kind', () => {
  const { nodes, width, height } = laidOut({
    phases: [
      { name: 'one' },
      { name: 'many', count: 40, needs: ['one'] },
      { name: 'thousand', count: 1000, needs: ['one'] },
      { name: 'talk', kind: 'meeting', count: 5, needs: ['one'] },
      { name: 'end', count: 8 },
    ],
  });
  for (const [index, a] of nodes.entries()) {
    assert.ok(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height, a.node.id);
    for (const b of nodes.slice(index + 1)) {
      const isApart =
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(isApart, `${a.node.id} and ${b.node.id}`);
    }
  }
});

test('nothing in a name becomes markup, and long names are cut', () => {
  const name = `<script>"'&\u202e${'long '.repeat(40)}`;
  const layout = laidOut({ phases: [{ name, gate: 'approve' }] });
  const drawing = drawGraph(layout, { label: name, isInteractive: true });
  assert.doesNotMatch(drawing + listGraph(layout), /<script|\u202e/);
  assert.match(drawing, /<text class="name"[^>]*>&lt;script&gt;[^<]*…<\/text>/);
  assert.ok(layout.width < 320, `${layout.width}`);
});

test('as a picture the graph has no buttons, on a page each node is one with its words', () => {
  const layout = laidOut(reviewed);
  const picture = drawGraph(layout, { label: 'plan', isInteractive: false });
  assert.match(picture, /role="img" aria-label="plan"/);
  assert.doesNotMatch(picture, /role="button"/);
  const page = drawGraph(layout, { label: 'plan', isInteractive: true });
  assert.equal(page.match(/role="button"/g)?.length, 4 + 6 + 3);
  assert.match(page, /data-id="worker:fix\/1"[^>]* aria-label="worker fix\/1, claude: planned"/);
});
