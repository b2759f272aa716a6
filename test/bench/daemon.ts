/**
 * What a run costs through the built daemon: 32 workers against a plain git script, no-op steps, and resident memory with
 * idle workers.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DaemonClient } from '../../runtime/daemon/client.ts';
import { planOf, shellStep } from '../integration/daemon/plan-of.ts';
import {
  createRig,
  finish,
  ofKind,
  outcomeOf,
  ptyHostPid,
  type Rig,
  startRun,
} from '../integration/daemon/rig.ts';
import { eventually } from '../support/wait.ts';
import { type BenchRow, median } from './row.ts';
import { memoryFolder } from './support/memory-folder.ts';

const daemon = join(dirname(fileURLToPath(import.meta.url)), '../../dist/daemon.js');
const WORKERS = 32;
const WORK_MS = 500;
const ROUNDS = 5;
const STEP_COUNTS = [1, 20, 200, 1000];
const IDLE_COUNTS = [0, 32, 256];
const MB = 1e6;

/** Runs all of them, one after the other. */
export async function bench(): Promise<BenchRow[]> {
  return [await benchWorkers(), ...(await benchSteps()), ...(await benchMemory())];
}

async function withRig<T>(use: (rig: Rig, client: DaemonClient) => Promise<T>): Promise<T> {
  const ends: (() => Promise<void>)[] = [];
  const rig = createRig({ after: end => void ends.push(end) }, daemon);
  try {
    return await use(rig, await rig.connect());
  } finally {
    for (const end of ends) await end();
  }
}

