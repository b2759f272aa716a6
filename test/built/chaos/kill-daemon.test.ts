import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { RunEvent } from '../../../runtime/engine/events.ts';
import { planOf, shellStep } from '../../integration/daemon/plan-of.ts';
import { createRig, finish, isAlive, ofKind, outcomeOf, type Rig } from '../../integration/daemon/rig.ts';
import { eventually } from '../../support/wait.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const daemon = join(root, 'dist', 'daemon.js');
const preload = pathToFileURL(join(import.meta.dirname, 'kill-at.mjs')).href;

const isWhole = Number(process.env.FUZZ_RUNS) > 0;

/** `after`: on disk, not acted on. `before`: acted on, not on disk. `torn`: half a line. FUZZ_RUNS takes every event of each. */
const moments = [
  { when: 'after', every: 1 },
  { when: 'before', every: isWhole ? 1 : 3 },
  { when: 'torn', every: isWhole ? 1 : 8 },
] as const;

for (const { when, every } of moments) {
  const share = every === 1 ? 'every event' : `every ${every}th event`;
  test(`a daemon killed ${when} ${share} of a run finishes it when it is started again`, async t => {
    const rig = createRig(t, daemon);
    let kills = 0;
    for (let seq = 1; ; seq += every) {
      const wasKilled = await killedRun(t, rig, `${when}:${seq}`);
      if (!wasKilled) break;
      kills += 1;
    }
    assert.ok(kills >= Math.floor(30 / every), `only ${kills} events were hit`);
    t.diagnostic(`${kills} kills`);
  });
}

/** One run whose daemon dies at a moment. False: the run has no such moment. */
async function killedRun(t: TestContext, rig: Rig, moment: string): Promise<boolean> {
  const ran = join(rig.dir, 'ran');
  rmSync(ran, { force: true });
  const doomed = await rig.connect({ NODE_OPTIONS: `--import=${preload}`, NIIA_TEST_KILL: moment });
  const { pid } = doomed.daemon;
  const started = await doomed.request('run/start', { plan: planFor(rig, ran), env: rig.env });
  if (started.ok) await Promise.race([doomed.closed, finish(doomed, started.value.run).catch(() => [])]);
  const wasKilled = await hasDied(pid, doomed.closed, rig, started.ok ? started.value.run : undefined);
  if (!wasKilled) {
    doomed.close();
    process.kill(pid, 'SIGTERM');
  }
  await eventually(() => !isAlive(pid), { what: `the end of daemon ${pid} at ${moment}` });
  const client = await rig.connect();
  const [run] = readdirSync(join(rig.stateDir, 'runs'));
  if (run !== undefined) await check(client, rig, run, ran, moment);
  else
    assert.equal(
      moment.replace('torn', 'before'),
      'before:1',
      'only a run that nobody was told of may vanish',
    );
  if (run !== undefined) await client.request('run/clean', { dryRun: false });
  await reset(t, rig, client);
  return wasKilled;
}

async function hasDied(
  pid: number,
  closed: Promise<void>,
  rig: Rig,
  run: string | undefined,
): Promise<boolean> {
  if (run === undefined) return true;
  const isDone = (): boolean => existsSync(join(rig.stateDir, 'runs', run, 'summary.json'));
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  await eventually(() => isClosed || isDone(), { what: 'the end of the daemon or of the run' });
  return isClosed || !isAlive(pid);
}

/** Two phases, a step, three workers: every command kind but those that need a person or a rate limit. */
function planFor(rig: Rig, ran: string) {
  const script = (name: string) =>
    `echo ${name} >> ${ran}; echo ${name} > ${name}.txt; echo "answer of ${name}"`;
  return planOf(
    [
      {
        name: 'one',
        workers: [
          { id: 'a', script: script('a') },
          { id: 'b', script: script('b') },
        ],
        overrides: { steps: [shellStep('look', `echo step >> ${ran}`)] },
      },
      { name: 'two', workers: [{ id: 'c', script: `${script('c')}; cat a.txt b.txt` }] },
    ],
    { workspace: rig.repository.root, repository: rig.repository, overrides: { scratchpad: true } },
  );
}

async function check(
  client: Awaited<ReturnType<Rig['connect']>>,
  rig: Rig,
  run: string,
  ran: string,
  moment: string,
): Promise<void> {
  const events = await finish(client, run);
  const dump = (): string => `${moment}: ${JSON.stringify(events.slice(-8), null, 1)}`;
  assert.equal(outcomeOf(events), 'succeeded', dump());
  assert.deepEqual(
    readFileSync(ran, 'utf8').trim().split('\n').sort(),
    ['a', 'b', 'c', 'step', 'step'],
    dump(),
  );
  assert.equal(rig.git('ls-tree', '--name-only', `niia/${run}/head`), 'README\na.txt\nb.txt\nc.txt', dump());
  assert.equal(answersOf(events), 3, dump());
  const dir = join(rig.stateDir, 'runs', run);
  await eventually(() => existsSync(join(dir, 'summary.json')), { what: 'the summary', seen: dump });
  assert.equal(existsSync(join(dir, 'env.json')), false, dump());
  assert.deepEqual(leftovers(dir), [], dump());
  const trees = `${rig.repository.root}.worktrees`;
  assert.deepEqual(existsSync(trees) ? readdirSync(trees) : [], [], dump());
  assert.equal(
    rig.git('branch', '--list', 'niia/*', '--format=%(refname:short)'),
    `niia/${run}/head`,
    dump(),
  );
  assert.equal(rig.git('worktree', 'list').split('\n').length, 1, dump());
  const sessions = await client.request('session/list', {});
  assert.deepEqual(sessions.ok && sessions.value.sessions, [], dump());
}

function answersOf(events: readonly RunEvent[]): number {
  return ofKind(events, 'turn-ended').filter(({ outcome }) => outcome.kind === 'answered').length;
}

/** Files that were being written when the daemon died. */
function leftovers(dir: string): readonly string[] {
  const files = readdirSync(dir, { recursive: true }).map(String);
  return files.filter(file => file.endsWith('.tmp') && !file.startsWith('git/'));
}

/** The next run begins as the first one did: without the branch of this one, with a daemon of its own. */
async function reset(_t: TestContext, rig: Rig, client: Awaited<ReturnType<Rig['connect']>>): Promise<void> {
  const branches = rig.git('branch', '--list', 'niia/*', '--format=%(refname:short)').split('\n');
  for (const branch of branches.filter(name => name !== '')) rig.git('branch', '-D', branch);
  await client.request('run/clean', { dryRun: false });
  const { pid } = client.daemon;
  client.close();
  process.kill(pid, 'SIGTERM');
  await eventually(() => !isAlive(pid), { what: `the end of daemon ${pid}` });
  assert.deepEqual(readdirSync(join(rig.stateDir, 'runs')), []);
}
