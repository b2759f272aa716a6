import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { eventually } from '../../support/wait.ts';
import { hasEnded, isAlive, PtyRig, unwrap, type Viewing } from './pty-rig.ts';

/** Prints the pids of a tree: a child, one under nohup, one that called setsid, and one without our environment. */
const TREE = `sleep 1000 & echo pid=$!
nohup sleep 1001 >/dev/null 2>&1 & echo pid=$!
setsid sh -c 'echo pid=$$; exec sleep 1002' &
env -i setsid sh -c 'echo pid=$$; exec sleep 1003' &
(setsid sh -c '(setsid sh -c "echo pid=\\$\\$; exec sleep 1004" &)' &)
`;

async function pidsOf(viewing: Viewing, count: number): Promise<readonly number[]> {
  const found = (): number[] => [...viewing.text.matchAll(/pid=(\d+)\r\n/g)].map(match => Number(match[1]));
  await eventually(() => found().length === count, { what: `${count} pids`, seen: () => viewing.text });
  return found();
}

test('kill ends every process of a session, also those that called setsid or shed their environment', async () => {
  await using rig = await PtyRig.start();
  for (const kind of ['pty', 'pipe'] as const) {
    const outputFile = join(rig.folder, 'out');
    const { id } = await rig.shell(`trap '' HUP INT TERM; ${TREE} wait`, { kind, outputFile });
    const pids = kind === 'pty' ? await pidsOf(await rig.view(id), 5) : await pidsInFile(outputFile, 5);
    const killed = unwrap(await rig.client.signal(id, 'kill'));
    assert.deepEqual(killed.survivors, []);
    assert.deepEqual(pids.filter(isRunning), []);
    const exit = await rig.exitOf(id);
    assert.deepEqual([exit.signal, exit.survivors], ['SIGKILL', []]);
  }
});

async function pidsInFile(file: string, count: number): Promise<readonly number[]> {
  const found = (): number[] =>
    [...readFileSync(file, 'latin1').matchAll(/pid=(\d+)\n/g)].map(match => Number(match[1]));
  await eventually(() => found().length === count, {
    what: `${count} pids`,
    seen: () => readFileSync(file, 'latin1'),
  });
  return found();
}

