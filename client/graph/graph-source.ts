/** Where a graph comes from: a run the daemon knows, or the plan that the command line makes of a file. */
import { t } from '@vscode/l10n';
import type { RunView } from '../../runtime/engine/projections.ts';
import type { Plan } from '../../runtime/plan/plan.ts';
import { err, ok, type Result } from '../../runtime/result.ts';
import type { Cli } from '../cli.ts';
import type { Runs } from '../runs/runs.ts';
import type { GraphTarget } from './graph-target.ts';

/** What is drawn. */
export interface GraphSource {
  readonly plan: Plan;
  /** Absent before the first run of the file. */
  readonly view?: RunView;
}

/** What reading a source needs of the window. */
export interface SourcePorts {
  readonly runs: Pick<Runs, 'load' | 'newest'>;
  readonly cli: Cli;
  /** Path of a file on this machine; undefined if it is elsewhere. */
  pathOf(uri: string): string | undefined;
  /** Folder that a run of the file starts in. */
  folderOf(uri: string): string;
}

/** Reads what a target shows at this moment. The failure is a text for people. */
export async function readSource(
  target: GraphTarget,
  ports: SourcePorts,
  signal: AbortSignal,
): Promise<Result<GraphSource, string>> {
  if (target.kind === 'run') return await readRun(target.run, ports);
  const path = ports.pathOf(target.uri);
  if (path === undefined) return err(t('Only a file on disk has a graph. Save this one first.'));
  const newest = ports.runs.newest(path);
  return newest === undefined
    ? await readPlan(path, ports.folderOf(target.uri), ports.cli, signal)
    : await readRun(newest.run, ports);
}

async function readRun(run: string, { runs }: SourcePorts): Promise<Result<GraphSource, string>> {
  const loaded = await runs.load(run);
  return loaded.ok ? ok({ plan: loaded.value.plan, view: loaded.value.view }) : err(loaded.failure.message);
}

async function readPlan(
  path: string,
  cwd: string,
  cli: Cli,
  signal: AbortSignal,
): Promise<Result<GraphSource, string>> {
  const planned = await cli.run(['plan', path, '--json'], { cwd, signal });
  if (!planned.ok) return planned;
  const { code, stdout, stderr } = planned.value;
  if (code !== 0) return err(stderr.trim() || t('The file cannot be planned.'));
  // Written by the command line of this package: its schema made it.
  return ok({ plan: JSON.parse(stdout) as Plan });
}
