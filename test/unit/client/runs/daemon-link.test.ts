import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DaemonLink, type DaemonPort } from '../../../../client/runs/daemon-link.ts';
import type { DaemonClient } from '../../../../runtime/daemon/client.ts';
import { err, ok } from '../../../../runtime/result.ts';

/** A daemon that a test starts and kills, and a clock that the test moves. */
class Machine {
  isRunning = false;
  hasClaim = false;
  version = '1';
  isTrusted = true;
  starts = 0;
  readonly pauses: number[] = [];
  #end: (() => void) | undefined;
  #call: (() => void) | undefined;

  readonly port: DaemonPort = {
    connect: async () => {
      if (!this.isRunning) return err({ code: 'no-daemon', message: 'none', exitCode: 1 });
      if (this.version !== '1') return err({ code: 'other-version', message: 'version 2', exitCode: 1 });
      return ok(this.#client());
    },
    start: async () => {
      this.starts += 1;
      this.run();
      return ok(undefined);
    },
    hasClaim: () => this.hasClaim,
    lastLogLines: () => ['last words'],
    isTrusted: () => this.isTrusted,
    later: (pauseMs, call) => {
      this.pauses.push(pauseMs);
      this.#call = call;
      return () => {
        this.#call = undefined;
      };
    },
  };

  run(): void {
    this.isRunning = true;
    this.hasClaim = true;
  }

  /** Ends the daemon; one that was killed leaves its claim behind. */
  async end(how: 'killed' | 'stopped'): Promise<void> {
    this.isRunning = false;
    this.hasClaim = how === 'killed';
    this.#end?.();
    await turns();
  }

  /** Lets the pause that somebody waits for be over. */
  async passPause(): Promise<void> {
    this.#call?.();
    await turns();
  }

  get isWaiting(): boolean {
    return this.#call !== undefined;
  }

  #client(): DaemonClient {
    const closed = new Promise<void>(resolve => {
      this.#end = resolve;
    });
    const daemon = { protocol: 1, version: '1', pid: 7, ptyHost: '/pty.sock' };
    // The link looks at no more of a client than this.
    return { daemon, closed, close() {} } as unknown as DaemonClient;
  }
}

/** Lets everything that is settled go on. */
async function turns(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve));
}

function linkTo(machine: Machine, isNeeded = false): { link: DaemonLink; states: string[] } {
  const link = new DaemonLink(machine.port, () => isNeeded);
  const states: string[] = [];
  link.onDidChange(state => states.push(state.kind));
  return { link, states };
}

describe('the link to the daemon', () => {
  it('finds a daemon that runs, and starts none', async () => {
    const machine = new Machine();
    const { link } = linkTo(machine);
    await link.find();
    assert.equal(link.state.kind, 'off');
    machine.run();
    await link.find();
    assert.deepEqual(link.state, { kind: 'connected', version: '1', pid: 7 });
    assert.equal(machine.starts, 0);
  });

  it('starts one when somebody asks, once for all who ask', async () => {
    const machine = new Machine();
    const { link } = linkTo(machine);
    const answers = await Promise.all([link.ask(), link.ask()]);
    assert.deepEqual(
      answers.map(({ ok: isThere }) => isThere),
      [true, true],
    );
    assert.equal(machine.starts, 1);
  });

  it('starts nothing and connects to nothing without trust', async () => {
    const machine = new Machine();
    machine.run();
    machine.isTrusted = false;
    const { link } = linkTo(machine);
    await link.find();
    const asked = await link.ask();
    assert.equal(asked.ok ? 'connected' : asked.failure.code, 'untrusted');
    assert.equal(link.state.kind, 'off');
  });

  it('says at once that a daemon was killed, with its last lines, and starts it again for runs under way', async () => {
    const machine = new Machine();
    const { link, states } = linkTo(machine, true);
    await link.ask();
    await machine.end('killed');
    assert.equal(link.state.kind, 'lost');
    assert.deepEqual(link.state.kind === 'lost' && link.state.log, ['last words']);
    await machine.passPause();
    assert.equal(machine.starts, 2);
    assert.deepEqual(states, ['connecting', 'connected', 'lost', 'connected']);
  });

  it('pauses longer after every failure', async () => {
    const machine = new Machine();
    const { link } = linkTo(machine, true);
    await link.ask();
    machine.port.start = async () => err({ code: 'daemon-start', message: 'no', exitCode: 1 });
    await machine.end('killed');
    for (let i = 0; i < 8; i++) await machine.passPause();
    assert.deepEqual(machine.pauses, [250, 500, 1000, 2000, 5000, 15000, 30000, 30000, 30000]);
    assert.equal(link.state.kind, 'lost');
  });

  it('leaves a daemon alone that ended because nothing was to do', async () => {
    const machine = new Machine();
    const { link } = linkTo(machine);
    await link.ask();
    await machine.end('stopped');
    assert.equal(link.state.kind, 'off');
    assert.equal(machine.isWaiting, false);
  });

  it('does not start one again that a person stopped, but says that runs are waiting for it', async () => {
    const machine = new Machine();
    const { link } = linkTo(machine, true);
    await link.ask();
    await machine.end('stopped');
    assert.equal(link.state.kind, 'lost');
    assert.equal(machine.isWaiting, false);
    assert.equal((await link.ask()).ok, true);
    assert.equal(link.state.kind, 'connected');
  });

  it('says that a daemon of another version serves, and does not replace it', async () => {
    const machine = new Machine();
    machine.run();
    machine.version = '2';
    const { link } = linkTo(machine, true);
    await link.ask();
    assert.equal(link.state.kind === 'other-version' && link.state.detail, 'version 2');
    assert.equal(machine.starts, 0);
    assert.equal(machine.isWaiting, false);
    await machine.end('stopped');
    await link.find();
    assert.equal(link.state.kind, 'off');
  });
});