/** Not gone and not a zombie that waits for its parent. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'latin1'));
  } catch {
    return false;
  }
}

test('what outlives its session is found by its marker, killed and counted', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell(`(setsid sh -c 'echo pid=$$; exec sleep 1000' &); read go`);
  const viewing = await rig.view(id);
  const pids = await pidsOf(viewing, 1);
  await viewing.stream.write('\n');
  const exit = await rig.exitOf(id);
  assert.deepEqual([exit.code, exit.leftovers, exit.survivors], [0, 1, []]);
  assert.deepEqual(pids.filter(isRunning), []);
});

test('keepLeftovers leaves them alone, says how many there are, and does not wait for them', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell(`(setsid sh -c 'echo pid=$$; exec sleep 1000' &); read go`, {
    keepLeftovers: true,
  });
  const viewing = await rig.view(id);
  const [pid = 0] = await pidsOf(viewing, 1);
  await viewing.stream.write('\n');
  const exit = await rig.exitOf(id);
  assert.deepEqual([exit.code, exit.leftovers], [0, 1]);
  assert.ok(isRunning(pid));
  process.kill(pid, 'SIGKILL');
});

test('a session of another host with the same id is not touched', async () => {
  await using rig = await PtyRig.start();
  await using other = await PtyRig.start();
  const ours = await rig.open(['sleep', '1000'], { id: 'same' });
  await other.open(['sleep', '1000'], { id: 'same' });
  unwrap(await rig.client.signal(ours.id, 'kill'));
  await rig.exitOf(ours.id);
  const [session] = unwrap(await other.client.list()).sessions;
  assert.ok(session?.exit === null && isAlive(session.pid));
});

test('interrupt and terminate reach the program in the foreground', async () => {
  await using rig = await PtyRig.start();
  const { id } = await rig.shell(
    `trap 'echo int' INT; trap 'echo term; exit 4' TERM; echo ready; while :; do sleep 1; done`,
  );
  const viewing = await rig.view(id);
  await viewing.shows('ready');
  unwrap(await rig.client.signal(id, 'interrupt'));
  await viewing.shows('int');
  unwrap(await rig.client.signal(id, 'terminate'));
  await viewing.finished();
  assert.equal(viewing.exit?.code, 4);
  assert.deepEqual(await rig.client.signal(id, 'kill'), {
    ok: false,
    failure: { kind: 'session_ended', id },
  });
});

test('stop is polite first, and certain in the end', async () => {
  await using rig = await PtyRig.start();
  const polite = await rig.shell(`trap 'echo bye; exit 0' INT; echo ready; while :; do sleep 0.1; done`);
  const viewing = await rig.view(polite.id);
  await viewing.shows('ready');
  const stopped = unwrap(await rig.client.stop(polite.id, 20_000));
  assert.deepEqual([stopped.exit?.code, stopped.survivors], [0, []]);
  await viewing.finished();
  assert.match(viewing.text, /bye/);

  const stubborn = await rig.shell(`trap '' INT TERM HUP; echo ready; while :; do sleep 1; done`);
  await (await rig.view(stubborn.id)).shows('ready');
  const killed = unwrap(await rig.client.stop(stubborn.id, 50));
  assert.deepEqual([killed.exit?.signal, killed.exit?.leftovers, killed.survivors], ['SIGKILL', 0, []]);
});

test('what a dead host left behind is reaped by its successor', async () => {
  await using rig = await PtyRig.start();
  const { pid: hostPid } = unwrap(await rig.client.status());
  // The session's marker and our socket in the environment, but unknown to the host: as after its predecessor's death.
  const { id } = await rig.shell(`NIIA_SESSION=lost.1 setsid sh -c 'echo pid=$$; exec sleep 1000'`);
  const [pid = 0] = await pidsOf(await rig.view(id), 1);
  const reaped = unwrap(await rig.client.reap(['lost.1', 'lost.2']));
  assert.deepEqual(reaped, { killed: 1, survivors: [] });
  assert.ok(!isRunning(pid));
  assert.ok(isAlive(hostPid));
});

test('a worker inherits no terminal of another worker, nor any other descriptor', async () => {
  await using rig = await PtyRig.start();
  for (let count = 0; count < 3; count++) await rig.open(['sleep', '1000']);
  const list = 'ls -l /proc/self/fd | sed "s/.*[0-9] \\([0-9]* -> .*\\)/\\1/"';
  const terminal = await rig.shell(list);
  assert.doesNotMatch((await rig.outputOf(terminal.id)).toString(), /ptmx|\.cast/);
  const outputFile = join(rig.folder, 'out');
  const piped = await rig.shell(list, { kind: 'pipe', outputFile });
  await rig.exitOf(piped.id);
  assert.doesNotMatch(readFileSync(outputFile, 'utf8'), /ptmx|\.cast/);
});

test('ended sessions leave no descriptor open in the host', async () => {
  await using rig = await PtyRig.start();
  const { pid } = unwrap(await rig.client.status());
  const round = async (name: string): Promise<void> => {
    const outputFile = join(rig.folder, name);
    const specs = [await rig.shell('echo x'), await rig.shell('echo y', { kind: 'pipe', outputFile })];
    for (const { id } of specs) await rig.exitOf(id);
    for (const { id } of specs) unwrap(await rig.client.release(id));
  };
  // With a terminal that stays, the first round opens all that the host keeps open.
  await rig.open(['cat']);
  await round('first');
  const count = (): number => readdirSync(`/proc/${pid}/fd`).length;
  const before = count();
  for (let index = 0; index < 10; index++) await round(`out${index}`);
  await eventually(() => count() <= before, { what: `at most ${before} descriptors`, seen: count });
});

test('a host that is told to shut down takes everything with it, but only when told so', async () => {
  const rig = await PtyRig.start();
  await using _ = rig;
  const { pid: hostPid } = unwrap(await rig.client.status());
  const { id } = await rig.open(['sleep', '1000']);
  const pid = unwrap(await rig.client.list()).sessions[0]?.pid ?? 0;
  assert.deepEqual(await rig.client.shutdown({ kill: false }), {
    ok: false,
    failure: { kind: 'sessions_alive', ids: [id] },
  });
  unwrap(await rig.client.shutdown({ kill: true }));
  await hasEnded(hostPid);
  assert.ok(!isRunning(pid));
});
