/** Random plans under random schedules: what must hold whatever happens. `FUZZ_RUNS=5000` for a long run. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fold } from '../../../runtime/engine/apply.ts';
import type { Command } from '../../../runtime/engine/commands.ts';
import { decide } from '../../../runtime/engine/decide.ts';
import { type NewEvent, type RunEvent, readRunEvent } from '../../../runtime/engine/events.ts';
import { requestRetry, requestStop } from '../../../runtime/engine/requests.ts';
import { project } from '../../../runtime/engine/run-view-builder.ts';
import { stopOf } from '../../../runtime/engine/verdicts.ts';
import type { Plan } from '../../../runtime/plan/plan.ts';
import type { PhaseSketch } from './plans.ts';
import { planOf } from './plans.ts';
import { failure, plainState, SimulatedRun, stepEnd, successOf, timeAt, turnEnd } from './simulated-run.ts';

const RUNS = Number(process.env.FUZZ_RUNS ?? 300);
const SEED = process.env.FUZZ_RUNS === undefined ? { seed: 20_260_101 } : {};

/** More events than any run of these plans has, unless it never ends. */
const MAX_ROUNDS = 2000;

const phaseArbitrary = fc.record({
  count: fc.integer({ min: 1, max: 4 }),
  maxParallel: fc.integer({ min: 1, max: 4 }),
  chain: fc.subarray(['claude', 'codex', 'shell'], { minLength: 0 }),
  steps: fc.subarray(['x', 'y!']),
  retries: fc.integer({ min: 0, max: 2 }),
  onFailure: fc.constantFrom('stop' as const, 'continue' as const),
  merge: fc.constantFrom('auto' as const, 'auto' as const, 'none' as const, 'pick' as const),
  needsAll: fc.boolean(),
  gated: fc.boolean(),
  inPlace: fc.boolean(),
  onRateLimit: fc.constantFrom('failover' as const, 'wait' as const, 'fail' as const),
});

const planArbitrary = fc
  .record({
    phases: fc.array(phaseArbitrary, { minLength: 1, maxLength: 4 }),
    yes: fc.boolean(),
    isAttended: fc.boolean(),
    maxTotalAgents: fc.constantFrom(2, 5, 1000, 1000),
    maxCostUsd: fc.constantFrom(undefined, undefined, 5),
  })
  .map(({ phases, yes, isAttended, maxTotalAgents, maxCostUsd }) =>
    planOf({
      yes,
      isAttended,
      limits: { maxTotalAgents, ...(maxCostUsd === undefined ? {} : { maxCostUsd }) },
      phases: phases.map(
        ({ needsAll, gated, inPlace, onRateLimit, ...phase }, i): PhaseSketch => ({
          ...phase,
          name: `p${i}`,
          ...(needsAll || i === 0 ? {} : { needs: [`p${i - 1}`].slice(i % 2) }),
          ...(gated ? { gate: 'approve' as const } : {}),
          worker: { onRateLimit, ...(inPlace ? { place: IN_PLACE } : {}) },
        }),
      ),
    }),
  );

const IN_PLACE = { kind: 'in-place', dir: '/project', reason: 'asked' } as const;

test('whatever happens, a run ends with a fate for every worker, and its journal tells the same story again', () => {
  fc.assert(
    fc.property(planArbitrary, fc.integer(), fc.boolean(), (plan, seed, isRetried) => {
      const events = play(plan, seed, isRetried);
      assert.deepEqual(play(plan, seed, isRetried), events, 'the same schedule led to other events');
      checkEnd(plan, events);
      checkStory(plan, events);
      checkJson(events);
    }),
    { numRuns: RUNS, ...SEED },
  );
});

test('every prefix of a journal leads to the decisions that were made', () => {
  fc.assert(
    fc.property(planArbitrary, fc.integer(), (plan, seed) => {
      const events = play(plan, seed, false);
      for (const length of [1, Math.floor(events.length / 3), Math.floor(events.length / 2), events.length]) {
        const prefix = events.slice(0, length);
        const again: unknown = JSON.parse(JSON.stringify(prefix));
        const state = fold(plan, prefix);
        assert.deepEqual(plainState(fold(plan, readAll(again))), plainState(state));
        assert.deepEqual(decide(plan, state), decide(plan, fold(plan, prefix)));
      }
    }),
    { numRuns: Math.ceil(RUNS / 5), ...SEED },
  );
});

/** Plays a run to its end: at every turn a random command ends in a random way, or somebody intervenes. */
function play(plan: Plan, seed: number, isRetried: boolean): readonly RunEvent[] {
  const run = new SimulatedRun(plan);
  const random = randomOf(seed);
  runToEnd(run, random);
  if (!isRetried) return run.events;
  const retry = requestRetry(run.state, { targets: [], by: 'ada' });
  if (!retry.ok) return run.events;
  run.request(retry);
  runToEnd(run, random);
  return run.events;
}

