import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { readClaim } from '../../../runtime/daemon/claim.ts';
import { connectDaemon, stopDaemon } from '../../../runtime/daemon/client.ts';
import { openConnection } from '../../../runtime/daemon/connection.ts';
import { eventually, within } from '../../support/wait.ts';
import { planOf } from './plan-of.ts';
import {
  createRig,
  finish,
  isAlive,
  ofKind,
  outcomeOf,
  ptyHostPid,
  type Rig,
  spawnDaemon,
  startRun,
} from './rig.ts';

function claimOf(rig: Rig) {
  const claim = readClaim(rig.stateDir);
  assert.ok(claim, 'a daemon has claimed the state directory');
  return claim;
}

test('five clients that start the daemon at once get the same one', async t => {
  const rig = createRig(t);
  const clients = await Promise.all(Array.from({ length: 5 }, () => rig.connect()));
  const pids = new Set(clients.map(({ daemon }) => daemon.pid));
  assert.equal(pids.size, 1);
  assert.equal(claimOf(rig).pid, [...pids][0]);
});

test('a second daemon leaves quietly', async t => {
  const rig = createRig(t);
  await rig.connect();
  const second = spawnDaemon(rig);
  const code = await within(new Promise(resolve => second.once('exit', resolve)), { what: 'its end' });
  assert.equal(code, 0);
  assert.ok(isAlive(claimOf(rig).pid));
});

test('socket, claim and state can be opened by the user alone', async t => {
  const rig = createRig(t);
  await rig.connect();
  const { socket } = claimOf(rig);
  const mode = (file: string) => statSync(file).mode & 0o777;
  assert.equal(mode(socket), 0o600);
  assert.equal(mode(dirname(socket)), 0o700);
  assert.equal(mode(rig.stateDir), 0o700);
  assert.equal(mode(join(rig.stateDir, 'daemon.json')), 0o600);
});

test('what a killed daemon left behind does not keep the next one from starting', async t => {
  const rig = createRig(t);
  await rig.connect();
  const { pid, socket } = claimOf(rig);
  process.kill(pid, 'SIGKILL');
  await eventually(() => !isAlive(pid), { what: 'its end' });
  const client = await rig.connect();
  assert.notEqual(client.daemon.pid, pid);
  assert.equal(existsSync(socket), false, 'the stale socket is removed');
});

test('a daemon of another version says which, and can still be stopped', async t => {
  const rig = createRig(t);
  await rig.connect();
  const connection = openConnection(connect(claimOf(rig).socket));
  const hello = await connection.request('hello', { protocol: 99, version: '9.9.9', client: 'cli' });
  assert.equal(hello.ok, false);
  assert.equal(!hello.ok && hello.failure.code, 'other-version');
  assert.match(hello.ok ? '' : hello.failure.message, /niia 0\.1\.0.*niia 9\.9\.9.*niia daemon stop/);
  const refused = await connection.request('run/list', { all: true });
  assert.equal(!refused.ok && refused.failure.code, 'no-hello');
  const stopped = await stopDaemon(rig.stateDir, false);
  assert.deepEqual(stopped, { ok: true, value: { unfinished: [] } });
});

test('garbage on a connection ends that connection and no other', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  for (const garbage of ['hello\r\n\r\n', `Content-Length: 5\r\n\r\n{{{{{`, 'x'.repeat(100_000)]) {
    const socket = connect(claimOf(rig).socket);
    socket.on('error', () => {});
    socket.write(garbage);
    await within(new Promise(resolve => socket.once('close', resolve)), {
      what: `the end after ${garbage.slice(0, 20)}`,
    });
  }
  assert.equal((await client.request('run/list', { all: true })).ok, true);
});

test('parameters that do not fit the protocol are refused by name', async t => {
  const rig = createRig(t);
  await rig.connect();
  const client = await rig.connect();
  // @ts-expect-error: what a client of another make might send
  const answer = await client.request('run/show', { run: 7 });
  assert.equal(!answer.ok && answer.failure.code, 'bad-request');
  assert.match(answer.ok ? '' : answer.failure.message, /run/);
});

test('without a daemon and without autostart there is a clear failure', async t => {
  const rig = createRig(t);
  const { stateDir, logFile } = rig;
  const answer = await connectDaemon({ stateDir, logFile, client: 'cli' });
  assert.equal(!answer.ok && answer.failure.code, 'no-daemon');
});

test('a daemon that cannot start says why', async t => {
  const rig = createRig(t);
  writeFileSync(join(rig.dir, 'home', 'config.json'), '{ "node": 5 }');
  await assert.rejects(rig.connect(), /could not be started[\s\S]*config\.json: node:/);
});

test('several clients follow one run, each from where it wants', async t => {
  const rig = createRig(t);
  const [one, two] = [await rig.connect(), await rig.connect()];
  const plan = planOf([{ name: 'p', workers: [{ script: 'echo hi' }] }], { workspace: rig.plain });
  const run = await startRun(one, plan, rig.env);
  const [first, second] = await Promise.all([finish(one, run), finish(two, run)]);
  assert.deepEqual(first, second);
  const late = await two.follow(run, 4);
  assert.ok(late.ok);
  const events = [];
  for await (const event of late.value) events.push(event);
  assert.deepEqual(events, first.slice(3));
});

