import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { PtyRig, unwrap } from './pty-rig.ts';

test('a program gets a controlling terminal of the given size, the environment and the markers', async () => {
  await using rig = await PtyRig.start();
  const script = 'stty size < /dev/tty; echo "id=$NIIA_SESSION host=$NIIA_PTY_HOST greet=$GREET home=$HOME"';
  const { id } = await rig.shell(script, {
    cols: 101,
    rows: 41,
    env: { PATH: '/usr/bin:/bin', GREET: 'hi' },
  });
  const text = (await rig.outputOf(id)).toString();
  assert.equal(text, `41 101\r\nid=${id} host=${rig.address.socketPath} greet=hi home=\r\n`);
});

test('a new size reaches the program as SIGWINCH and the other viewers in order', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell("trap 'echo now $(stty size)' WINCH; echo ready; while :; do read x; done");
  const viewing = await rig.view(id);
  await viewing.shows('ready');
  const other = await rig.view(id);
  other.stream.resize(101, 41);
  await viewing.shows('now 41 101');
  unwrap(await rig.client.resize(id, 90, 30));
  await viewing.shows('now 30 90');
  const sizes = viewing.events.filter(event => event.kind === 'resize').map(({ cols, rows }) => [cols, rows]);
  assert.deepEqual(sizes, [
    [101, 41],
    [90, 30],
  ]);
  assert.equal((await rig.view(id, { from: 1e9 })).stream.attached.cols, 90);
});

test('Ctrl-C typed by a viewer interrupts the program', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell("trap 'echo caught; exit 9' INT; echo ready; sleep 100");
  const viewing = await rig.view(id);
  await viewing.shows('ready');
  await viewing.stream.write('\x03');
  await viewing.finished();
  assert.match(viewing.text, /caught/);
  assert.equal(viewing.exit?.code, 9);
});

test('a shell has job control', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.open(['bash', '--norc', '--noprofile', '-i']);
  const viewing = await rig.view(id);
  await viewing.shows('$ ');
  // Between taking the terminal and its exec, a job still ignores ^Z as its shell does.
  await viewing.stream.write(`sh -c 'echo "job" runs; exec sleep 100'\r`);
  await viewing.shows('job runs');
  const shell = (unwrap(await rig.client.list()).sessions[0]?.pid ?? 0).toString();
  const foreground = (): string =>
    readFileSync(`/proc/${shell}/stat`, 'latin1').split(') ')[1]?.split(' ')[5] ?? '';
  await viewing.stream.write('\x1a');
  await viewing.shows('Stopped');
  await viewing.stream.write('fg\r');
  await eventually(() => foreground() !== shell, {
    what: 'the job in the foreground again',
    seen: () => viewing.text,
  });
  await viewing.stream.write('\x03');
  await eventually(() => foreground() === shell, {
    what: 'the shell in the foreground',
    seen: () => viewing.text,
  });
  await viewing.stream.write('exit 5\r');
  await viewing.finished();
  assert.equal(viewing.exit?.code, 5);
});

test('exit codes and signals are told apart', async () => {
  await using rig = await PtyRig.start();
  const code = await rig.shell('exit 7');
  const signal = await rig.shell('kill -TERM $$');
  const killed = await rig.shell('kill -KILL $$');
  const pick = async (id: string) => {
    const exit = await rig.exitOf(id);
    return [exit.code, exit.signal];
  };
  assert.deepEqual(await pick(code.id), [7, null]);
  assert.deepEqual(await pick(signal.id), [null, 'SIGTERM']);
  assert.deepEqual(await pick(killed.id), [null, 'SIGKILL']);
});

