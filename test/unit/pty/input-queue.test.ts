import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { InputQueue } from '../../../runtime/pty/input-queue.ts';

test('a child that does not read is tried ever more rarely, never in a loop', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let tries = 0;
    const queue = new InputQueue(() => {
      tries++;
      return 0;
    }, 100);
    queue.push(Buffer.from('x'));
    for (let elapsedMs = 0; elapsedMs < 1000; elapsedMs++) mock.timers.tick(1);
    assert.ok(tries > 10 && tries < 30, `${tries} tries in a second`);
    queue.dispose();
    const before = tries;
    mock.timers.tick(1000);
    assert.equal(tries, before);
  } finally {
    mock.timers.reset();
  }
});

test('input arrives in order, whatever pieces the child takes', () => {
  mock.timers.enable({ apis: ['setTimeout'] });
  try {
    let taken = '';
    let room = 3;
    const sink = (bytes: Buffer): number => {
      const count = Math.min(room, bytes.length);
      taken += bytes.toString('latin1', 0, count);
      room -= count;
      return count;
    };
    const queue = new InputQueue(sink, 100);
    for (const text of ['hello ', '', 'wor', 'ld']) queue.push(Buffer.from(text));
    while (queue.queuedBytes > 0) {
      room = 2;
      mock.timers.tick(50);
    }
    assert.equal(taken, 'hello world');
  } finally {
    mock.timers.reset();
  }
});

test('what does not fit is refused as a whole', () => {
  const queue = new InputQueue(() => 0, 10);
  assert.deepEqual(queue.push(Buffer.alloc(8)), { ok: true, value: 8 });
  assert.deepEqual(queue.push(Buffer.alloc(3)), {
    ok: false,
    failure: { kind: 'input_full', queuedBytes: 8, limitBytes: 10 },
  });
  assert.deepEqual(queue.push(Buffer.alloc(2)), { ok: true, value: 10 });
  queue.dispose();
});

test('answers to a program that asks without reading are dropped in the end', () => {
  const queue = new InputQueue(() => 0, 10);
  for (let count = 0; count < 10_000; count++) queue.pushAnswer('\x1b[0n');
  assert.ok(queue.queuedBytes <= 10 + 4096);
  queue.dispose();
});
