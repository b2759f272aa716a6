/** Runs, workers and phases as people type them: a run by a prefix of its id or `last`, a worker without its phase. */
import type { DaemonClient } from '../daemon/client.ts';
import type { Plan } from '../plan/plan.ts';
import type { Responses, RunRow } from '../protocol.ts';
import { err, ok, type Result } from '../result.ts';
import { call } from './connect.ts';
import { type CliFailure, misused } from './failure.ts';
import { nearest } from './suggestion.ts';

/** The run that is meant: its id, a prefix that fits only one, or `last` for the newest. */
export async function findRun(daemon: DaemonClient, text: string): Promise<Result<string, CliFailure>> {
  const list = await call(daemon, 'run/list', { all: true });
  return list.ok ? chooseRun(list.value.runs, text) : list;
}

/** The run that is meant, with its plan and what became of it. */
export async function showRun(
  daemon: DaemonClient,
  text: string,
): Promise<Result<Responses['run/show'] & { readonly run: string }, CliFailure>> {
  const run = await findRun(daemon, text);
  if (!run.ok) return run;
  const shown = await call(daemon, 'run/show', { run: run.value });
  return shown.ok ? ok({ ...shown.value, run: run.value }) : shown;
}

/** The run that is meant, among given rows. */
export function chooseRun(rows: readonly RunRow[], text: string): Result<string, CliFailure> {
  if (text === 'last') {
    const newest = [...rows].sort((a, b) => b.startedAt.localeCompare(a.startedAt))[0];
    return newest ? ok(newest.run) : err(misused('there is no run yet', 'start one: niia run FILE'));
  }
  const exact = rows.find(row => row.run === text);
  if (exact) return ok(exact.run);
  const fitting = rows.filter(row => row.run.startsWith(text)).map(row => row.run);
  if (fitting.length === 1 && fitting[0] !== undefined) return ok(fitting[0]);
  if (fitting.length > 1) return err(misused(`"${text}" fits several runs`, ...fitting));
  const meant = nearest(
    text,
    rows.map(row => row.run),
  );
  const advice = meant === undefined ? [] : [`did you mean ${meant}?`];
  return err(misused(`there is no run "${text}"`, ...advice, 'niia ps --all lists the runs'));
}

/** The key of the worker that is meant: `phase/worker`, or its id alone where only one worker has it. */
export function chooseWorker(plan: Plan, text: string): Result<string, CliFailure> {
  const workers = plan.phases.flatMap(phase => phase.workers);
  if (workers.some(worker => worker.key === text)) return ok(text);
  const fitting = workers.filter(worker => worker.id === text).map(worker => worker.key);
  if (fitting.length === 1 && fitting[0] !== undefined) return ok(fitting[0]);
  if (fitting.length > 1) return err(misused(`"${text}" fits several workers`, ...fitting));
  const only = workers.filter(worker => worker.phase === text);
  if (only.length === 1 && only[0] !== undefined) return ok(only[0].key);
  return err(
    unknownName(
      'worker',
      text,
      workers.map(worker => worker.key),
    ),
  );
}

/** The name of the phase that is meant: its name, or its 1-based number. */
export function choosePhase(plan: Plan, text: string): Result<string, CliFailure> {
  const phase = plan.phases.find(each => each.name === text) ?? plan.phases[Number(text) - 1];
  return phase
    ? ok(phase.name)
    : err(
        unknownName(
          'phase',
          text,
          plan.phases.map(each => each.name),
        ),
      );
}

function unknownName(what: string, text: string, names: readonly string[]): CliFailure {
  const meant = nearest(text, names);
  const shown = names.slice(0, 12).join(', ') + (names.length > 12 ? ', …' : '');
  const advice = meant === undefined ? [] : [`did you mean ${meant}?`];
  return misused(`the run has no ${what} "${text}"`, ...advice, `it has: ${shown}`);
}