test('a program that cannot be started is a failure with a reason, not text on a screen', async () => {
  await using rig = await PtyRig.start();
  const plain = join(rig.folder, 'plain');
  writeFileSync(plain, 'no program', { mode: 0o644 });
  for (const kind of ['pty', 'pipe'] as const) {
    const outputFile = join(rig.folder, 'out');
    const failureOf = async (argv: string[], cwd?: string) => {
      const changes = { kind, outputFile, ...(cwd === undefined ? {} : { cwd }) };
      const opened = await rig.client.open(rig.spec(argv, changes));
      assert.ok(!opened.ok && opened.failure.kind === 'spawn_failed', JSON.stringify(opened));
      return [opened.failure.code, opened.failure.message];
    };
    assert.deepEqual(await failureOf(['no-such-cli']), ['ENOENT', '"no-such-cli" is not on PATH']);
    assert.deepEqual(await failureOf(['./no-such-file']), ['ENOENT', '"./no-such-file" does not exist']);
    assert.deepEqual(await failureOf([plain]), ['EACCES', `"${plain}" is not executable`]);
    assert.deepEqual(await failureOf(['true'], '/no/where'), [
      'ENOENT',
      'working directory "/no/where" does not exist',
    ]);
    assert.deepEqual(await failureOf(['true'], plain), [
      'ENOTDIR',
      `working directory "${plain}" is not a directory`,
    ]);
    const [longCode] = await failureOf(['true', 'x'.repeat(200_000)]);
    assert.equal(longCode, 'E2BIG');
    const [nulCode] = await failureOf(['true', 'a\0b']);
    assert.equal(nulCode, 'EINVAL');
  }
  assert.deepEqual(unwrap(await rig.client.list()).sessions, []);
});

test('a session is opened once however often it is asked for, until it is released', async () => {
  await using rig = await PtyRig.start();
  const spec = rig.spec(['cat']);
  const second = await rig.connect();
  const opened = await Promise.all([rig.client.open(spec), second.open(spec), rig.client.open(spec)]);
  const values = opened.map(unwrap);
  assert.deepEqual(values.map(({ isNew }) => isNew).sort(), [false, false, true]);
  assert.equal(new Set(values.map(({ session }) => session.pid)).size, 1);

  assert.deepEqual(await rig.client.release(spec.id), {
    ok: false,
    failure: { kind: 'session_running', id: spec.id },
  });
  unwrap(await rig.client.signal(spec.id, 'kill'));
  const exit = await rig.exitOf(spec.id);
  const again = unwrap(await rig.client.open(spec));
  assert.equal(again.isNew, false);
  assert.deepEqual(again.session.exit, exit);

  unwrap(await rig.client.release(spec.id));
  assert.equal(unwrap(await rig.client.open(spec)).isNew, true);
});

test('input beyond what a program reads is bounded and refused clearly', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell('stty raw -echo; echo ready; exec sleep 100', { maxInputBytes: 600_000 });
  const viewing = await rig.view(id);
  await viewing.shows('ready');
  await viewing.stream.write(Buffer.alloc(500_000, 'w'));
  await viewing.stream.write(Buffer.alloc(500_000, 'w'));
  const refused = await eventually(() => viewing.events.find(event => event.kind === 'input_refused'), {
    what: 'the refusal',
    seen: () => viewing.events,
  });
  assert.ok(
    refused.kind === 'input_refused' && refused.limitBytes === 600_000 && refused.queuedBytes <= 500_000,
  );
  const written = await rig.client.write(id, 'w'.repeat(500_000));
  assert.ok(!written.ok && written.failure.kind === 'input_full');
});

test('a large paste reaches a program that reads, whole', async () => {
  await using rig = await PtyRig.start();
  const file = join(rig.folder, 'in');
  const { id } = await rig.shell(`stty raw -echo; echo ready; head -c 900000 > ${file}; echo done`);
  const viewing = await rig.view(id);
  await viewing.shows('ready');
  await viewing.stream.write(Buffer.alloc(900_000, 'y'));
  await viewing.shows('done');
  assert.ok(readFileSync(file).equals(Buffer.alloc(900_000, 'y')));
});

test('terminal queries are answered while nobody looks, and left to a terminal that does', async () => {
  await using rig = await PtyRig.start();
  const answersFile = join(rig.folder, 'answers');
  const queries = String.raw`printf '\033[c\033[5'; printf 'n\033[6n\033]11;?\007\033]7501;?\033\\'`;
  const ask = (count: number): string =>
    `stty raw -echo; read go; ${queries}; head -c ${count} > ${answersFile}`;
  const programStatus = '\x1b]7501;?\x1b\\';
  const all = `\x1b[?1;2c\x1b[0n\x1b[1;1R\x1b]11;rgb:1e1e/1e1e/1e1e\x07${programStatus}`;
  for (const [isInteractive, answers] of [
    [false, all],
    [true, programStatus],
  ] as const) {
    const { id } = await rig.shell(ask(answers.length));
    const viewing = await rig.view(id, { isInteractive });
    await viewing.stream.write('go\n');
    await viewing.finished();
    assert.equal(readFileSync(answersFile, 'latin1'), answers);
  }
});
