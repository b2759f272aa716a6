import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Command } from '../../../runtime/engine/commands.ts';
import type { RunEvent } from '../../../runtime/engine/events.ts';
import { Journal } from '../../../runtime/engine/journal.ts';
import { RunLoop } from '../../../runtime/engine/loop.ts';
import type { PerformContext, Performer } from '../../../runtime/engine/performer.ts';
import { requestApproval, requestRetry, requestStop } from '../../../runtime/engine/requests.ts';
import type { Plan } from '../../../runtime/plan/plan.ts';
import { eventually, within } from '../../support/wait.ts';
import { fillDisk } from './full-disk.ts';
import { planOf } from './plans.ts';
import { renderEvent, successOf } from './simulated-run.ts';

let dir = '';
let logged: string[] = [];
let loops: RunLoop[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'niia-loop-'));
  logged = [];
  loops = [];
});
afterEach(async () => {
  for (const loop of loops) await loop.close();
  await rm(dir, { recursive: true, force: true });
});

describe('loop', () => {
  test('a run goes to its end, and listeners get every event once, in order', async () => {
    const loop = await create(planOf({ phases: [{ name: 'a', count: 2 }, { name: 'b' }] }), succeed);
    const live: number[] = [];
    loop.follow(1, { onEvent: event => live.push(event.seq) });
    loop.start();
    assert.deepEqual(await end(loop), { outcome: 'succeeded', message: 'every worker succeeded' });
    assert.deepEqual(live, numbersTo(loop.events.length));
    const late: number[] = [];
    loop.follow(3, { onEvent: event => late.push(event.seq) });
    assert.deepEqual(late, numbersTo(loop.events.length).slice(2));
  });

  test('an event is on disk before a performer acts on it or a listener sees it', async () => {
    const unsaved: string[] = [];
    const isSaved = async (what: string, seq: number): Promise<void> => {
      const read = await Journal.read(journalFile());
      if (!read.ok || read.value.length < seq) unsaved.push(what);
    };
    const checks: Promise<void>[] = [];
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), async (command, context) => {
      await isSaved(command.id, context.state.seq);
      await succeed(command, context);
    });
    loop.follow(1, { onEvent: event => checks.push(isSaved(event.kind, event.seq)) });
    loop.start();
    await end(loop);
    await Promise.all(checks);
    assert.deepEqual(unsaved, []);
  });

  test('a command that is not wanted any more is aborted, then its worker is made quiet and committed', async () => {
    const reasons: unknown[] = [];
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), async (command, context) => {
      if (command.kind !== 'turn') return await succeed(command, context);
      reasons.push(await aborted(context.signal));
      const { worker, attempt, turn } = command;
      await context.emit({ kind: 'turn-ended', worker, attempt, turn, outcome: { kind: 'stopped' } });
    });
    loop.start();
    await happened(loop, 'turn-requested');
    const stop = await loop.request(state => requestStop(state, { how: 'polite', by: 'ada' }));
    assert.equal(stop.ok, true);
    assert.equal((await end(loop)).outcome, 'stopped');
    assert.deepEqual(reasons, ['unwanted']);
    const kinds = loop.events.map(event => event.kind);
    assert.ok(kinds.indexOf('worker-quiet') < kinds.indexOf('committed'), kinds.join(' '));
  });

  test('a worker is not committed before what was aborted has settled', async () => {
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), async (command, context) => {
      order.push(`${command.kind} begins`);
      if (command.kind === 'turn') {
        await aborted(context.signal);
        await gate.promise;
      } else await succeed(command, context);
      order.push(`${command.kind} ends`);
      if (command.kind === 'stop') gate.resolve();
    });
    loop.start();
    await happened(loop, 'turn-requested');
    await loop.request(state => requestStop(state, { how: 'now', by: 'ada' }));
    await end(loop);
    assert.ok(order.indexOf('turn ends') < order.indexOf('commit begins'), order.join(', '));
  });

  test('a performer that throws fails its worker as crashed, and the run goes on', async () => {
    const plan = planOf({ phases: [{ name: 'a', onFailure: 'continue' }, { name: 'b' }] });
    const loop = await create(plan, async (command, context) => {
      if (command.kind === 'turn' && command.worker === 'a/1') throw new Error('oops');
      await succeed(command, context);
    });
    loop.start();
    assert.equal((await end(loop)).outcome, 'succeeded');
    const [failed] = loop.events.filter(event => event.kind === 'worker-ended');
    assert.match(
      failed ? renderEvent(failed) : '',
      /a\/1#1 failed\(crashed\): internal error in turn:a\/1#1.1: .*oops/,
    );
    assert.match(logged.join('\n'), /turn:a\/1#1.1: Error: oops/);
  });

  for (const kind of ['prepare', 'turn', 'commit', 'merge', 'finish'] as const) {
    test(`a ${kind} that ends without a result does not hold up the run`, async () => {
      const loop = await create(planOf({ phases: [{ name: 'a' }] }), async (command, context) => {
        if (command.kind !== kind) await succeed(command, context);
      });
      loop.start();
      assert.equal((await end(loop)).outcome, kind === 'finish' ? 'succeeded' : 'failed');
    });
  }

  test('a report that makes no sense is refused to the performer, and crashes its worker only', async () => {
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), async (command, context) => {
      if (command.kind === 'turn') await context.emit({ kind: 'unparked', worker: 'a/7', attempt: 1 });
      await succeed(command, context);
    });
    loop.start();
    assert.equal((await end(loop)).outcome, 'failed');
    assert.match(
      logged.join('\n'),
      /event \d+ "unparked" of a\/7 is impossible here: the plan has no such worker/,
    );
  });

  test('a request that does not fit the state is refused with a reason', async () => {
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), succeed);
    const refused = await loop.request(state => requestApproval(state, { phase: 'a', by: 'ada' }));
    assert.deepEqual(refused, {
      ok: false,
      failure: { code: 'no-open-gate', message: 'phase "a" does not wait for an approval; waiting: none' },
    });
  });

  test('a run that is closed at any event goes on from its journal and does nothing twice', async () => {
    const plan = planOf({ phases: [{ name: 'a', count: 2, retries: 1 }, { name: 'b' }] });
    const whole = await create(plan, succeed);
    whole.start();
    await end(whole);
    for (const seq of numbersTo(whole.events.length)) {
      await rm(journalFile());
      await closeAt(await create(plan, succeed), seq);
      const again = await open(plan, succeed);
      again.start();
      assert.equal((await end(again)).outcome, 'succeeded', `closed at event ${seq}`);
      const successes = again.events.filter(event => event.kind === 'worker-ended').map(renderEvent);
      assert.equal(new Set(successes).size, 3, `closed at event ${seq}: ${successes.join(', ')}`);
      assert.equal(successes.length, 3);
    }
  });

  test('closing lets performers go without a word, and the next loop starts the same commands', async () => {
    const plan = planOf({ phases: [{ name: 'a' }] });
    const seen: unknown[] = [];
    const hang = async (command: Command, context: PerformContext): Promise<void> => {
      if (command.kind !== 'turn') return await succeed(command, context);
      seen.push(command.id, await aborted(context.signal));
    };
    const first = await create(plan, hang);
    first.start();
    await happened(first, 'turn-requested');
    await first.close();
    const second = await open(plan, hang);
    second.start();
    await happened(second, 'run-resumed');
    await second.close();
    assert.deepEqual(seen, ['turn:a/1#1.1', 'closing', 'turn:a/1#1.1', 'closing']);
  });

  test('a retry after the end runs the failed worker again and no other', async () => {
    let isBroken = true;
    const loop = await create(planOf({ phases: [{ name: 'a', count: 2 }] }), async (command, context) => {
      if (command.kind === 'turn' && command.worker === 'a/2' && isBroken) throw new Error('oops');
      await succeed(command, context);
    });
    loop.start();
    assert.equal((await end(loop)).outcome, 'failed');
    isBroken = false;
    await loop.request(state => requestRetry(state, { targets: ['a'], by: 'ada' }));
    await eventually(() => loop.events.filter(({ kind }) => kind === 'run-ended').length === 2, {
      what: 'a second end',
    });
    const started = loop.events.filter(event => event.kind === 'worker-started').map(renderEvent);
    assert.deepEqual(started, ['worker-started a/1#1', 'worker-started a/2#1', 'worker-started a/2#2']);
    assert.equal((await end(loop)).outcome, 'succeeded');
  });

  test('a full disk pauses the run, says so, and the run goes on when there is room', async context => {
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), succeed);
    const disk = await fillDisk(context);
    loop.start();
    await eventually(() => loop.status.kind === 'paused', { what: 'a pause', seen: () => loop.status });
    const refused = await loop.request(state => requestStop(state, { how: 'now', by: 'ada' }));
    assert.match(refused.ok ? '' : refused.failure.message, /^the disk is full: .*journal\.ndjson/);
    disk.isFull = false;
    loop.resume();
    assert.equal((await end(loop)).outcome, 'succeeded');
    const read = await Journal.read(journalFile());
    assert.deepEqual(read.ok && read.value, loop.events);
  });

  test('a journal of another plan is a failure', async () => {
    const loop = await create(planOf({ phases: [{ name: 'a' }] }), succeed);
    loop.start();
    await end(loop);
    await loop.close();
    const opened = await RunLoop.open(options(planOf({ phases: [{ name: 'b' }] }), succeed), 'test');
    assert.equal(opened.ok ? '' : opened.failure.kind, 'corrupt');
  });
});

