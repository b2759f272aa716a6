import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FrameLimits, Frames } from '../../../../client/terminals/frames.ts';
import { StillClock } from './still-clock.ts';

const limits: FrameLimits = { frameMs: 25, laneCharacters: 10, frameCharacters: 20, pendingCharacters: 30 };

/** Terminals on a still clock, and what was written to the window, in order: `name:text@ms`. */
function rig() {
  const clock = new StillClock();
  const frames = new Frames(clock, limits);
  const written: string[] = [];
  const lane = (name: string) => frames.lane(text => written.push(`${name}:${text}@${clock.now()}`));
  return { clock, lane, written };
}

test('the first text after a pause is written at once, the next ones together with the next frame', async () => {
  const { clock, lane, written } = rig();
  const a = lane('a');
  a.push('k');
  a.push('e');
  a.push('y');
  assert.deepEqual(written, ['a:k@0']);
  await clock.pass(25);
  assert.deepEqual(written, ['a:k@0', 'a:ey@25']);
  await clock.pass(25);
  a.push('z');
  assert.deepEqual(written.at(-1), 'a:z@50');
  assert.equal(clock.timers, 0, 'a quiet window has no timer');
});

test('nothing is lost and nothing overtakes, however much comes', async () => {
  const { clock, lane } = rig();
  let seen = '';
  const frames = new Frames(clock, limits);
  const one = frames.lane(text => {
    seen += text;
  });
  const pieces = Array.from({ length: 50 }, (_, index) => `<${index}>`);
  for (const piece of pieces) one.push(piece);
  lane('other');
  await clock.pass(2000);
  assert.equal(seen, pieces.join(''));
});

test('a frame carries no more than its limit, and terminals take turns', async () => {
  const { clock, lane, written } = rig();
  const lanes = ['a', 'b', 'c'].map(lane);
  await clock.pass(100);
  for (const each of lanes) for (let piece = 0; piece < 3; piece += 1) each.push('12345678');
  // Two of the first pieces fit into the present frame without waiting.
  assert.deepEqual(written, ['a:12345678@100', 'b:12345678@100']);
  await clock.pass(25);
  assert.deepEqual(written.slice(2), ['a:12345678@125', 'b:12345678@125', 'c:12345678@125']);
  await clock.pass(25);
  assert.deepEqual(written.slice(5), ['a:12345678@150', 'b:12345678@150', 'c:12345678@150']);
});

test('a source waits while too much is pending, and goes on once there is room', async () => {
  const { clock, lane } = rig();
  const a = lane('a');
  a.push('x');
  for (let piece = 0; piece < 3; piece += 1) a.push('x'.repeat(9));
  a.push('xx');
  assert.equal(a.room(), undefined);
  a.push('x');
  let hasRoom = false;
  const waiting = a.room()?.then(() => {
    hasRoom = true;
  });
  await clock.pass(24);
  assert.equal(hasRoom, false);
  await clock.pass(1);
  await waiting;
  assert.ok(hasRoom);
});

test('how far behind a terminal is counts from when it was full until everything is written', async () => {
  const { clock, lane } = rig();
  const a = lane('a');
  a.push('x');
  for (let piece = 0; piece < 6; piece += 1) a.push('12345678');
  await clock.pass(50);
  assert.equal(a.lagMs, 50);
  await clock.pass(500);
  assert.deepEqual([a.pending, a.lagMs], [0, 0]);
});

test('a terminal that is cleared forgets what waits and lets its source go on', async () => {
  const { clock, lane, written } = rig();
  const a = lane('a');
  a.push('x');
  a.push('y'.repeat(30));
  const room = a.room();
  a.clear();
  await room;
  await clock.pass(100);
  assert.deepEqual(written, ['a:x@0']);
  assert.equal(clock.timers, 0);
});

test('a text longer than a frame is cut, but never within a character', async () => {
  const { clock, lane, written } = rig();
  const a = lane('a');
  a.push('x');
  a.push('123456789🙂abcdefghijk');
  await clock.pass(75);
  assert.deepEqual(written, ['a:x@0', 'a:123456789@25', 'a:🙂abcdefgh@50', 'a:ijk@75']);
});
