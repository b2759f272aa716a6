import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderHtmlReport } from '../../../runtime/cli/report/html.ts';
import { renderMarkdownReport } from '../../../runtime/cli/report/markdown.ts';
import { renderEventLine } from '../../../runtime/cli/run/event-lines.ts';
import { renderRunTree } from '../../../runtime/cli/run/run-tree.ts';
import { renderSummary } from '../../../runtime/cli/run/summary.ts';
import { createStyle } from '../../../runtime/cli/style.ts';
import { planUserService } from '../../../runtime/cli/user-service.ts';
import type { NewEvent } from '../../../runtime/engine/events.ts';
import { timelineOf } from '../../../runtime/graph/timeline.ts';
import { planOf } from '../engine/plans.ts';
import { at, eventsOf, succeeding, viewOf, working } from './sample-run.ts';

const plain = createStyle(false);
const hostile = '<script>alert(1)</script> & "quoted" \u001b[31mred | `code` ```\n# heading';

/** A run of which one worker succeeds and one fails, with texts that try to break out. */
function failedRun() {
  const sketch = { task: hostile, phases: [{ name: 'look', count: 2 }] };
  const events: readonly NewEvent[] = [
    { kind: 'phase-started', phase: 'look' },
    ...working('look/1'),
    ...working('look/2'),
    ...succeeding('look/1', 'found it'),
    {
      kind: 'turn-ended',
      worker: 'look/2',
      attempt: 1,
      turn: 1,
      outcome: { kind: 'failed', reason: { kind: 'exit', code: 3 }, message: hostile, tail: hostile },
    },
    {
      kind: 'worker-ended',
      worker: 'look/2',
      attempt: 1,
      outcome: { kind: 'failed', reason: { kind: 'exit', code: 3 }, message: hostile, tail: hostile },
    },
    { kind: 'phase-ended', phase: 'look', outcome: 'failed' },
    { kind: 'run-ended', outcome: 'failed', message: 'look/2 failed' },
  ];
  return { view: viewOf(sketch, events), plan: planOf(sketch), events: eventsOf(events) };
}

test('nothing in a text of a run becomes markup of the HTML report', () => {
  const { view, plan, events } = failedRun();
  const answers = new Map([['look/1', hostile]]);
  const html = renderHtmlReport({ view, plan, answers, timeline: timelineOf(events) });
  assert.doesNotMatch(html, /<script/);
  assert.ok(!html.includes('\u001b'));
  assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &amp; &quot;quoted&quot;/);
  assert.doesNotMatch(html, /https?:\/\//, 'it needs the network');
});