function runToEnd(run: SimulatedRun, random: Random): void {
  for (let round = 0; run.state.progress.kind !== 'ended'; round++) {
    assert.ok(round < MAX_ROUNDS, `the run does not end:\n${run.log().slice(-2000)}`);
    checkState(run);
    const before = plainState(run.state);
    if (random(20) === 0) {
      assert.deepEqual(plainState(fold(run.plan, run.events)), before, 'the journal leads to another state');
      run.restart();
    } else if (random(60) === 0) stopSomething(run, random);
    else if (random(30) === 0) retrySomething(run, random);
    else advance(run, random);
  }
}

function advance(run: SimulatedRun, random: Random): void {
  const { commands } = run;
  const command = commands[random(commands.length)];
  if (command !== undefined) {
    if (command.kind === 'wake')
      run.clock = Math.max(run.clock, (Date.parse(command.at) - Date.parse(timeAt(0))) / 1000);
    run.report(...outcomeOf(command, run, random));
  } else decideForPeople(run, random);
}

/** No command is wanted: then the run must be waiting for a person. */
function decideForPeople(run: SimulatedRun, random: Random): void {
  const [need] = project(run.plan, run.events).needs;
  assert.ok(need, `the run hangs:\n${run.log().slice(-2000)}`);
  assert.ok(run.plan.isAttended, 'the run waits for a person where there is none');
  const by = 'ada';
  switch (need.kind) {
    case 'gate':
      run.report({ kind: 'gate-approved', phase: need.phase, by });
      break;
    case 'pick': {
      const worker = need.candidates[random(need.candidates.length)] ?? '';
      run.report({ kind: 'picked', phase: need.phase, worker, by });
      break;
    }
    default: {
      const { worker } = need;
      const attempt = run.state.index.workers.get(worker) && attemptOf(run, worker);
      run.report({
        kind: 'answer-given',
        worker,
        attempt: attempt ?? 0,
        by,
        text: '',
        isGranted: random(4) > 0,
      });
    }
  }
}

function attemptOf(run: SimulatedRun, key: string): number {
  const place = run.state.index.workers.get(key);
  return place === undefined ? 0 : run.state.phases.at(place.phase).workers.at(place.worker).attempt;
}

function stopSomething(run: SimulatedRun, random: Random): void {
  const keys = [...run.state.index.workers.keys()];
  const worker = random(2) === 0 ? undefined : keys[random(keys.length)];
  const how = random(2) === 0 ? 'now' : 'polite';
  const stop = requestStop(run.state, { how, by: 'ada', ...(worker === undefined ? {} : { worker }) });
  if (stop.ok) run.request(stop);
}

function retrySomething(run: SimulatedRun, random: Random): void {
  const keys = [...run.state.index.workers.keys()];
  const retry = requestRetry(run.state, { targets: [keys[random(keys.length)] ?? ''], by: 'ada' });
  if (retry.ok) run.request(retry);
}

/** Mostly well; else one of the ways in which this command can end badly. */
function outcomeOf(command: Command, run: SimulatedRun, random: Random): readonly NewEvent[] {
  if (random(3) > 0) return successOf(command);
  switch (command.kind) {
    case 'prepare': {
      const outcome = failure({ kind: 'setup', code: 1 });
      return outcome.kind === 'failed'
        ? [{ kind: 'worker-ended', worker: command.worker, attempt: command.attempt, outcome }]
        : [];
    }
    case 'step': {
      const broken = { reason: { kind: 'exit' as const, code: 1 }, message: 'broken', tail: '' };
      return [
        random(2) === 0 ? stepEnd(command, { failure: broken }) : stepEnd(command, { next: ['y', 'x'] }),
      ];
    }
    case 'turn':
      return turnOutcome(command, run, random);
    case 'commit':
      return [{ kind: 'committed', worker: command.worker, attempt: command.attempt, files: 0 }];
    case 'merge': {
      const { phase, worker } = command;
      return [{ kind: 'merge-conflict', phase, worker, branch: `w/${worker}`, files: ['x.ts'] }];
    }
    default:
      return successOf(command);
  }
}

function turnOutcome(
  command: Command & { kind: 'turn' },
  run: SimulatedRun,
  random: Random,
): readonly NewEvent[] {
  const { worker, attempt, turn } = command;
  const usage: NewEvent = { kind: 'usage', worker, attempt, turn, label: 'x', costUsd: 1 };
  const alive: NewEvent = { kind: 'turn-alive', worker, attempt, evidence: 'it speaks' };
  const until = timeAt(run.clock + random(100) - 20);
  const ends: readonly NewEvent[] = [
    turnEnd(command, failure({ kind: 'exit', code: 1 })),
    turnEnd(command, failure({ kind: 'unavailable', what: 'auth' })),
    turnEnd(command, failure({ kind: 'unavailable', what: 'stalled' })),
    turnEnd(command, failure({ kind: 'unavailable', what: 'rate_limited', until })),
    turnEnd(command, failure({ kind: 'lost' })),
    turnEnd(command, { kind: 'stopped' }),
    turnEnd(command, { kind: 'answered', answerFile: 'x', summary: 'x' }, 'it does not fit'),
  ];
  const end = ends[random(ends.length)];
  return [usage, ...(random(2) === 0 ? [alive] : []), ...(end === undefined ? [] : [end])];
}

