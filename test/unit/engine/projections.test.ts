/**
 * Journals recorded by released versions (test/fixtures/journals/<version>) load, and show what they always showed.
 * `UPDATE_GOLDEN=1` accepts a changed view; the journals themselves never change.
 */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { eventKinds, type RunEvent } from '../../../runtime/engine/events.ts';
import { Journal } from '../../../runtime/engine/journal.ts';
import type { PhaseView, RunView, UsageView, WorkerView } from '../../../runtime/engine/projections.ts';
import { project, RunViewBuilder } from '../../../runtime/engine/run-view-builder.ts';
import { type Plan, planSchema } from '../../../runtime/plan/plan.ts';
import { planOf } from './plans.ts';
import { failure, SimulatedRun, timeAt, turnEnd } from './simulated-run.ts';

const journals = join(dirname(fileURLToPath(import.meta.url)), '../../fixtures/journals');

describe('recorded journals', () => {
  const recorded = readdirSync(journals).flatMap(version =>
    readdirSync(join(journals, version)).map(name => join(version, name)),
  );
  for (const name of recorded) {
    test(`${name} loads and shows what it always showed`, async () => {
      const { plan, events } = await load(name);
      const file = join(journals, name, 'view.txt');
      const shown = render(project(plan, events));
      if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, shown);
      assert.equal(shown, readFileSync(file, 'utf8'));
    });
  }

  test('hold every kind of event', async () => {
    const loaded = await Promise.all(recorded.map(name => load(name)));
    const seen = new Set(loaded.flatMap(({ events }) => events.map(({ kind }) => kind)));
    assert.deepEqual(
      eventKinds.filter(kind => !seen.has(kind)),
      [],
    );
  });
});

describe('view', () => {
  test('a run that waits for a person, is parked, or stops says so', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }, { name: 'b', gate: 'approve' }] }));
    const state = () => project(run.plan, run.events).state;
    assert.equal(state(), 'running');
    run.finish('prepare:a/1#1');
    const [turn] = run.commands;
    assert.ok(turn?.kind === 'turn');
    run.report(turnEnd(turn, failure({ kind: 'unavailable', what: 'quota', until: timeAt(900) })));
    assert.equal(state(), 'parked');
    run.clock = 900;
    run.finishAll();
    assert.equal(state(), 'waiting');
    run.report({ kind: 'stop-requested', how: 'polite', by: 'ada' });
    assert.equal(state(), 'stopping');
    run.finishAll();
    assert.equal(state(), 'ended');
  });

  test('a view is plain JSON and takes no more than the events it was made of', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a', count: 3 }] }));
    run.finishAll();
    const builder = new RunViewBuilder(run.plan);
    for (const event of run.events) builder.apply(event);
    assert.deepEqual(JSON.parse(JSON.stringify(builder.view)), builder.view);
    assert.deepEqual(builder.view, project(run.plan, run.events));
  });

  test('usage nobody reported stays unknown', () => {
    const run = new SimulatedRun(planOf({ phases: [{ name: 'a' }] }));
    run.report({ kind: 'usage', worker: 'a/1', attempt: 1, turn: 1, label: 'claude', inputTokens: 3 });
    assert.deepEqual(project(run.plan, run.events).usage, { inputTokens: 3, unpriced: 1 });
  });
});

async function load(name: string): Promise<{ plan: Plan; events: readonly RunEvent[] }> {
  const plan = planSchema.parse(JSON.parse(readFileSync(join(journals, name, 'plan.json'), 'utf8')));
  const read = await Journal.read(join(journals, name, 'journal.ndjson'));
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.failure));
  return { plan, events: read.value };
}

function render(view: RunView): string {
  const lines = [
    `${view.run} "${view.name}" ${view.state} ${view.outcome ?? ''}: ${view.message ?? ''}`,
    `${time(view.startedAt)} to ${time(view.endedAt)}; head ${view.head ?? 'none'}; ${usage(view.usage)}`,
    ...Object.entries(view.usageByAlias).map(([alias, sum]) => `alias ${alias}: ${usage(sum)}`),
    ...(view.below ? [`below: ${JSON.stringify(view.below)}`] : []),
    ...view.downModels.map(({ label, description }) => `down: ${label}: ${description}`),
    ...view.needs.map(need => `needs: ${JSON.stringify(need)}`),
    ...(view.limit ? [`limit: ${view.limit.message}`] : []),
    ...view.phases.flatMap(renderPhase),
    ...view.keptWorktrees.map(({ slug, branch, why }) => `kept: ${slug} (${branch}): ${why}`),
    ...view.notes.map(({ level, text }) => `${level}: ${text}`),
  ];
  return `${lines.join('\n')}\n`;
}

function renderPhase(phase: PhaseView): readonly string[] {
  const { name, state, message = '', startedAt, endedAt } = phase;
  return [
    `${name}: ${state} ${message} ${time(startedAt)} to ${time(endedAt)}`,
    ...phase.workers.flatMap(renderWorker),
  ];
}

function renderWorker(worker: WorkerView): readonly string[] {
  const { key, state, label, attempt, failure: failed, evidence, isMerged, files, answer } = worker;
  return [
    `  ${key}: ${state} #${attempt} ${label}${isMerged ? ' merged' : ''} since ${time(worker.since)} files ${files}`,
    ...(evidence === undefined ? [] : [`    evidence: ${evidence}`]),
    ...(failed === undefined ? [] : [`    ${failed.reason.kind}: ${failed.description}: ${failed.message}`]),
    ...(answer === undefined ? [] : [`    answer: ${answer.summary} (${answer.file})`]),
    ...worker.notes.map(({ text }) => `    note: ${text}`),
    ...worker.attempts.flatMap(({ attempt: number, steps, turns, outcome }) => [
      `    attempt ${number}: ${outcome?.kind}`,
      ...steps.map(
        step => `      step ${step.step}: ${step.lines} lines, ${step.matched} → ${step.suggestions}`,
      ),
      ...turns.map(
        turn =>
          `      turn ${turn.turn} ${turn.label} ${turn.session}: ${turn.outcome?.kind} ${turn.misfit ?? ''}`,
      ),
    ]),
  ];
}

function usage(sum: UsageView): string {
  return JSON.stringify(sum);
}

function time(at: string | undefined): string {
  return at?.slice(11, 19) ?? '–';
}
