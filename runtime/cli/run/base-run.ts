/** Finds the run whose results `--phase` and `--from` build on (design §6). */
import type { DaemonClient } from '../../daemon/client.ts';
import type { RunView } from '../../engine/projections.ts';
import { err, ok, type Result } from '../../result.ts';
import { call } from '../connect.ts';
import { type CliFailure, misused } from '../failure.ts';

/** The newest run of the file in which all these phases succeeded. Failure: there is none. */
export async function findBaseRun(
  daemon: DaemonClient,
  file: string,
  phases: readonly string[],
): Promise<Result<string, CliFailure>> {
  const list = await call(daemon, 'run/list', { all: true });
  if (!list.ok) return list;
  const ofFile = list.value.runs.filter(row => row.file === file);
  for (const row of ofFile.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))) {
    const shown = await call(daemon, 'run/show', { run: row.run });
    if (shown.ok && hasPhases(shown.value.view, phases)) return ok(row.run);
  }
  const names = phases.map(name => `"${name}"`).join(', ');
  return err(misused(`no earlier run of this file has the results of ${names}`, 'run the whole file first'));
}

function hasPhases(view: RunView, names: readonly string[]): boolean {
  return names.every(name => view.phases.some(phase => phase.name === name && phase.state === 'succeeded'));
}
