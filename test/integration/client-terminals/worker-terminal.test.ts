import assert from 'node:assert/strict';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { PtyRig, unwrap } from '../pty/pty-rig.ts';
import { Tab } from './tab.ts';

test('a tab shows what is on the screen already, then what comes, and the user can take over', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell('printf "before\\n"; read name; echo "hello $name"; read rest', {
    id: 'run.build.w1.a1.t1',
  });
  const early = await rig.view(session.id);
  await early.shows('before');
  using tab = new Tab(rig, { sessions: [session] });
  await tab.shows(/^before/);
  tab.terminal.handleInput('wörld → 世界\r');
  await tab.shows(/hello wörld → 世界/);
  tab.terminal.handleInput('\r');
  await tab.shows(/── exit code 0 ──/);
});

test('a tab gives the session its size, and follows the size another window gives it', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell('trap "stty size" WINCH; echo ready; while :; do read line || :; done');
  using tab = new Tab(rig, { sessions: [session], cols: 70, rows: 20 });
  await tab.shows(/20 70/);
  tab.resize(60, 15);
  await tab.shows(/15 60/);
  unwrap(await rig.client.resize(session.id, 50, 10));
  await eventually(() => tab.size === '50x10', { what: 'the other size', seen: () => tab.size });
  tab.terminal.handleInput('\r');
  await eventually(() => tab.size === '60x15', { what: 'the size of the tab', seen: () => tab.size });
});

test('a full-screen program is painted as it is, and what it asked before is not answered twice', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell(
    'stty raw -echo; printf "\\033[?1049h\\033[5;10Hmiddle\\033[c"; dd bs=1 count=7 2>/dev/null | od -c; cat -v',
  );
  const early = await rig.view(session.id);
  await early.shows('033');
  using tab = new Tab(rig, { sessions: [session] });
  await tab.shows(/\n {9}middle/);
  tab.terminal.handleInput('typed');
  await tab.shows(/typed/);
  assert.doesNotMatch(tab.text, /typed.*\^\[|\^\[.*typed/s, 'no answer was typed by the tab');
});

test('what a program asks while it is watched is answered once, and before it reaches the window', async () => {
  await using rig = await PtyRig.start();
  const ask = 'printf "\\033]11;?\\007\\033[c"; cat -v';
  const session = await rig.shell(`stty raw -echo; printf ready; head -c1 >/dev/null; ${ask}`);
  using tab = new Tab(rig, { sessions: [session] });
  await tab.shows(/ready/);
  tab.terminal.handleInput('x');
  await tab.shows(/2c/);
  tab.terminal.handleInput('typed');
  await tab.shows(/typed/);
  assert.match(tab.text, /ready\^\[\]11;rgb:f8f8\/f8f8\/f8f8\^G\^\[\[\?1;2ctyped/);
});

test('a worker of several sessions is followed from one to the next, with a line between them', async () => {
  await using rig = await PtyRig.start();
  const first = await rig.shell('echo one', { id: 'run.build.w1.a1.t1' });
  await rig.exitOf(first.id);
  using tab = new Tab(rig, { sessions: [first] });
  await tab.shows(/one\n.*exit code 0/s);
  tab.begins(await rig.shell('echo two; exit 3', { id: 'run.build.w1.a1.step-test' }));
  await tab.shows(/── step test ──.*two.*── exit code 3 ──/s);
  tab.begins(await rig.shell('echo three; kill -9 $$', { id: 'run.build.w1.a2.t1' }));
  await tab.shows(/── turn 1, attempt 2 ──.*three.*── ended by SIGKILL ──/s);
  tab.becomes({
    state: 'failed',
    failure: {
      reason: { kind: 'crashed' },
      description: 'it crashed',
      message: 'killed by SIGKILL',
    },
  });
  await tab.shows(/── ✗ build\/w1 failed: it crashed. killed by SIGKILL ──/);
});

test('what a headless worker shows is a transcript, and nothing can be typed into it', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.open(['cat'], { kind: 'pipe', stdin: 'open', outputFile: `${rig.folder}/out` });
  unwrap(await rig.client.render({ id: session.id, text: 'thinking…\r\n', sourceOffset: 0 }));
  using tab = new Tab(rig, { sessions: [session] });
  await tab.shows(/thinking…/);
  tab.terminal.handleInput('x');
  tab.terminal.handleInput('\u001b[I');
  tab.terminal.handleInput('y');
  assert.deepEqual(tab.told, ['build/w1 runs headless: nothing can be typed into it.']);
  unwrap(await rig.client.render({ id: session.id, text: 'done\r\n', sourceOffset: 1, isFinal: true }));
  unwrap(await rig.client.endInput(session.id));
  await tab.shows(/thinking…\ndone\n.*exit code 0/s);
  const printed = await rig.client.read({ id: session.id, from: 0, maxBytes: 1000 });
  assert.doesNotMatch(Buffer.from(unwrap(printed).base64, 'base64').toString(), /[xy]/);
});

test('a tab that waits for its worker shows it as soon as there is something', async () => {
  await using rig = await PtyRig.start();
  using tab = new Tab(rig, { state: 'queued' });
  assert.deepEqual(tab.names, ['w1 · build · claude']);
  const session = rig.spec(['sh', '-c', 'echo here; read x']);
  // The journal may say so before the PTY host has it.
  tab.begins(session);
  unwrap(await rig.client.open(session));
  await tab.shows(/here/);
});

test('a session that the PTY host has forgotten is shown from its recording', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell('echo kept; printf "\\033[c"');
  await rig.exitOf(session.id);
  unwrap(await rig.client.release(session.id));
  using tab = new Tab(rig, { sessions: [session], state: 'succeeded' });
  await tab.shows(/kept.*── ✓ build\/w1 succeeded ──/s);
});

test('a connection that is lost is taken up again, with the screen as it has become', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell('echo first; read x; echo second; read x; echo third; read x');
  using between = new Between(rig);
  const { socketPath } = between;
  using tab = new Tab(rig, { sessions: [session], socketPath });
  await tab.shows(/first/);
  between.cut();
  unwrap(await rig.client.write(session.id, '\n'));
  await tab.shows(/second/);
  tab.terminal.handleInput('\r');
  await tab.shows(/^first\n\nsecond\n\nthird$/);
});

