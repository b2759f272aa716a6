import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMoving, stateSign } from '../../../runtime/engine/state-sign.ts';

test('states that need a person, failed or ended are told apart by their signs, and stand still', () => {
  const states = ['succeeded', 'failed', 'waiting', 'parked', 'stopped', 'skipped', 'queued', 'unknown'];
  assert.equal(states.map(stateSign).join(' '), '✓ ✗ ? ‖ ■ – · !');
  assert.deepEqual(states.filter(isMoving), []);
});

test('what goes on by itself moves, also where only a later version knows the state', () => {
  const states = ['working', 'running', 'starting', 'brooding', 'constructor'];
  assert.equal(states.map(stateSign).join(' '), '● ◌ ◌ ◌ ◌');
  assert.deepEqual(states.filter(isMoving), states);
});