test('a client that does not read costs no memory and is told everything once it reads', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const workers = Array.from({ length: 40 }, () => ({ script: 'exit 1' }));
  const plan = planOf([{ name: 'p', workers, overrides: { retries: 3, maxParallel: 8 } }], {
    workspace: rig.plain,
  });
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run);
  const socket = connect(claimOf(rig).socket);
  t.after(() => socket.destroy());
  const lazy = openConnection(socket);
  const { version } = client.daemon;
  assert.ok((await lazy.request('hello', { protocol: 1, version, client: 'cli' })).ok);
  let seen = 0;
  lazy.onNotification('run/event', () => {
    seen += 1;
  });
  await lazy.request('run/follow', { run, fromSeq: 1 });
  socket.pause();
  assert.ok((await client.request('run/list', { all: true })).ok, 'others are served meanwhile');
  socket.resume();
  await eventually(() => seen === events.length, { what: 'all events', seen: () => [seen, events.length] });
});

test('the daemon ends when nobody needs it, and its PTY host after it', async t => {
  const rig = createRig(t, undefined, { NIIA_IDLE_MS: '200' });
  const client = await rig.connect();
  const { pid } = client.daemon;
  const plan = planOf([{ name: 'p', workers: [{ script: 'echo hi' }] }], { workspace: rig.plain });
  await finish(client, await startRun(client, plan, rig.env));
  assert.ok(isAlive(pid));
  client.close();
  await eventually(() => !isAlive(pid), { what: 'the end of the idle daemon' });
  assert.equal(readClaim(rig.stateDir), undefined);
});

test('a run goes on through an end and a new start of the daemon', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const ran = join(rig.dir, 'ran');
  const script = `echo x >> ${ran}; until test -e ${rig.dir}/go; do sleep 0.02; done; echo done > done.txt; echo answer`;
  const plan = planOf([{ name: 'p', workers: [{ script }] }], {
    workspace: rig.repository.root,
    repository: rig.repository,
  });
  const run = await startRun(client, plan, rig.env);
  await eventually(() => existsSync(ran), { what: 'the worker' });
  process.kill(client.daemon.pid, 'SIGTERM');
  await eventually(() => !isAlive(client.daemon.pid), { what: 'the end of the daemon' });
  const again = await rig.connect();
  writeFileSync(join(rig.dir, 'go'), '');
  const events = await finish(again, run);
  assert.equal(outcomeOf(events), 'succeeded', JSON.stringify(events.slice(-6), null, 1));
  assert.equal(ofKind(events, 'run-resumed').length, 1);
  assert.equal(readFileSync(ran, 'utf8'), 'x\n');
  assert.equal(rig.git('show', `niia/${run}/head:done.txt`), 'done');
});

test('a worker whose terminal host died is lost, not silently run again', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const ran = join(rig.dir, 'ran');
  const plan = planOf([{ name: 'p', workers: [{ script: `echo x >> ${ran}; sleep 1000` }] }], {
    workspace: rig.plain,
  });
  const run = await startRun(client, plan, rig.env);
  await eventually(() => existsSync(ran), { what: 'the worker' });
  const host = await ptyHostPid(rig.stateDir);
  assert.ok(host, 'a PTY host runs');
  process.kill(host, 'SIGKILL');
  const events = await finish(client, run);
  assert.equal(outcomeOf(events), 'failed');
  const [ended] = ofKind(events, 'worker-ended');
  assert.equal(ended?.outcome.kind === 'failed' && ended.outcome.reason.kind, 'lost');
  assert.equal(readFileSync(ran, 'utf8'), 'x\n');
});

test('a run inside of a worker is a child run, and not deeper than the limit', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const script = `touch ${rig.dir}/begun; until test -e ${rig.dir}/go; do sleep 0.02; done`;
  const limits = { maxDepth: 1, maxTotalAgents: 3, maxMessages: 500 };
  const plan = planOf([{ name: 'p', workers: [{ script }] }], {
    workspace: rig.plain,
    overrides: { limits },
  });
  const root = await startRun(client, plan, rig.env);
  await eventually(() => existsSync(join(rig.dir, 'begun')), { what: 'the worker' });
  const inside = { ...rig.env, NIIA_RUN: root, NIIA_WORKER: 'p/1', NIIA_DEPTH: '0' };
  const child = await startRun(client, plan, inside);
  const shown = await client.request('run/show', { run: child });
  assert.deepEqual(shown.ok && shown.value.view.parent, { run: root, worker: 'p/1' });
  const deeper = await client.request('run/start', { plan, env: { ...inside, NIIA_RUN: child } });
  assert.equal(!deeper.ok && deeper.failure.code, 'max-depth');
  assert.equal(!deeper.ok && deeper.failure.exitCode, 4);
  await client.request('run/stop', { run: root, how: 'now' });
  assert.equal(outcomeOf(await finish(client, root)), 'stopped');
  assert.equal(outcomeOf(await finish(client, child)), 'stopped');
});

test('a daemon that ends after its last run takes the terminal host with it', async t => {
  const rig = createRig(t);
  const client = await rig.connect();
  const plan = planOf([{ name: 'p', workers: [{ script: 'true' }] }], { workspace: rig.plain });
  assert.equal(outcomeOf(await finish(client, await startRun(client, plan, rig.env))), 'succeeded');
  const host = await ptyHostPid(rig.stateDir);
  assert.ok(host !== undefined && isAlive(host));
  assert.ok((await stopDaemon(rig.stateDir, false)).ok);
  await eventually(() => !isAlive(host), { what: `the end of PTY host ${host}` });
});