/** A way to the PTY host that can be cut. */
class Between implements Disposable {
  readonly socketPath: string;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];

  constructor({ folder, address }: PtyRig) {
    this.socketPath = join(folder, 'between.sock');
    this.#server = createServer(socket => {
      const host = connect(address.socketPath);
      socket.pipe(host).pipe(socket);
      for (const each of [socket, host]) this.#sockets.push(each.on('error', () => {}));
    }).listen(this.socketPath);
  }

  cut(): void {
    for (const socket of this.#sockets.splice(0)) socket.destroy();
  }

  [Symbol.dispose](): void {
    this.cut();
    this.#server.close();
  }
}

test('a program that prints faster than the window takes is skipped to its present screen', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell(
    'i=0; while [ $i -lt 30000 ]; do i=$((i+1)); echo "line $i ...................."; done; echo the end; read x',
  );
  // 40 KB/s: the whole of it would take half a minute.
  using tab = new Tab(rig, {
    sessions: [session],
    limits: { laneCharacters: 1000, frameCharacters: 1000, pendingCharacters: 4000 },
  });
  await tab.shows(/line 30000 \.+\nthe end$/);
  assert.ok(tab.screens > 1, 'the screen was asked for again');
  tab.terminal.handleInput('\r');
  await tab.shows(/exit code 0/);
});

test('a closed tab leaves the session alone', async () => {
  await using rig = await PtyRig.start();
  const session = await rig.shell('echo here; read x; echo still here; read x');
  {
    using tab = new Tab(rig, { sessions: [session] });
    await tab.shows(/here/);
  }
  await eventually(
    async () => unwrap(await rig.client.list()).sessions.every(({ viewers }) => viewers === 0),
    {
      what: 'the viewer to leave',
    },
  );
  unwrap(await rig.client.write(session.id, '\n'));
  using again = new Tab(rig, { sessions: [session] });
  await again.shows(/^here\n\nstill here$/);
});
