import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { connectPtyHost } from '../../../runtime/pty/client.ts';
import { hostToken } from '../../../runtime/pty/socket-place.ts';
import { startPtyHost } from '../../../runtime/pty/start.ts';
import { attachViewer } from '../../../runtime/pty/viewer-stream.ts';
import { eventually, within } from '../../support/wait.ts';
import { hasEnded, hostCommand, isAlive, PtyRig, unwrap } from './pty-rig.ts';

test('two control clients see the same sessions and hear the same events', async () => {
  await using rig = await PtyRig.start();
  const second = await rig.connect();
  const heard: string[] = [];
  second.on('opened', ({ session }) => heard.push(`opened ${session.id}`));
  second.on('exit', ({ id, exit }) => heard.push(`exit ${id} ${exit.code}`));
  second.on('released', ({ id }) => heard.push(`released ${id}`));
  const { id } = await rig.shell('exit 2');
  await rig.exitOf(id);
  assert.equal(unwrap(await second.list()).sessions[0]?.exit?.code, 2);
  unwrap(await rig.client.release(id));
  await eventually(() => heard.length === 3, { what: 'three events', seen: () => heard });
  assert.deepEqual(heard, [`opened ${id}`, `exit ${id} 2`, `released ${id}`]);
});

test('garbage ends its own connection with an error, and no other', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.open(['cat']);
  const viewing = await rig.view(id);
  const token = hostToken(rig.address.stateDir);
  const attach = JSON.stringify({ attach: id, protocolVersion: 1, token, from: 0, isInteractive: false });
  const garbage: readonly (string | Buffer)[] = [
    'GET / HTTP/1.1\r\n\r\n',
    'Content-Length: nonsense\r\n\r\n',
    'Content-Length: 5\r\n\r\n{"a":',
    Buffer.from([0, 255, 1, 13, 10, 13, 10]),
    '{"attach": 5}\n',
    '{"attach": not json\n',
    `{${'x'.repeat(5000)}`,
    Buffer.concat([Buffer.from(`${attach}\n`), Buffer.from([99, 0, 0, 0, 0])]),
    Buffer.concat([Buffer.from(`${attach}\n`), Buffer.from([16, 255, 255, 255, 255])]),
    Buffer.concat([Buffer.from(`${attach}\n`), Buffer.from([17, 0, 0, 0, 4, 0, 0, 0, 0])]),
  ];
  for (const bytes of garbage) {
    const reply = await replyTo(rig.address.socketPath, bytes);
    assert.notEqual(reply.length, 0, `an explanation for ${bytes.toString('latin1').slice(0, 40)}`);
  }
  await viewing.stream.write('still here\n');
  await viewing.shows('still here');
  assert.ok((await rig.client.list()).ok);
});

/** Sends bytes on a fresh connection and collects what comes until the host closes it. */
async function replyTo(socketPath: string, bytes: string | Buffer): Promise<Buffer> {
  const socket = connect(socketPath);
  const reply: Buffer[] = [];
  socket.on('data', chunk => reply.push(chunk));
  socket.on('error', () => {});
  socket.write(bytes);
  const closed = once(socket, 'close');
  const what = `the host to close after ${bytes.toString('latin1').slice(0, 40)}`;
  await within(closed, { what, seen: () => Buffer.concat(reply).toString() });
  return Buffer.concat(reply);
}

test('parameters that break the protocol are refused by name', async () => {
  await using rig = await PtyRig.start();
  const opened = await rig.client.open({ ...rig.spec(['true']), id: '../escape' });
  assert.ok(!opened.ok && opened.failure.kind === 'protocol');
  assert.match(opened.failure.message, /open: id: a session id is/);
  const piped = await rig.client.open({ ...rig.spec(['true']), kind: 'pipe' });
  assert.ok(!piped.ok && piped.failure.kind === 'protocol');
  assert.match(piped.failure.message, /needs outputFile/);
});

test('what does not exist is said to be so', async () => {
  await using rig = await PtyRig.start();
  const failure = { ok: false, failure: { kind: 'no_such_session', id: 'ghost' } };
  assert.deepEqual(await rig.client.write('ghost', 'x'), failure);
  assert.deepEqual(await rig.client.stop('ghost', 1), failure);
  assert.deepEqual(await attachViewer(rig.address, { id: 'ghost' }), failure);
});

