import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { Drain } from '../../../runtime/pty/drain.ts';

/** A terminal that hands back what is written to the child's side, in the pieces the test wants. */
class FakeTerminal {
  written = Buffer.alloc(0);
  delivered = '';
  isDone = false;
  isPaused = false;
  restarts = 0;
  room: number | null = Number.POSITIVE_INFINITY;
  readonly drain: Drain;

  constructor(room: number | null = Number.POSITIVE_INFINITY) {
    this.room = room;
    this.drain = new Drain({
      writeToChildSide: bytes => this.#write(bytes),
      restartOutput: () => {
        this.restarts++;
      },
      isPaused: () => this.isPaused,
      deliver: output => {
        this.delivered += output.toString('latin1');
      },
      onDone: () => {
        this.isDone = true;
      },
    });
  }

  #write(bytes: Buffer): number | null {
    if (this.room === null) return null;
    const count = Math.min(this.room, bytes.length);
    this.room -= count;
    this.written = Buffer.concat([this.written, bytes.subarray(0, count)]);
    return count;
  }
}

function withTimers(body: () => void): void {
  mock.timers.enable({ apis: ['setInterval'] });
  const clock = mock.method(performance, 'now', () => nowMs);
  nowMs = 0;
  try {
    body();
  } finally {
    clock.mock.restore();
    mock.timers.reset();
  }
}

let nowMs = 0;

function pass(ms: number): void {
  for (let passed = 0; passed < ms; passed += 10) {
    nowMs += 10;
    mock.timers.tick(10);
  }
}

test('everything before the marker is delivered, the marker is not, wherever chunks split it', () => {
  withTimers(() => {
    const { length } = new FakeTerminal().written;
    for (let at = 0; at <= length; at++) {
      const terminal = new FakeTerminal();
      const stream = Buffer.concat([Buffer.from('tail\x1b]7'), terminal.written]);
      terminal.drain.read(stream.subarray(0, 7 + at));
      terminal.drain.read(stream.subarray(7 + at));
      assert.equal(terminal.delivered, 'tail\x1b]7');
      assert.ok(terminal.isDone);
    }
  });
});

test('a full terminal takes the marker when it is read, and a stopped one is restarted', () => {
  withTimers(() => {
    const terminal = new FakeTerminal(0);
    pass(300);
    assert.equal(terminal.restarts, 1);
    terminal.room = 5;
    terminal.drain.read(Buffer.from('x'));
    assert.equal(terminal.written.length, 5);
    terminal.room = 100;
    terminal.drain.read(Buffer.from('y'));
    terminal.drain.read(terminal.written);
    assert.deepEqual([terminal.delivered, terminal.isDone], ['xy', true]);
  });
});

test('without a marker, quiet ends it; a paused terminal is not quiet', () => {
  withTimers(() => {
    const terminal = new FakeTerminal(null);
    terminal.isPaused = true;
    pass(60_000);
    assert.ok(!terminal.isDone);
    terminal.isPaused = false;
    terminal.drain.read(Buffer.from('last'));
    pass(500);
    assert.deepEqual([terminal.delivered, terminal.isDone], ['last', true]);
  });
});
