import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlannedRoute, PlannedWorker } from '../../../runtime/plan/plan.ts';
import { answered, started } from '../../support/fake-cli/claude-words.ts';
import { FakeCli } from '../../support/fake-cli/fake-cli.ts';
import { planOf } from './plan-of.ts';
import { createRig, finish, ofKind, outcomeOf, startRun } from './rig.ts';

function claude(program: string, model: string): PlannedRoute {
  return {
    adapter: 'claude',
    label: `claude (${model})`,
    model,
    args: [],
    env: {},
    program,
    preview: [program],
    permissionNote: 'may edit files',
  };
}

function valueAfter(flag: string, argv: readonly string[]): string | undefined {
  return argv.includes(flag) ? argv[argv.indexOf(flag) + 1] : undefined;
}

test('a worker that resumes a session goes on with its branch and with the conversation of the same model', async t => {
  await using cli = await FakeCli.start('claude');
  const rig = createRig(t);
  const client = await rig.connect();
  /** Runs one worker, and tells how its claude was started and what the run has cost. */
  const runOnce = async (model: string, resume?: string) => {
    const slug = 'test-p-1';
    const dir = `${rig.repository.root}.worktrees/${slug}`;
    const place = { kind: 'worktree', slug, dir, ...(resume === undefined ? {} : { resume }) } as const;
    const overrides: Partial<PlannedWorker> = { routes: [claude(`${cli.bin}/claude`, model)], place };
    const frame = { workspace: rig.repository.root, repository: rig.repository };
    const plan = planOf([{ name: 'p', workers: [{ script: 'work', overrides }] }], frame);
    const run = await startRun(client, plan, { ...rig.env, ...cli.env });
    const process = await cli.next('claude');
    await process.say(started, answered('done', resume === undefined ? 1 : 1.5));
    await process.exit(0);
    const events = await finish(client, run);
    assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-5), null, 1));
    return {
      resumed: valueAfter('--resume', process.hello.argv),
      branch: ofKind(events, 'worktree-ready')[0]?.branch,
      conversation: ofKind(events, 'turn-alive').find(event => event.conversation)?.conversation,
      cost: ofKind(events, 'usage').reduce((sum, { costUsd = 0 }) => sum + costUsd, 0),
    };
  };

  const first = await runOnce('opus');
  assert.equal(first.resumed, undefined);
  const again = await runOnce('opus', 'test-p-1');
  assert.equal(again.resumed, first.conversation);
  assert.equal(again.branch, first.branch);
  // What claude reports is of the whole conversation.
  assert.deepEqual([first.cost, again.cost], [1, 0.5]);
  const other = await runOnce('sonnet', 'test-p-1');
  assert.equal(other.resumed, undefined);
  assert.equal(other.branch, first.branch);
});