/** What must hold at every moment. */
function checkState(run: SimulatedRun): void {
  const { state, plan, commands } = run;
  assert.equal(new Set(commands.map(({ id }) => id)).size, commands.length, 'a command is wanted twice');
  for (const [i, planned] of plan.phases.entries()) {
    const active = [...state.phases.at(i).workers].filter(
      ({ progress }) => progress.kind !== 'queued' && progress.kind !== 'ended',
    );
    assert.ok(active.length <= planned.maxParallel, `${active.length} workers of ${planned.name} at once`);
    for (const worker of active) {
      const own = commands.filter(command => 'worker' in command && command.worker === worker.key);
      assert.ok(own.length <= 1, `${worker.key} is to do several things at once`);
      const stops = stopOf(state, worker) !== undefined && !worker.work.isQuiet;
      if (stops && own[0] !== undefined)
        assert.ok(['stop', 'commit'].includes(own[0].kind), `${own[0].id} while stopping`);
    }
  }
  const merges = commands
    .filter(({ kind }) => kind === 'merge')
    .map(command => 'phase' in command && command.phase);
  assert.equal(new Set(merges).size, merges.length, 'two merges of a phase at once');
}

function checkEnd(plan: Plan, events: readonly RunEvent[]): void {
  const view = project(plan, events);
  assert.equal(view.state, 'ended');
  const fates = new Set(['succeeded', 'failed', 'stopped', 'skipped']);
  for (const worker of view.phases.flatMap(phase => phase.workers))
    assert.ok(fates.has(worker.state), worker.key);
  const turns = events.filter(({ kind }) => kind === 'run-ended' || kind === 'retry-requested');
  for (const [i, { kind }] of turns.entries()) {
    assert.ok(kind !== 'run-ended' || turns[i - 1]?.kind !== 'run-ended', 'the run ended twice');
  }
  assert.equal(turns.at(-1)?.kind, 'run-ended');
  if (view.outcome === 'succeeded') assert.ok(view.phases.every(phase => phase.state !== 'skipped'));
}

/** What must hold over time: nothing good is done twice, and merges come in worker order. */
function checkStory(plan: Plan, events: readonly RunEvent[]): void {
  const succeeded = new Set<string>();
  const lastMerged = new Map<string, number>();
  for (const event of events) {
    if (event.kind === 'retry-requested') succeeded.clear();
    if (event.kind === 'retry-requested') lastMerged.clear();
    if (event.kind === 'worker-ended' && event.outcome.kind === 'succeeded') succeeded.add(event.worker);
    if (event.kind === 'worker-started') assert.ok(!succeeded.has(event.worker), `${event.worker} ran again`);
    if (event.kind !== 'merged') continue;
    assert.ok(
      succeeded.has(event.worker) || isOldSuccess(events, event),
      `${event.worker} was merged unfinished`,
    );
    const index = plan.phases.flatMap(phase => phase.workers).findIndex(({ key }) => key === event.worker);
    assert.ok(index > (lastMerged.get(event.phase) ?? -1), `${event.worker} was merged out of order`);
    lastMerged.set(event.phase, index);
  }
}

/** A worker that succeeded before a retry of others is merged after it. */
function isOldSuccess(events: readonly RunEvent[], merged: RunEvent & { kind: 'merged' }): boolean {
  const ends = events.filter(
    event => event.kind === 'worker-ended' && event.worker === merged.worker && event.seq < merged.seq,
  );
  const last = ends.at(-1);
  return last?.kind === 'worker-ended' && last.outcome.kind === 'succeeded';
}

function checkJson(events: readonly RunEvent[]): void {
  assert.deepEqual(readAll(JSON.parse(JSON.stringify(events))), events);
}

function readAll(values: unknown): readonly RunEvent[] {
  assert.ok(Array.isArray(values));
  return values.map(value => {
    const event = readRunEvent(value);
    assert.ok(event.ok, event.ok ? '' : JSON.stringify(event.failure));
    return event.value;
  });
}

/** Whole numbers from 0 to below a bound. */
type Random = (bound: number) => number;

/** Mulberry32: small, and the same everywhere. */
function randomOf(seed: number): Random {
  let state = seed | 0;
  return bound => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return bound === 0 ? 0 : ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}
