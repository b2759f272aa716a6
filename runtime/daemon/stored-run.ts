/** Runs as they stand on disk: plan, events, and a summary of those that have ended so that lists stay quick. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunEvent, RunEventOf } from '../engine/events.ts';
import { Journal } from '../engine/journal.ts';
import { describeJournalFailure } from '../engine/journal-text.ts';
import { type Plan, planSchema } from '../plan/plan.ts';
import type { RunRow } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { type RunDir, readIfThere, writeWhole } from './run-dir.ts';

/** A run that nobody is driving. */
export interface StoredRun {
  readonly plan: Plan;
  readonly started: RunEventOf<'run-started'>;
  readonly events: readonly RunEvent[];
}

/** Reads the plan of a run. The failure is a sentence for people. */
export async function readPlan(dir: RunDir): Promise<Result<Plan, string>> {
  const text = await readIfThere(dir.plan);
  if (text === undefined) return err(`${dir.plan} is missing`);
  try {
    const plan = planSchema.safeParse(JSON.parse(text));
    if (plan.success) return ok(plan.data);
    return err(`${dir.plan} is not a plan of this version: ${plan.error.issues[0]?.message ?? ''}`);
  } catch (error) {
    return err(`${dir.plan} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Reads a whole run. The failure is a sentence for people. */
export async function readRun(dir: RunDir): Promise<Result<StoredRun, string>> {
  const [plan, events] = await Promise.all([readPlan(dir), Journal.read(dir.journal)]);
  if (!plan.ok) return plan;
  if (!events.ok) return err(describeJournalFailure(events.failure));
  const started = events.value[0];
  if (started?.kind !== 'run-started') return err(`${dir.journal} is empty`);
  return ok({ plan: plan.value, started, events: events.value });
}

/** The row of an ended run; undefined while it has not ended, or was never summarized. */
export async function readSummary(dir: RunDir): Promise<RunRow | undefined> {
  const text = await readIfThere(summaryFile(dir));
  if (text === undefined) return undefined;
  try {
    // Written by us, in our own folder.
    return JSON.parse(text) as RunRow;
  } catch {
    return undefined;
  }
}

/** Marks a run as ended. */
export async function writeSummary(dir: RunDir, row: RunRow): Promise<void> {
  await writeWhole(summaryFile(dir), `${JSON.stringify(row)}\n`);
}

/** Marks a run as unfinished: the next start of the daemon takes it up. */
export async function removeSummary(dir: RunDir): Promise<void> {
  await rm(summaryFile(dir), { force: true });
}

function summaryFile(dir: RunDir): string {
  return join(dir.root, 'summary.json');
}