test('texts of a run stay inside their fences in the Markdown report', () => {
  const { view, plan } = failedRun();
  const markdown = renderMarkdownReport({ view, plan, answers: new Map([['look/1', hostile]]) });
  const outside = markdown.replaceAll(/^(`{3,})\n[\s\S]*?\n\1$/gm, '');
  assert.doesNotMatch(outside, /^# heading/m);
  assert.match(markdown, /^\| look\/1 \| succeeded \|/m);
});

test('the summary names outcome, phases, failures with the end of their output, and what to do', () => {
  const { view } = failedRun();
  const text = renderSummary(view, '/runs/demo-1', plain);
  assert.match(text, /^✗ demo failed, 20s, 2 workers\n {2}look\/2 failed\n/);
  assert.match(text, /✗ look {2}failed {2}1 of 2 workers/);
  assert.match(text, /✗ look\/2: it ended with exit code 3\n/);
  assert.match(text, /│ # heading\n/);
  assert.match(text, /answers {2}\/runs\/demo-1\/answers \(1\)\n/);
  assert.match(text, /niia retry demo-1/);
  assert.doesNotMatch(text, /niia merge/, 'there is nothing to merge');
  assert.ok(!text.includes('\u001b'));
});

test('the tree shows every worker with its state and where its answer is', () => {
  const { view } = failedRun();
  const tree = renderRunTree(view, { dir: '/runs/demo-1', now: '2026-01-01T00:00:00.000Z', style: plain });
  assert.match(tree, /^demo-1 {2}failed$/m);
  assert.match(tree, /^ {2}✓ look\/1 {2}succeeded {2}shell/m);
  assert.match(tree, /^ {6}answer {3}\/runs\/demo-1\/answers\/look\/1\.md$/m);
});

test('a run shows what a worker asks apart from why it is believed to wait, and each request anew', () => {
  const ask = { kind: 'answer-needed', worker: 'look/1', attempt: 1, what: 'question' } as const;
  const events: readonly NewEvent[] = [
    { kind: 'phase-started', phase: 'look' },
    ...working('look/1'),
    { ...ask, text: 'Which? (1 A · 2 B)', choices: ['A', 'B'], evidence: 'hooks: PermissionRequest' },
    { ...ask, text: 'go on?', evidence: 'go on?' },
  ];
  const [first, second] = [events.slice(0, -1), events].map(seen =>
    viewOf({ phases: [{ name: 'look' }] }, seen),
  );
  const treeOf = (view = first) =>
    view && renderRunTree(view, { dir: '/runs/demo-1', now: at(62), style: plain });
  assert.match(treeOf() ?? '', /asks {5}Which\? \(1 A · 2 B\)\n +says {5}hooks: PermissionRequest\n/);
  assert.doesNotMatch(treeOf(second) ?? '', /says/, 'the same is not said twice');
  assert.deepEqual(first?.needs[0]?.kind === 'question' && first.needs[0].choices, ['A', 'B']);
  assert.notEqual(first?.needs[0]?.since, second?.needs[0]?.since, 'another dialog is another need');
});

test('the tree counts the time of a worker that still works up to now', () => {
  const view = viewOf({ phases: [{ name: 'look' }] }, [
    { kind: 'phase-started', phase: 'look' },
    ...working('look/1'),
  ]);
  const tree = renderRunTree(view, { dir: '/runs/demo-1', now: at(62), style: plain });
  assert.match(tree, /look\/1 {2}working {2}shell {2}1m00s/);
});

test('an event is at most one line, whatever is in it', () => {
  for (const event of failedRun().events) {
    const line = renderEventLine(event, plain) ?? '';
    assert.doesNotMatch(line, /[\n\u001b]/);
  }
});

test('a service file quotes paths with spaces and starts the daemon with its home', () => {
  const request = { home: '/home/a b', node: '/opt/my node/bin/node', script: '/x/100%/daemon.js' };
  const env = { NIIA_HOME: '/home/a b/niia & co' };
  const linux = planUserService({ ...request, platform: 'linux', env });
  assert.equal(linux?.file, '/home/a b/.config/systemd/user/niia.service');
  assert.match(linux.text, /^ExecStart="\/opt\/my node\/bin\/node" "\/x\/100%%\/daemon\.js"$/m);
  assert.match(linux.text, /^Environment="NIIA_HOME=\/home\/a b\/niia & co"$/m);
  const mac = planUserService({ ...request, platform: 'darwin', env });
  assert.match(mac?.text ?? '', /<string>\/home\/a b\/niia &amp; co<\/string>/);
  assert.equal(planUserService({ ...request, platform: 'aix', env }), undefined);
});

test('the HTML report shows graph, time line, cost, failures and answers, and runs nothing', () => {
  const { view, plan, events } = failedRun();
  const answers = new Map([['look/1', 'found it']]);
  const html = renderHtmlReport({ view, plan, answers, timeline: timelineOf(events) });
  const headings = [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(match => match[1]);
  assert.deepEqual(headings, ['Failures', 'Phases', 'Time line', 'Answers']);
  assert.match(html, /<svg class="graph"[^>]* role="img"/);
  assert.match(html, /<rect class="bar working" data-tone="bad"/);
  assert.match(html, /Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/);
  assert.doesNotMatch(html, / on[a-z]+=|javascript:/);
});

test('Markdown of a model is rendered without its HTML, its dangerous links and its pictures; a shell’s output is not', () => {
  const answer = '# Title\n\n- **bold** <b>raw</b> [x](javascript:alert(1)) ![seen](http://track.er/p.png)';
  const report = (adapter: string) => {
    const route = { adapter, label: adapter, args: [], env: {}, preview: [], permissionNote: '' };
    const sketch = { phases: [{ name: 'look', worker: { routes: [route] } }] };
    const view = viewOf(sketch, [{ kind: 'phase-started', phase: 'look' }, ...working('look/1')]);
    return renderHtmlReport({
      view,
      plan: planOf(sketch),
      answers: new Map([['look/1', answer]]),
      timeline: new Map(),
    });
  };
  const rendered = report('claude');
  assert.match(rendered, /<h1>Title<\/h1>\n<ul>\n<li><strong>bold<\/strong> &lt;b&gt;raw&lt;\/b&gt;/);
  assert.doesNotMatch(rendered, /<b>|<img|href="javascript/);
  assert.match(report('shell'), /<pre># Title\n/);
});

test('estimates and lower bounds of a cost are marked, and what runs below spent is a row of its own', () => {
  const sketch = { phases: [{ name: 'look' }] };
  const who = { worker: 'look/1', attempt: 1 };
  const view = viewOf(sketch, [
    { kind: 'phase-started', phase: 'look' },
    ...working('look/1'),
    {
      kind: 'usage',
      ...who,
      turn: 1,
      alias: 'primary',
      label: 'claude',
      inputTokens: 5,
      costUsd: 1,
      costFrom: 'list',
    },
    {
      kind: 'child-spent',
      child: 'r-2',
      worker: 'look/1',
      agents: 1,
      costUsd: 0.5,
      unpriced: 1,
      isEstimate: false,
    },
  ]);
  const source = { view, plan: planOf(sketch), answers: new Map(), timeline: new Map() };
  const html = renderHtmlReport(source);
  assert.match(html, /primary<\/th>.*<td>~\$1\.00<\/td><\/tr>/);
  assert.match(html, /runs below<\/th>.*<td>≥\$0\.50<\/td><\/tr>/);
  assert.match(html, /<tfoot><tr><th scope="row">all<\/th>.*<td>≥~\$1\.50<\/td>/);
  assert.match(html, /~ by public list prices · ≥ at least/);
  assert.match(renderMarkdownReport(source), /^\| runs below \|.*\| ≥\$0\.50 \|$/m);
});
