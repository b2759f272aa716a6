/**
 * What the engine itself costs: milliseconds from the report of one command to the start of the next, at 1 to 1,000
 * steps, with a performer that does nothing. Everything else is real: decisions, state, journal, flushes to disk.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from '../../runtime/engine/commands.ts';
import { decide } from '../../runtime/engine/decide.ts';
import type { NewEvent } from '../../runtime/engine/events.ts';
import { RunLoop } from '../../runtime/engine/loop.ts';
import type { Plan } from '../../runtime/plan/plan.ts';
import { planOf } from '../unit/engine/plans.ts';
import { SimulatedRun, successOf } from '../unit/engine/simulated-run.ts';
import { type BenchRow, median } from './row.ts';

const SIZES = [1, 20, 200, 1000];
const REPEATS = 5;
const GOAL_MS = 5;

/** Engine milliseconds per step, at every size and in every shape of run. */
export async function bench(): Promise<readonly BenchRow[]> {
  const rows: BenchRow[] = [];
  await measureLoop(oneAfterAnother(20));
  for (const size of SIZES) rows.push(await row(`phases one after another: ${size}`, oneAfterAnother(size)));
  for (const size of SIZES) rows.push(await row(`workers at once: ${size}`, atOnce(size)));
  for (const size of SIZES) rows.push(decisionRow(size));
  return rows;
}

async function row(name: string, plan: Plan): Promise<BenchRow> {
  const runs: number[] = [];
  for (let i = 0; i < REPEATS; i++) runs.push(await measureLoop(plan));
  return rowOf(`engine, ms per step, ${name}`, runs);
}

/** Without loop and disk: decide and apply alone. */
function decisionRow(size: number): BenchRow {
  const runs = Array.from({ length: REPEATS }, () => measureDecisions(atOnce(size)));
  return rowOf(`decide + apply alone, ms per step, workers at once: ${size}`, runs);
}

function rowOf(name: string, runs: readonly number[]): BenchRow {
  const value = median(runs);
  return { name, value, unit: 'ms', goal: `≤ ${GOAL_MS} ms and flat`, isMet: value <= GOAL_MS, runs };
}

/** A whole run; returns ms per command performed. */
async function measureLoop(plan: Plan): Promise<number> {
  const dir = await mkdtemp(join(tmpdir(), 'niia-bench-'));
  let steps = 0;
  const perform = async (
    command: Command,
    { emit }: { emit(event: NewEvent): Promise<void> },
  ): Promise<void> => {
    steps++;
    for (const event of successOf(command)) await emit(event);
  };
  const options = {
    run: 'bench',
    plan,
    journalFile: join(dir, 'journal.ndjson'),
    performer: { perform },
    now: () => new Date(),
    log: console.error,
  };
  const loop = await RunLoop.create(options, { name: 'bench', file: '', planHash: '', depth: 0 });
  if (!loop.ok) throw new Error(loop.failure.kind);
  const from = performance.now();
  loop.value.start();
  const { outcome } = await loop.value.whenEnded();
  const ms = performance.now() - from;
  await loop.value.close();
  await rm(dir, { recursive: true });
  if (outcome !== 'succeeded') throw new Error(`the run ended ${outcome}`);
  return ms / steps;
}

function measureDecisions(plan: Plan): number {
  const run = new SimulatedRun(plan);
  let steps = 0;
  const from = performance.now();
  for (;;) {
    const { commands } = decide(plan, run.state);
    const [command] = commands;
    if (command === undefined) return (performance.now() - from) / steps;
    run.report(...successOf(command));
    steps++;
  }
}

function oneAfterAnother(size: number): Plan {
  return planOf({ phases: Array.from({ length: size }, (_, i) => ({ name: `p${i}` })) });
}

function atOnce(size: number): Plan {
  return planOf({ limits: { maxTotalAgents: 1000 }, phases: [{ name: 'p', count: size }] });
}