type Perform = Performer['perform'];

async function succeed(command: Command, { emit }: PerformContext): Promise<void> {
  for (const event of successOf(command)) await emit(event);
}

function options(plan: Plan, perform: Perform): Parameters<typeof RunLoop.create>[0] {
  return {
    run: 'r',
    plan,
    journalFile: journalFile(),
    performer: { perform },
    now: () => new Date(),
    log: message => logged.push(message),
  };
}

async function create(plan: Plan, perform: Perform): Promise<RunLoop> {
  const created = await RunLoop.create(options(plan, perform), {
    name: 'demo',
    file: 'f',
    planHash: '',
    depth: 0,
  });
  assert.ok(created.ok);
  loops.push(created.value);
  return created.value;
}

async function open(plan: Plan, perform: Perform): Promise<RunLoop> {
  const opened = await RunLoop.open(options(plan, perform), 'the daemon was restarted');
  assert.ok(opened.ok);
  loops.push(opened.value);
  return opened.value;
}

function journalFile(): string {
  return join(dir, 'journal.ndjson');
}

function end(loop: RunLoop): ReturnType<RunLoop['whenEnded']> {
  const seen = () => `${loop.events.map(renderEvent).join('\n')}\n${logged.join('\n')}`;
  return within(loop.whenEnded(), { what: 'the end of the run', seen });
}

async function happened(loop: RunLoop, kind: RunEvent['kind']): Promise<void> {
  await eventually(() => loop.events.some(event => event.kind === kind), {
    what: kind,
    seen: () => loop.events.map(renderEvent).join('\n'),
  });
}

/** Runs a loop until an event of this number is on disk, and closes it there, as near as one gets from inside. */
async function closeAt(loop: RunLoop, seq: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  loop.follow(1, { onEvent: event => event.seq >= seq && resolve() });
  loop.start();
  await promise;
  await loop.close();
}

function aborted(signal: AbortSignal): Promise<unknown> {
  return new Promise(resolve =>
    signal.addEventListener('abort', () => resolve(signal.reason), { once: true }),
  );
}

function numbersTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_, i) => i + 1);
}
