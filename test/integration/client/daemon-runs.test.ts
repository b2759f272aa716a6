import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { DaemonRuns } from '../../../client/runs/daemon-runs.ts';
import { readClaim } from '../../../runtime/daemon/claim.ts';
import { connectDaemon } from '../../../runtime/daemon/client.ts';
import { err, ok } from '../../../runtime/result.ts';
import { createGate } from '../../support/gate-file.ts';
import { eventually } from '../../support/wait.ts';
import { planOf } from '../daemon/plan-of.ts';
import { createRig, type Rig } from '../daemon/rig.ts';

/** The store of a window whose files are those of the rig's repository. */
function openRuns(t: TestContext, rig: Rig): DaemonRuns {
  const { stateDir, logFile } = rig;
  const runs = new DaemonRuns({
    stateDir,
    connect: () => connectDaemon({ stateDir, logFile, client: 'editor' }),
    start: async () => {
      try {
        (await rig.connect()).close();
        return ok(undefined);
      } catch (error) {
        return err({ code: 'daemon-start', message: String(error), exitCode: 1 });
      }
    },
    hasClaim: () => readClaim(stateDir) !== undefined,
    hasRuns: () => true,
    lastLogLines: () => (existsSync(logFile) ? readFileSync(logFile, 'utf8').split('\n').slice(-5) : []),
    isTrusted: () => true,
    isOfWindow: file => file.startsWith(rig.repository.root),
    later: (pauseMs, call) => {
      const timer = setTimeout(call, pauseMs);
      return () => clearTimeout(timer);
    },
    onFailure: (what, error) => t.diagnostic(`${what}: ${String(error)}`),
  });
  rig.beforeRemoval(() => runs.dispose());
  return runs;
}

async function start(runs: DaemonRuns, rig: Rig, scripts: readonly string[]): Promise<string> {
  const plan = planOf(
    scripts.map((script, i) => ({ name: `p${i + 1}`, workers: [{ script }] })),
    { workspace: rig.repository.root, repository: rig.repository },
  );
  const started = await runs.request('run/start', { plan, env: { ...rig.env } });
  assert.ok(started.ok, JSON.stringify(started));
  return started.value.run;
}

test('a run of the window is followed by itself to its end, and its row with it', async t => {
  const rig = createRig(t);
  const runs = openRuns(t, rig);
  const told = new Set<string>();
  runs.onDidChange(run => told.add(run));
  const run = await start(runs, rig, ['echo done > done.txt']);
  const ended = () => runs.loaded(run)?.view.state === 'ended';
  await eventually(ended, { what: 'the end', seen: () => runs.loaded(run)?.view });
  await eventually(() => runs.newest(`${rig.repository.root}/test.connector.json`)?.state === 'succeeded', {
    what: 'the row of the end',
    seen: () => runs.list(),
  });
  assert.deepEqual(
    runs.list().map(row => row.run),
    [run],
  );
  assert.ok(told.has(run));
});

test('a second window finds the run that the first one started, and follows it too', async t => {
  const rig = createRig(t);
  const gate = createGate(join(rig.dir, 'gate'));
  const first = openRuns(t, rig);
  const run = await start(first, rig, [gate.wait]);
  const second = openRuns(t, rig);
  await second.find();
  await eventually(() => second.loaded(run)?.view.phases[0]?.workers[0]?.state === 'working', {
    what: 'the worker at work',
    seen: () => second.loaded(run)?.view,
  });
  gate.open();
  await eventually(() => second.loaded(run)?.view.outcome === 'succeeded', { what: 'the end' });
});

test('a daemon that is killed is told of, started again, and the run followed to its end', async t => {
  const rig = createRig(t);
  const gate = createGate(join(rig.dir, 'gate'));
  const runs = openRuns(t, rig);
  const states: string[] = [];
  runs.onDidChangeDaemon(({ kind }) => states.push(kind));
  const run = await start(runs, rig, [gate.wait, 'echo second']);
  await eventually(() => runs.loaded(run)?.view.phases[0]?.workers[0]?.state === 'working', {
    what: 'the worker at work',
    seen: () => runs.loaded(run)?.view,
  });
  assert.equal(runs.daemon.kind, 'connected');
  if (runs.daemon.kind === 'connected') process.kill(runs.daemon.pid, 'SIGKILL');
  await eventually(() => states.includes('lost'), { what: 'the loss', seen: () => states });
  gate.open();
  await eventually(() => runs.loaded(run)?.view.state === 'ended', {
    what: 'the end',
    timeoutMs: 60_000,
    seen: () => ({ states, view: runs.loaded(run)?.view }),
  });
  assert.equal(runs.loaded(run)?.view.outcome, 'succeeded');
  assert.deepEqual(states, ['connecting', 'connected', 'lost', 'connected']);
});

test('an ended run that is retried is followed again', async t => {
  const rig = createRig(t);
  const runs = openRuns(t, rig);
  const run = await start(runs, rig, [`test -e ${rig.dir}/mended`]);
  await eventually(() => runs.loaded(run)?.view.outcome === 'failed', { what: 'the failure' });
  const gate = createGate(join(rig.dir, 'mended'));
  gate.open();
  const retried = await runs.request('run/retry', { run, targets: [], env: { ...rig.env } });
  assert.ok(retried.ok, JSON.stringify(retried));
  await eventually(() => runs.loaded(run)?.view.outcome === 'succeeded', {
    what: 'the success',
    seen: () => runs.loaded(run)?.view,
  });
  await eventually(() => runs.list()[0]?.state === 'succeeded', { what: 'the row', seen: () => runs.list() });
});