test('a wrong token and a wrong version are clear failures on both kinds of connection', async () => {
  await using rig = await PtyRig.start();
  const stranger = { ...rig.address, stateDir: join(rig.folder, 'stranger') };
  const control = await connectPtyHost(stranger);
  assert.ok(!control.ok && control.failure.kind === 'unauthorized');
  const viewer = await attachViewer(stranger, { id: 'any' });
  assert.ok(!viewer.ok && viewer.failure.kind === 'unauthorized');

  const second = await rig.connect();
  const token = hostToken(rig.address.stateDir);
  assert.deepEqual(await second.call('hello', { protocolVersion: 99, token }), {
    ok: false,
    failure: { kind: 'version_mismatch', host: 1, client: 99 },
  });
  const line = JSON.stringify({ attach: 'x', protocolVersion: 99, token, from: 0, isInteractive: false });
  const reply = await replyTo(rig.address.socketPath, `${line}\n`);
  assert.match(reply.toString(), /version_mismatch/);
});

test('hosts started at once are one host', async () => {
  await using rig = await PtyRig.start();
  const address = {
    socketPath: join(rig.folder, 'other', 'pty.sock'),
    stateDir: join(rig.folder, 'other-state'),
  };
  // A short life: who finds all of it over (a starter that was slow) becomes a host, and ends by itself.
  const options = { ...address, ...hostCommand, idleMs: 200 };
  const started = await Promise.all(Array.from({ length: 4 }, () => startPtyHost(options)));
  const clients = started.map(unwrap);
  const pids = await Promise.all(clients.map(async client => unwrap(await client.status()).pid));
  assert.equal(new Set(pids).size, 1);
  assert.equal(statSync(join(rig.folder, 'other')).mode & 0o777, 0o700);
  unwrap(await (clients[0] ?? rig.client).shutdown({ kill: true }));
  for (const client of clients) client.dispose();
  await hasEnded(pids[0] ?? 0);
});

test('a host that was killed leaves a stale socket, and its successor takes over', async () => {
  await using rig = await PtyRig.start();
  const { pid } = unwrap(await rig.client.status());
  const { id } = await rig.open(['cat']);
  process.kill(pid, 'SIGKILL');
  await within(rig.client.closed, { what: 'the lost connection' });
  const lost = await rig.client.list();
  assert.ok(!lost.ok && lost.failure.kind === 'host_gone');
  await hasEnded(pid);
  // A lock left behind by a host that died while starting is no obstacle either.
  writeFileSync(`${rig.address.socketPath}.lock`, String(pid));

  const successor = unwrap(await startPtyHost({ ...rig.address, ...hostCommand, idleMs: 30_000 }));
  const status = unwrap(await successor.status());
  assert.notEqual(status.pid, pid);
  assert.equal(status.sessions, 0);
  unwrap(await successor.reap([id]));
  unwrap(await successor.shutdown({ kill: true }));
  await hasEnded(status.pid);
  successor.dispose();
});

test('a host nobody needs ends by itself, one with a running session stays', async () => {
  await using rig = await PtyRig.start(100);
  const { pid } = unwrap(await rig.client.status());
  const { id } = await rig.shell('read go');
  rig.client.dispose();
  const viewing = await rig.view(id);
  assert.ok(isAlive(pid));
  await viewing.stream.write('\n');
  await viewing.finished();
  await hasEnded(pid);
});

test('a place that cannot be trusted is refused before anything is started', async () => {
  await using rig = await PtyRig.start();
  const stateDir = rig.address.stateDir;
  const long = await startPtyHost({
    ...hostCommand,
    stateDir,
    socketPath: join(rig.folder, 'x'.repeat(120), 's'),
  });
  assert.ok(!long.ok && long.failure.kind === 'unsafe_place');
  assert.match(long.failure.message, /longer than 103 bytes/);
  const file = join(rig.folder, 'file');
  writeFileSync(file, '');
  const notDirectory = await startPtyHost({ ...hostCommand, stateDir, socketPath: join(file, 's') });
  assert.ok(!notDirectory.ok && notDirectory.failure.kind === 'unsafe_place');
  const open = join(rig.folder, 'open');
  mkdirSync(open, { mode: 0o777 });
  const broken = await startPtyHost({
    ...hostCommand,
    script: '/no/such.js',
    stateDir,
    socketPath: join(open, 's'),
  });
  assert.ok(!broken.ok && broken.failure.kind === 'host_not_started');
  assert.match(broken.failure.message, /exit code 1.*such\.js/s);
  assert.equal(statSync(open).mode & 0o777, 0o700);
  rmSync(open, { recursive: true });
});
