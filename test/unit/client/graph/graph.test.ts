import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cli } from '../../../../client/cli.ts';
import { actionOfButton, actionOn } from '../../../../client/graph/graph-actions.ts';
import { graphContent, messageHtml, pageUpdate } from '../../../../client/graph/graph-content.ts';
import { readFromPage } from '../../../../client/graph/graph-messages.ts';
import { readSource, type SourcePorts } from '../../../../client/graph/graph-source.ts';
import { readGraphTarget } from '../../../../client/graph/graph-target.ts';
import { nearestSpot } from '../../../../client/graph/page/nearest.ts';
import { pageHtml } from '../../../../client/graph/page-html.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import { err, ok } from '../../../../runtime/result.ts';
import { succeeding, viewOf, working } from '../../cli/sample-run.ts';
import { type PlanSketch, planOf } from '../../engine/plans.ts';

const sketch: PlanSketch = {
  phases: [
    { name: 'look', count: 2 },
    { name: 'fix', gate: 'approve' },
  ],
};
const plan = planOf(sketch);
const begun: readonly NewEvent[] = [{ kind: 'phase-started', phase: 'look' }, ...working('look/1')];
const view = viewOf(sketch, begun);

test('a page is drawn once; what goes on in the run repaints single faces', () => {
  const first = graphContent(plan, view);
  assert.equal(pageUpdate(undefined, first)?.kind, 'content');
  const next = graphContent(plan, viewOf(sketch, [...begun, ...succeeding('look/1', 'found')]));
  const update = pageUpdate(first, next);
  assert.deepEqual(update?.kind === 'faces' && update.faces.map(face => face.id), ['worker:look/1']);
  assert.equal(pageUpdate(next, next), undefined);
});

test('the first run of a file redraws the page of its plan', () => {
  const update = pageUpdate(graphContent(plan), graphContent(plan, view));
  assert.equal(update?.kind, 'content');
  assert.match(graphContent(plan).html, /data-button="run"/);
  assert.doesNotMatch(graphContent(plan, view).html, /data-button="run"/);
});

test('choosing a worker opens its terminal where it has one, else its place in the file', () => {
  assert.deepEqual(actionOn('worker:look/1', { plan, view }), {
    kind: 'command',
    command: 'niia.openTerminal',
    argument: { run: 'demo-1', worker: 'look/1' },
  });
  assert.deepEqual(actionOn('worker:look/2', { plan, view }), { kind: 'reveal', phase: 'look', worker: '2' });
  assert.deepEqual(actionOn('worker:look/1', { plan }), { kind: 'reveal', phase: 'look', worker: '1' });
});

test('choosing a phase shows it in the file, an open gate asks for approval, and strangers do nothing', () => {
  assert.deepEqual(actionOn('phase:look', { plan, view }), { kind: 'reveal', phase: 'look' });
  assert.deepEqual(actionOn('gate:fix', { plan, view }), { kind: 'reveal', phase: 'fix' });
  const gated = viewOf({ phases: [{ name: 'fix', gate: 'approve' }] }, [
    { kind: 'gate-opened', phase: 'fix' },
  ]);
  assert.deepEqual(actionOn('gate:fix', { plan, view: gated }), {
    kind: 'command',
    command: 'niia.approve',
    argument: { run: 'demo-1', phase: 'fix' },
  });
  assert.equal(actionOn('phase:other', { plan, view }), undefined);
  assert.equal(actionOn('edge:phase:look→merge:look', { plan, view }), undefined);
});

test('buttons act on the file before a run and on the run after it', () => {
  assert.deepEqual(actionOfButton('run', { plan }, 'file:///c.json'), {
    kind: 'command',
    command: 'niia.run',
    argument: { uri: 'file:///c.json' },
  });
  assert.deepEqual(actionOfButton('report', { plan, view }, ''), {
    kind: 'command',
    command: 'niia.report',
    argument: { run: 'demo-1' },
  });
  assert.equal(actionOfButton('report', { plan }, ''), undefined);
});