async function benchWorkers(): Promise<BenchRow> {
  const folder = memoryFolder();
  try {
    return await withRig((rig, client) => compareWorkers(rig, client, repositoryIn(folder, rig)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compareWorkers(rig: Rig, client: DaemonClient, repository: Repository): Promise<BenchRow> {
  const ours: number[] = [];
  const raw: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const baseline = rawGit(rig, repository, round) + WORK_MS;
    const value = await parallelRun(rig, client, repository);
    // The first round fills caches and starts the PTY host.
    if (round === 0) continue;
    raw.push(baseline);
    ours.push(value);
  }
  const ratio = median(ours) / median(raw);
  return {
    name: `${WORKERS} workers of ${WORK_MS} ms in ${WORKERS} worktrees, committed, merged, cleaned up`,
    value: median(ours),
    unit: 'ms',
    baseline: median(raw),
    ratio,
    goal: `≤ 1.25 × (raw git + ${WORK_MS} ms)`,
    isMet: ratio <= 1.25,
    runs: ours,
  };
}

type Repository = Rig['repository'];

/** The rig's repository once more, where worktrees cost what git makes of them; the journal stays on the disk. */
function repositoryIn(folder: string, rig: Rig): Repository {
  const root = join(folder, 'repo');
  rig.git('clone', '--quiet', '--no-hardlinks', rig.repository.root, root);
  return { root, head: rig.repository.head };
}

async function parallelRun(rig: Rig, client: DaemonClient, repository: Repository): Promise<number> {
  const workers = Array.from({ length: WORKERS }, (_, i) => ({
    script: `sleep ${WORK_MS / 1000}; echo ${i} > file-${i}.txt`,
  }));
  const plan = planOf([{ name: 'p', workers }], { workspace: repository.root, repository });
  const started = performance.now();
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run);
  const ms = performance.now() - started;
  if (outcomeOf(events) !== 'succeeded' || ofKind(events, 'merged').length !== WORKERS)
    throw new Error(`the run failed: ${JSON.stringify(events.slice(-3))}`);
  rig.git('-C', repository.root, 'branch', '-D', `niia/${run}/head`);
  return ms;
}

/** The same git work by a plain script: worktrees, a commit in each, merges one after the other, removal. */
function rawGit(rig: Rig, { root }: Repository, round: number): number {
  const script = `set -e
git worktree add -q -b raw${round} ../raw/head HEAD
for i in $(seq ${WORKERS}); do git worktree add -q -b raw${round}-$i ../raw/$i HEAD; done
for i in $(seq ${WORKERS}); do (cd ../raw/$i; echo $i > file-$i.txt; git add .; git commit -q -m "work $i"); done
cd ../raw/head
for i in $(seq ${WORKERS}); do git merge -q --no-edit raw${round}-$i; done
for i in $(seq ${WORKERS}); do git worktree remove ../$i; git branch -q -d raw${round}-$i; done
cd ../../repo
git worktree remove ../raw/head
git branch -q -D raw${round}`;
  mkdirSync(join(dirname(root), 'raw'), { recursive: true });
  const identity = {
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x@x',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x@x',
  };
  const started = performance.now();
  execFileSync('sh', ['-c', script], { cwd: root, env: { ...rig.env, ...identity } });
  return performance.now() - started;
}

async function benchSteps(): Promise<BenchRow[]> {
  return withRig(async (rig, client) => {
    await stepsRun(rig, client, 5);
    const rows: BenchRow[] = [];
    for (const count of STEP_COUNTS) {
      const runs: StepCost[] = [];
      for (let round = 0; round < (count > 100 ? 3 : 7); round++)
        runs.push(await stepsRun(rig, client, count));
      rows.push(...stepRows(count, runs));
    }
    return rows;
  });
}

/** Milliseconds per step: of the whole run, and without the time in which the steps' own processes lived. */
interface StepCost {
  readonly wall: number;
  readonly engine: number;
}

function stepRows(count: number, runs: readonly StepCost[]): readonly BenchRow[] {
  const what = `${count} no-op step${count === 1 ? '' : 's'}`;
  const engine = runs.map(run => run.engine);
  const wall = runs.map(run => run.wall);
  return [
    {
      name: `engine per step, run of ${what} through the daemon`,
      value: median(engine),
      unit: 'ms',
      // One step pays for the beginning and the end of the run.
      ...(count === 1 ? {} : { goal: '≤ 5 ms, flat', isMet: median(engine) <= 5 }),
      runs: engine,
    },
    { name: `  the same with its real terminal and process`, value: median(wall), unit: 'ms', runs: wall },
  ];
}

async function stepsRun(rig: Rig, client: DaemonClient, count: number): Promise<StepCost> {
  const steps = Array.from({ length: count }, (_, i) => ({
    ...shellStep(`s${i}`, ''),
    binary: 'true',
    args: [],
  }));
  const plan = planOf([{ name: 'p', workers: [{}], overrides: { steps } }], { workspace: rig.plain });
  const started = performance.now();
  const run = await startRun(client, plan, rig.env);
  const events = await finish(client, run, 120_000);
  if (outcomeOf(events) !== 'succeeded')
    throw new Error(`the run failed: ${JSON.stringify(events.slice(-3))}`);
  const ms = performance.now() - started;
  const alive = ofKind(events, 'step-ended').reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { wall: ms / count, engine: (ms - alive) / count };
}

async function benchMemory(): Promise<BenchRow[]> {
  const bare = await bareNodes();
  const rows: BenchRow[] = [];
  let base = 0;
  for (const count of IDLE_COUNTS) {
    const value = await withRig((rig, client) => idleMemory(rig, client, count));
    if (count === 0) base = value;
    const perWorker = count === 0 ? 0 : (value - base) / count;
    rows.push(
      count === 0
        ? {
            name: 'resident memory of daemon and PTY host, idle',
            value,
            unit: 'MB',
            baseline: bare,
            ratio: value / bare,
            goal: '≤ 1.5 × two bare Node processes',
            isMet: value <= 1.5 * bare,
            runs: [value],
          }
        : {
            name: `the same with ${count} idle workers, more per worker`,
            value: perWorker,
            unit: 'MB',
            goal: '≤ 1 MB',
            isMet: perWorker <= 1,
            runs: [perWorker],
          },
    );
  }
  return rows;
}

async function idleMemory(rig: Rig, client: DaemonClient, count: number): Promise<number> {
  // Without a worker nothing would start the PTY host.
  await finish(
    client,
    await startRun(
      client,
      planOf([{ name: 'p', workers: [{ script: 'true' }] }], { workspace: rig.plain }),
      rig.env,
    ),
  );
  if (count > 0) {
    const workers = Array.from({ length: count }, () => ({ script: 'exec sleep 1000' }));
    const run = await startRun(client, planOf([{ name: 'p', workers }], { workspace: rig.plain }), rig.env);
    await eventually(
      async () => {
        const shown = await client.request('run/show', { run });
        const states = shown.ok
          ? shown.value.view.phases.flatMap(phase => phase.workers.map(({ session }) => session))
          : [];
        return states.length === count && states.every(session => session !== undefined);
      },
      { what: `${count} workers`, timeoutMs: 120_000 },
    );
  }
  await settled();
  const host = await ptyHostPid(rig.stateDir);
  return (residentBytes(client.daemon.pid) + residentBytes(host ?? 0)) / MB;
}

/** Garbage of the start is collected, and what is only kept for a while is let go. */
async function settled(): Promise<void> {
  await new Promise(resolve => setTimeout(resolve, 8_000));
}

async function bareNodes(): Promise<number> {
  const children = [0, 1].map(() =>
    spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' }),
  );
  try {
    await settled();
    return children.reduce((sum, { pid }) => sum + residentBytes(pid ?? 0), 0) / MB;
  } finally {
    for (const child of children) child.kill();
  }
}

function residentBytes(pid: number): number {
  const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
  return pages * 4096;
}
