import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TabName } from '../../../../client/terminals/tab-name.ts';
import { StillClock } from './still-clock.ts';

/** A tab that bears what it is given, or what it is stuck with. */
function rig() {
  const clock = new StillClock();
  const given: string[] = [];
  let shown: string | undefined;
  let isStuck = false;
  const name = new TabName(clock, {
    rename: text => {
      given.push(text);
      if (!isStuck) shown = text;
    },
    shown: () => shown,
  });
  return {
    name,
    clock,
    given,
    stick: (text: string | undefined) => {
      isStuck = text !== undefined;
      shown = text ?? shown;
    },
  };
}

test('a name that VS Code has put another over while the tab came up is given again', async () => {
  const { name, clock, given, stick } = rig();
  name.set('w1 ✓');
  stick('w1 ●');
  await clock.pass(1000);
  stick(undefined);
  await clock.pass(60_000);
  assert.deepEqual(given, ['w1 ✓', 'w1 ✓', 'w1 ✓']);
});

test('a tab that bears its name, or none yet, is left alone', async () => {
  const { name, clock, given } = rig();
  name.set('w1 ●');
  await clock.pass(60_000);
  assert.deepEqual(given, ['w1 ●']);
});

test('a tab that somebody has called otherwise is not fought over', async () => {
  const { name, clock, given, stick } = rig();
  stick('mine');
  name.set('w1 ●');
  await clock.pass(600_000);
  assert.equal(given.length, 4);
});

test('nothing is said of a tab that was closed', async () => {
  const { name, clock, given, stick } = rig();
  stick('old');
  name.set('w1 ●');
  name[Symbol.dispose]();
  await clock.pass(60_000);
  assert.deepEqual(given, ['w1 ●']);
});