test('messages of the page and remembered targets are read with suspicion', () => {
  assert.deepEqual(readFromPage({ kind: 'open', id: 'phase:a', more: 1 }), { kind: 'open', id: 'phase:a' });
  for (const wrong of [
    undefined,
    null,
    1,
    {},
    { kind: 'open' },
    { kind: 'press', button: 'rm' },
    { kind: 'x' },
  ])
    assert.equal(readFromPage(wrong), undefined);
  assert.deepEqual(readGraphTarget({ uri: 'file:///c.json' }), { kind: 'file', uri: 'file:///c.json' });
  assert.deepEqual(readGraphTarget({ run: 'r-1', uri: 'file:///c.json' }), { kind: 'run', run: 'r-1' });
  for (const wrong of [undefined, null, 'x', {}, { run: 1 }, { uri: '' }])
    assert.equal(readGraphTarget(wrong), undefined);
});

test('a page runs nothing but its own script, and nothing in its state or message becomes markup', () => {
  const html = pageHtml({
    script: 'https://host/graph-page.js',
    nonce: 'n0nce',
    target: { kind: 'run', run: '"><script>alert(1)</script>' },
    title: '<b>',
    language: 'en',
    waiting: messageHtml('…'),
  });
  assert.match(html, /content="default-src 'none'; script-src 'nonce-n0nce'; style-src 'nonce-n0nce'"/);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.doesNotMatch(html, /<b>| style="/);
  assert.equal(messageHtml('<img src=x>').includes('<img'), false);
  assert.doesNotMatch(graphContent(plan, view).html, / style="| on[a-z]+="/);
});

const unused = () => {
  throw new Error('not asked for');
};

function portsOf(parts: { readonly newest?: string; readonly cli?: Cli['run'] }): SourcePorts {
  return {
    runs: {
      newest: () => (parts.newest === undefined ? undefined : ({ run: parts.newest } as never)),
      load: async run =>
        run === 'r-1' ? ok({ plan, view, dir: '/r' }) : err({ code: 'x', message: 'gone', exitCode: 1 }),
    },
    cli: { run: parts.cli ?? unused, program: unused },
    pathOf: uri => (uri.startsWith('file://') ? uri.slice(7) : undefined),
    folderOf: () => '/project',
  };
}

test('a file shows its newest run, and before the first one the plan that the command line makes', async () => {
  const { signal } = new AbortController();
  const target = { kind: 'file', uri: 'file:///project/connector.json' } as const;
  assert.deepEqual(await readSource(target, portsOf({ newest: 'r-1' }), signal), ok({ plan, view }));
  const calls: unknown[] = [];
  const cli: Cli['run'] = async (argv, { cwd }) => {
    calls.push([argv, cwd]);
    return ok({ code: 0, stdout: JSON.stringify(plan), stderr: '' });
  };
  assert.deepEqual(await readSource(target, portsOf({ cli }), signal), ok({ plan }));
  assert.deepEqual(calls, [[['plan', '/project/connector.json', '--json'], '/project']]);
});

test('what cannot be shown is said: a file with errors, a run that is gone, a file that is not on disk', async () => {
  const { signal } = new AbortController();
  const cli: Cli['run'] = async () => ok({ code: 2, stdout: '', stderr: 'niia: it has an error\n' });
  const file = { kind: 'file', uri: 'file:///c.json' } as const;
  assert.deepEqual(await readSource(file, portsOf({ cli }), signal), err('niia: it has an error'));
  assert.deepEqual(await readSource({ kind: 'run', run: 'r-2' }, portsOf({}), signal), err('gone'));
  const elsewhere = await readSource({ kind: 'file', uri: 'untitled:c' }, portsOf({}), signal);
  assert.equal(elsewhere.ok, false);
});

test('arrow keys lead to what lies next in their direction, straight ahead first', () => {
  const spots = [
    { x: 0, y: 100 },
    { x: 80, y: 60 },
    { x: 0, y: -50 },
  ];
  const from = { x: 0, y: 0 };
  assert.equal(nearestSpot(from, spots, 'ArrowDown'), 0);
  assert.equal(nearestSpot(from, spots, 'ArrowUp'), 2);
  assert.equal(nearestSpot(from, spots, 'ArrowRight'), 1);
  assert.equal(nearestSpot(from, spots, 'ArrowLeft'), undefined);
});
