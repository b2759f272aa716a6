import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunEvent } from '../../../runtime/engine/events.ts';
import type { PlannedRoute } from '../../../runtime/plan/plan.ts';
import { answered, apiError, limitReached, started } from '../../support/fake-cli/claude-words.ts';
import { FakeCli, type FakeProcess } from '../../support/fake-cli/fake-cli.ts';
import { planOf } from './plan-of.ts';
import { createRig, finish, ofKind, outcomeOf, startRun } from './rig.ts';

const WORKERS = 32;
const models = ['opus', 'sonnet', 'haiku'] as const;

function route(program: string, model: string): PlannedRoute {
  const rest = { args: [], env: {}, program, preview: [program], permissionNote: 'may edit files' };
  return { adapter: 'claude', model, label: model, ...rest };
}

/** Ways in which a provider fails, as claude tells them; the last never says a word. */
const failures: readonly ((claude: FakeProcess) => Promise<unknown>)[] = [
  async claude => {
    const resetsAt = Math.round(Date.now() / 1000) + 3600;
    await claude.say(started, limitReached(resetsAt), apiError(429, 'API Error: Request rejected (429)'));
    await claude.exit(1);
  },
  async claude => {
    await claude.say(started, apiError(529, 'API Error: 529 overloaded_error'));
    await claude.exit(1);
  },
  async claude => {
    await claude.say(started, apiError(null, 'API Error: Connection error.'));
    await claude.exit(1);
  },
  async () => {},
];

test('32 workers in a storm of 429, 529, cut connections and hangs: none is lost, and nobody hammers a model that is down', async t => {
  await using cli = await FakeCli.start('claude');
  const rig = createRig(t);
  const program = `${cli.bin}/claude`;
  const overrides = { routes: models.map(model => route(program, model)), startTimeoutMs: 3_000 };
  const workers = Array.from({ length: WORKERS }, () => ({ script: 'work', overrides }));
  const client = await rig.connect();
  const plan = planOf([{ name: 'storm', workers }], { workspace: rig.plain });
  let failed = 0;
  cli.serve(async claude => {
    const model = models.find(each => claude.hello.argv.includes(each)) ?? '';
    if (model !== 'haiku') return failures[failed++ % failures.length]?.(claude);
    await claude.say(started, answered('done'));
    return claude.exit(0);
  });
  const run = await startRun(client, plan, { ...rig.env, ...cli.env });
  const events = await finish(client, run, 120_000);

  assert.equal(outcomeOf(events), 'succeeded');
  const ended = ofKind(events, 'worker-ended').map(({ outcome }) => outcome.kind);
  assert.deepEqual(
    ended,
    Array.from({ length: WORKERS }, () => 'succeeded'),
  );
  assert.deepEqual(requestedWhileDown(events), []);
  const reasons = new Set(
    ofKind(events, 'failover').map(({ why }) => why.kind === 'unavailable' && why.what),
  );
  assert.ok(reasons.has('rate_limited') && reasons.has('overloaded'), [...reasons].join());
  for (const { message } of ofKind(events, 'failover')) assert.notEqual(message, '');
});

test('a model that comes back is asked by one worker first, and by all once it answers', async t => {
  await using cli = await FakeCli.start('claude');
  const rig = createRig(t);
  const overrides = { routes: [route(`${cli.bin}/claude`, 'opus')] };
  const workers = Array.from({ length: 8 }, () => ({ script: 'work', overrides }));
  const client = await rig.connect();
  const plan = planOf([{ name: 'storm', workers }], { workspace: rig.plain });
  let asked = 0;
  cli.serve(async claude => {
    asked += 1;
    if (asked <= workers.length) {
      await claude.say(started, apiError(529, 'API Error: 529 overloaded_error'));
      return claude.exit(1);
    }
    await claude.say(started, answered('done'));
    return claude.exit(0);
  });
  const run = await startRun(client, plan, { ...rig.env, ...cli.env });
  const events = await finish(client, run, 120_000);

  assert.equal(outcomeOf(events), 'succeeded');
  const up = events.findIndex(({ kind }) => kind === 'model-up');
  const back = events.findIndex(event => event.kind === 'usage' && (event.outputTokens ?? 0) > 0);
  const first = events.slice(up, back).filter(({ kind }) => kind === 'turn-requested');
  assert.equal(first.length, 1, JSON.stringify(first));
  assert.equal(asked, 2 * workers.length);
});

/** Models that were asked although the run knew that they were down. */
function requestedWhileDown(events: readonly RunEvent[]): readonly string[] {
  const down = new Set<string>();
  return events.flatMap(event => {
    if (event.kind === 'model-down') down.add(event.label);
    if (event.kind === 'model-up') down.delete(event.label);
    return event.kind === 'turn-requested' && down.has(event.label) ? event.label : [];
  });
}
