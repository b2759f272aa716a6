import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplayPace, type Speed } from '../../../../client/terminals/replay-pace.ts';
import { Throttle } from '../../../../client/terminals/throttle.ts';
import { StillClock } from './still-clock.ts';

/** Plays pieces that came at these seconds, and notes when each is shown, in ms. */
function play(speed: Speed, times: readonly number[]) {
  const clock = new StillClock();
  const pace = new ReplayPace(clock, speed);
  const shown: number[] = [];
  const done = (async () => {
    for (const seconds of times) {
      await pace.wait(seconds);
      shown.push(Math.round(clock.now()));
    }
  })();
  return { clock, pace, shown, done };
}

const cases: readonly (readonly [string, Speed, readonly number[], readonly number[]])[] = [
  ['real time', 1, [0, 0.5, 1], [0, 500, 1000]],
  ['four times as fast', 4, [0, 0.5, 1], [0, 125, 250]],
  ['idle time is cut to two seconds', 1, [0, 60, 61], [0, 2000, 3000]],
  ['pauses too short for a timer add up', 1, [0.004, 0.008, 0.012], [0, 8, 8]],
  ['all at once', 'instant', [0, 60, 3600], [0, 0, 0]],
  ['times that run backwards do not stop it', 1, [1, 0.5, 1.5], [1000, 1000, 1500]],
];
for (const [name, speed, times, expected] of cases) {
  test(`a replay keeps its pace: ${name}`, async () => {
    const { clock, shown, done } = play(speed, times);
    await clock.pass(10_000);
    await done;
    assert.deepEqual(shown, expected);
  });
}

test('a change of speed holds for the pause that is being waited for', async () => {
  const { clock, pace, shown, done } = play(1, [2]);
  await clock.pass(1000);
  pace.setSpeed(4);
  await clock.pass(249);
  assert.deepEqual(shown, []);
  await clock.pass(1);
  await done;
  assert.deepEqual(shown, [1250]);
});

test('nothing is shown while a replay pauses, and no time passes in it', async () => {
  const { clock, pace, shown, done } = play(1, [2]);
  await clock.pass(500);
  pace.togglePause();
  await clock.pass(60_000);
  assert.deepEqual(shown, []);
  pace.togglePause();
  await clock.pass(1499);
  assert.deepEqual(shown, []);
  await clock.pass(1);
  await done;
  assert.deepEqual(shown, [62_000]);
});

test('a replay that pauses before a piece stays there, also at the highest speed', async () => {
  const { clock, pace, shown, done } = play(1, [1, 1.001, 1.002]);
  pace.togglePause();
  pace.setSpeed('instant');
  await clock.pass(5000);
  assert.deepEqual(shown, []);
  pace.togglePause();
  await clock.pass(1);
  await done;
  assert.deepEqual(shown, [5000, 5000, 5000]);
});

test('a replay that begins again lets go whoever waits', async () => {
  const { pace, done } = play(1, [2]);
  pace.togglePause();
  pace.restart();
  await done;
  assert.equal(pace.isPaused, false);
});

test('of many values the first passes at once, then the latest, never the same twice', async () => {
  const clock = new StillClock();
  const passed: string[] = [];
  const throttle = new Throttle<string>(clock, 500, value => passed.push(`${value}@${clock.now()}`));
  throttle.push('a');
  throttle.push('b');
  throttle.push('c');
  await clock.pass(500);
  throttle.push('c');
  await clock.pass(500);
  throttle.push('c');
  throttle.push('d');
  await clock.pass(500);
  assert.deepEqual(passed, ['a@0', 'c@500', 'd@1000']);
  throttle.push('e');
  throttle.push('f');
  throttle[Symbol.dispose]();
  await clock.pass(5000);
  assert.deepEqual(passed.at(-1), 'e@1500');
});
