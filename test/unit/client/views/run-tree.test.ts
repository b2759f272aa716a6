import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runRows } from '../../../../client/views/run-tree.ts';
import { escapeMarkdown, quoted } from '../../../../client/views/tooltips.ts';
import type { TreeRow } from '../../../../client/views/tree-row.ts';
import type { NewEvent } from '../../../../runtime/engine/events.ts';
import { START } from '../../cli/sample-run.ts';
import { sampleRun, untilEnd, untilGate, untilQuestion } from './sample.ts';

const NOW = START + 60_000;

function treeOf(events: readonly NewEvent[], isLoaded = true): readonly TreeRow[] {
  const { loaded, row } = sampleRun(events);
  return runRows({ rows: [row], loaded: () => (isLoaded ? loaded : undefined), now: NOW });
}

/** Every row of the tree, children indented: icon, label, description, what can be done with it. */
function render(rows: readonly TreeRow[], indent = ''): string {
  return rows
    .flatMap(row => [
      `${indent}${row.icon.id} ${row.label} | ${row.description} | ${row.contextValue}`,
      ...(row.children === undefined ? [] : [render(row.children(), `${indent}  `)]),
    ])
    .filter(line => line !== '')
    .join('\n');
}

function find(rows: readonly TreeRow[], id: string): TreeRow {
  const all = (row: TreeRow): readonly TreeRow[] => [row, ...(row.children?.() ?? []).flatMap(all)];
  const found = rows.flatMap(all).find(row => row.id === id);
  assert.ok(found, `no row ${id}`);
  return found;
}

describe('the tree of runs', () => {
  it('shows phases, workers and turns of a run that waits for approval, and what can be done with each', () => {
    assert.equal(
      render(treeOf(untilGate)),
      `bell-dot demo | waits for you · 1m00s · 2/3 phases · $0.12 | run unfinished
  pass research | succeeded · 2 workers · 19s | phase session
    pass 1 | succeeded · shell · 14s | worker session worktree
      pass Turn 1 | succeeded · shell · 10s · Found *three* things | turn session
    pass 2 | succeeded · shell · 11s | worker session worktree
      pass Turn 1 | succeeded · shell · 7.0s · Nothing | turn session
  error build | failed · 1 worker · 10s · $0.12 | phase failed session
    error 1 | failed · claude · 8.0s · $0.12 | worker session worktree failed
      error Turn 1 | failed · claude · 5.0s | turn session
  bell-dot deploy | waits for approval · 1 worker | phase gated
    circle-outline 1 | queued · shell | worker`,
    );
  });

  it('says who asks, and lets that worker be answered and stopped', () => {
    const rows = treeOf(untilQuestion);
    const worker = find(rows, 'demo-1//research/1');
    assert.equal(worker.contextValue, 'worker active session worktree work question');
    assert.equal(worker.icon.id, 'bell-dot');
    assert.match(worker.tooltip, /Which \\<b\\>one\\<\/b\\>\?/, 'what a worker wrote is text, not Markdown');
    assert.match(find(rows, 'demo-1').tooltip, /- research\/1 asks: Which/);
  });

  it('offers to retry a run that failed, and closes it', () => {
    const [row] = treeOf(untilEnd);
    assert.equal(row?.contextValue, 'run ended failed');
    assert.equal(row?.expansion, 'collapsed');
  });

  it('shows a run that is not loaded as its row alone', () => {
    assert.equal(
      render(treeOf(untilGate, false)),
      'bell-dot demo | waits for you · 1m00s · 2/3 phases · $0.12 | run unfinished',
    );
  });

  it('gives commands the names they need: the row of a turn names its session', () => {
    const { run, phase, worker, session } = find(treeOf(untilGate), 'demo-1//build/1//1/turn/1');
    assert.deepEqual(
      { run, phase, worker, session },
      {
        run: 'demo-1',
        phase: 'build',
        worker: 'build/1',
        session: 's.build/1',
      },
    );
  });

  it('speaks every row as a sentence', () => {
    assert.equal(
      find(treeOf(untilGate), 'demo-1//build/1').spoken,
      'Worker 1 of phase build, failed · claude · 8.0s · $0.12',
    );
  });

  it('shows the reason and the last output of a failure on hover', () => {
    const { tooltip } = find(treeOf(untilGate), 'demo-1//build/1');
    assert.match(tooltip, /exit code 3/);
    assert.match(tooltip, /````text\noops ```\n````/, 'a fence in the output does not end the block');
  });
});

describe('text of others in Markdown', () => {
  it('escapes what would be markup, commands and images', () => {
    assert.equal(
      escapeMarkdown('[x](command:y) ![i](z) <b>'),
      '\\[x\\]\\(command:y\\) \\!\\[i\\]\\(z\\) \\<b\\>',
    );
  });

  it('quotes with a fence that the text does not have', () => {
    assert.equal(quoted('a'), '```text\na\n```');
    assert.equal(quoted('````'), '`````text\n````\n`````');
  });
});

describe('a phase whose workers all wait', () => {
  it('waits with them', () => {
    const alone = untilQuestion.filter(event => !('worker' in event) || event.worker === 'research/1');
    const { icon, description } = find(treeOf(alone), 'demo-1/research');
    assert.equal(icon.id, 'bell-dot');
    assert.match(description, /^waits for you · 0\/2 done/);
  });
});
