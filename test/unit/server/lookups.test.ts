import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Lookups } from '../../../server/lookups.ts';

const seldom = 30_000;

test('an answer is waited for as long as there is none', async () => {
  const lookups = new Lookups();
  assert.equal(
    lookups.get('a', seldom, async () => 1, 0),
    undefined,
  );
  assert.equal(lookups.pending, 1);
  await lookups.settled(1000);
  assert.equal(lookups.pending, 0);
  assert.equal(
    lookups.get('a', seldom, async () => 2, 0),
    1,
  );
});

test('an answer that has only grown old does while it is looked up again', async t => {
  const lookups = new Lookups();
  const ages = t.mock.method(performance, 'now', () => 0);
  lookups.get('a', seldom, async () => 1, 0);
  await lookups.settled(1000);
  ages.mock.mockImplementation(() => seldom + 1);
  assert.equal(
    lookups.get('a', seldom, async () => 2, 0),
    1,
  );
  assert.equal(lookups.pending, 0);
  await lookups.settled(1000);
  assert.equal(
    lookups.get('a', seldom, async () => 3, 0),
    2,
  );
});

test('an answer whose ground has changed is waited for, and so is one that changes often', async t => {
  const lookups = new Lookups();
  lookups.get('a', seldom, async () => 1, 0);
  await lookups.settled(1000);
  lookups.invalidate(key => key === 'a');
  lookups.get('a', seldom, async () => 2, 0);
  assert.equal(lookups.pending, 1);
  await lookups.settled(1000);
  assert.equal(
    lookups.get('a', seldom, async () => 3, 0),
    2,
  );

  const ages = t.mock.method(performance, 'now', () => 0);
  lookups.get('b', 2000, async () => 1, 0);
  await lookups.settled(1000);
  ages.mock.mockImplementation(() => 2001);
  lookups.get('b', 2000, async () => 2, 0);
  assert.equal(lookups.pending, 1);
  await lookups.settled(1000);
  assert.equal(lookups.pending, 0);
});
