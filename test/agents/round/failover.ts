/** Providers that fail, and the models that take over, with real CLIs; run by round.test.ts. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { clis, type JournalEvent, RoundRig } from './rig.ts';

const isWhole = process.env.NIIA_TEST_ALL === '1';
const has = (...names: readonly string[]): boolean => names.every(name => clis.some(cli => cli === name));

function reasonsOf(events: readonly JournalEvent[]): string {
  return JSON.stringify(events.flatMap(({ kind, why }) => (kind === 'failover' ? [why] : [])));
}

if (has('claude', 'codex', 'gemini')) {
  test('a rate limit of claude and refused keys of codex lead on to gemini, in the same worktree', async () => {
    await using rig = await RoundRig.start('claude', 'codex', 'gemini');
    await rig.script([
      { match: { api: 'anthropic' }, steps: [{ error: 429 }] },
      { match: { api: 'responses' }, steps: [{ error: 401 }] },
      { match: { api: 'gemini', side: false }, steps: [{ text: 'Done by the third.' }] },
    ]);
    const file = rig.niia.connector({
      name: 'over',
      task: 'Do it.',
      models: { primary: ['claude', 'codex', 'gemini'] },
      pipeline: { phases: [{ name: 'work', workers: 2 }] },
    });
    const run = await rig.run(file);
    assert.deepEqual(rig.answers(run), { 'work/1': 'Done by the third.', 'work/2': 'Done by the third.' });
    assert.match(reasonsOf(rig.events(run)), /rate_limited/);
    assert.match(reasonsOf(rig.events(run)), /"auth"/);
    // What one worker found dead is not tried again by every other for long.
    const asked = await rig.requests();
    assert.ok(asked.filter(({ api }) => api === 'responses').length <= 8, JSON.stringify(asked));
  });
}

if (has('claude', 'codex')) {
  for (const transport of ['headless', 'terminal'] as const) {
    test(`codex (${transport}) goes on in mid-task with what claude has done`, async () => {
      await using rig = await RoundRig.start('claude', 'codex');
      const begun = join(`${rig.niia.folder}.worktrees`, 'both', 'begun.txt');
      const begin = { write: { path: begun, content: 'begun by claude\n' }, say: 'First I begin.' };
      await rig.script([
        { match: { api: 'anthropic', side: false }, steps: [begin, { error: 529 }] },
        { match: { api: 'responses' }, steps: [{ read: begun }, { text: 'Went on.' }] },
      ]);
      const file = rig.niia.connector({
        name: 'mid',
        task: 'Do it.',
        models: { primary: ['claude', 'codex'] },
        session: { worktree: 'both' },
        pipeline: { phases: [{ name: 'work' }] },
      });
      const run = await rig.run(file, '--transport', transport);
      assert.deepEqual(rig.answers(run), { 'work/1': 'Went on.' });
      assert.match(reasonsOf(rig.events(run)), /overloaded/);
      assert.deepEqual(rig.transports(run), [transport, transport]);
      assert.equal(rig.niia.git('show', `niia/${run}/head:begun.txt`), 'begun by claude');
      const bodies = (await rig.requests())
        .filter(({ api }) => api === 'responses')
        .map(({ body }) => JSON.stringify(body));
      assert.match(bodies[0] ?? '', /take this over from another model \(claude\).*First I begin\./);
      assert.match(bodies.at(-1) ?? '', /begun by claude/);
    });
  }

  test('six workers of claude lose nothing in a storm of 429, 529, cut sockets and hangs', async () => {
    await using rig = await RoundRig.start('claude', 'codex');
    const faults = [
      { error: 429 },
      { error: 529 },
      { error: 500 },
      { drop: true },
      { hang: true },
      { hang: 'stream' },
    ];
    await rig.script([
      ...faults.map((fault, i) => ({ match: { api: 'anthropic', prompt: `fault-${i}` }, steps: [fault] })),
      { match: { api: 'responses' }, steps: [{ text: 'Done all the same.' }] },
    ]);
    const file = rig.niia.connector({
      name: 'storm',
      models: { primary: ['claude', 'codex'] },
      session: { stall_timeout_ms: 15_000 },
      pipeline: { phases: [{ name: 'work', workers: faults.map((_, i) => ({ prompt: `Do fault-${i}.` })) }] },
    });
    const run = await rig.run(file);
    assert.deepEqual(
      Object.values(rig.answers(run)),
      faults.map(() => 'Done all the same.'),
    );
    for (const why of ['rate_limited', 'overloaded', 'network', 'stalled'])
      assert.ok(reasonsOf(rig.events(run)).includes(why), `${why}: ${reasonsOf(rig.events(run))}`);
  });
}

if (has('claude', 'codex')) {
  test('a worker whose models are all out waits until the time that one names, and goes on', {
    skip: !isWhole,
  }, async () => {
    await using rig = await RoundRig.start('claude', 'codex');
    const limit = { error: 429, message: 'Your limit is reached, try again in 35 seconds.' };
    const refused = { match: { api: 'responses' }, steps: [{ error: 401 }] };
    await rig.script([{ match: { api: 'anthropic' }, steps: [limit] }, refused]);
    const file = rig.niia.connector({
      name: 'parked',
      task: 'Do it.',
      models: { primary: ['codex', 'claude'] },
      pipeline: { phases: [{ name: 'work' }] },
    });
    const run = await rig.runDetached(file);
    const parked = await rig.untilEvent(run, ({ kind }) => kind === 'parked');
    await rig.script([{ match: { api: 'anthropic' }, steps: [{ text: 'Back.' }] }, refused]);
    await rig.untilSucceeded(run);
    assert.deepEqual(rig.answers(run), { 'work/1': 'Back.' });
    const events = rig.events(run);
    const [down] = events.filter(({ kind, label }) => kind === 'model-down' && label === 'claude');
    assert.deepEqual(down?.why, { kind: 'unavailable', what: 'rate_limited', until: parked.until });
  });
}

for (const cli of ['opencode', 'qwen'] as const) {
  if (!has(cli, 'claude')) continue;
  test(`a provider that asks ${cli} to wait for long is not waited for: claude takes over`, async () => {
    await using rig = await RoundRig.start(cli, 'claude');
    await rig.script([
      { match: { api: 'anthropic' }, steps: [{ text: 'Taken over.' }] },
      { match: { side: false }, steps: [{ error: 429, retryAfter: 300 }] },
    ]);
    const file = rig.niia.connector({
      name: 'wait',
      task: 'Do it.',
      models: { primary: [cli, 'claude'] },
      pipeline: { phases: [{ name: 'work' }] },
    });
    const run = await rig.run(file);
    assert.deepEqual(rig.answers(run), { 'work/1': 'Taken over.' });
    const [over] = rig.events(run).filter(({ kind }) => kind === 'failover');
    assert.deepEqual(over?.why, { kind: 'unavailable', what: 'rate_limited' });
  });
}
