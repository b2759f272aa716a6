import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlannedRoute } from '../../../runtime/plan/plan.ts';
import { answered, started } from '../../support/fake-cli/claude-words.ts';
import { FakeCli } from '../../support/fake-cli/fake-cli.ts';
import { type PlanFrame, planOf } from './plan-of.ts';
import { createRig, finish, ofKind, outcomeOf, startRun, untilEvent } from './rig.ts';

function claude(program: string): PlannedRoute {
  return {
    adapter: 'claude',
    label: 'claude',
    args: [],
    env: {},
    program,
    preview: [program],
    permissionNote: 'may edit files',
  };
}

test('what a run below spends counts for the limit of the run above, which ends both', async t => {
  await using cli = await FakeCli.start('claude');
  const rig = createRig(t);
  const env = { ...rig.env, ...cli.env };
  const client = await rig.connect();
  const route = claude(`${cli.bin}/claude`);
  const worker = { script: 'work', overrides: { routes: [route] } };
  const limits = { maxDepth: 3, maxTotalAgents: 10, maxMessages: 500 };
  const frame = (overrides: NonNullable<PlanFrame['overrides']>): PlanFrame => ({
    workspace: rig.plain,
    overrides,
  });
  const above = planOf([{ name: 'p', workers: [worker] }], frame({ limits: { ...limits, maxCostUsd: 1 } }));
  const below = planOf([{ name: 'q', workers: [worker, worker] }], frame({ limits }));

  const parent = await startRun(client, above, env);
  const parentClaude = await cli.next('claude');
  await parentClaude.say(started);
  const child = await startRun(client, below, { ...env, NIIA_RUN: parent, NIIA_WORKER: 'p/1' });
  const one = await cli.next('claude');
  const two = await cli.next('claude');
  await two.say(started);
  await one.say(started, answered('done', 1.25));
  await one.exit(0);

  const reached = await untilEvent(client, parent, event => event.kind === 'limit-reached');
  assert.equal(
    reached.kind === 'limit-reached' && reached.message,
    'the run has spent 1.25 of max_cost_usd 1',
  );
  const [childEvents, parentEvents] = await Promise.all([finish(client, child), finish(client, parent)]);
  assert.deepEqual([outcomeOf(childEvents), outcomeOf(parentEvents)], ['limited', 'limited']);
  assert.equal(ofKind(parentEvents, 'child-spent').at(-1)?.costUsd, 1.25);
  const shown = await client.request('run/show', { run: parent });
  assert.deepEqual(shown.ok && shown.value.view.below?.usage.costUsd, 1.25);
});

test('a turn that was ended before its CLI said what it used has an unknown cost; one that never began has none', async t => {
  await using cli = await FakeCli.start('claude');
  const rig = createRig(t);
  const client = await rig.connect();
  const worker = { script: 'work', overrides: { routes: [claude(`${cli.bin}/claude`)] } };
  const unknownOf = async (isAlive: boolean): Promise<number | undefined> => {
    const plan = planOf([{ name: 'p', workers: [worker] }], { workspace: rig.plain });
    const run = await startRun(client, plan, { ...rig.env, ...cli.env });
    const process = await cli.next('claude');
    if (isAlive) await process.say(started);
    if (isAlive) await untilEvent(client, run, event => event.kind === 'turn-alive');
    await client.request('run/stop', { run, how: 'polite' });
    await finish(client, run);
    const shown = await client.request('run/show', { run });
    assert.ok(shown.ok);
    assert.equal(shown.value.view.usage.costUsd, undefined);
    return shown.value.view.usage.unpriced;
  };
  assert.deepEqual([await unknownOf(true), await unknownOf(false)], [1, undefined]);
});
