/** Which run a review command is about, where nobody said. */
import { t } from '@vscode/l10n';
import { dateAndTime } from '../../runtime/amounts.ts';
import type { WorkerView } from '../../runtime/engine/projections.ts';
import type { RunRow } from '../../runtime/protocol.ts';
import { readRunItem } from '../arguments.ts';
import type { LoadedRun, RunItem } from '../runs/runs.ts';
import type { ReviewHost } from './review-host.ts';

/** The run that the argument of a command names, else one that the user chooses; undefined if there is none. */
export async function itemOrChoice(
  host: ReviewHost,
  argument: unknown,
  title: string,
): Promise<RunItem | undefined> {
  const item = readRunItem(argument);
  if (item !== undefined) return item;
  const rows = host.runs.list();
  if (rows.length === 0) {
    await host.tell('info', t('There are no runs of the files in this window.'));
    return undefined;
  }
  const run = await host.choose(
    title,
    rows.map(row => ({ label: row.name, description: describeRow(row), value: row.run })),
  );
  return run === undefined ? undefined : { run };
}

/** A loaded run; says why there is none. */
export async function loadOrTell(host: ReviewHost, run: string): Promise<LoadedRun | undefined> {
  const loaded = await host.runs.load(run);
  if (loaded.ok) return loaded.value;
  await host.tell('warning', loaded.failure.message);
  return undefined;
}

/** The worker that an item names, else one that the user chooses of those that fit. */
export async function workerOrChoice(
  host: ReviewHost,
  { view }: LoadedRun,
  item: RunItem,
  question: { readonly title: string; fits(worker: WorkerView): boolean; readonly none: string },
): Promise<WorkerView | undefined> {
  const workers = view.phases.flatMap(phase => phase.workers);
  if (item.worker !== undefined) return workers.find(({ key }) => key === item.worker);
  const fitting = workers.filter(worker => question.fits(worker) && isOfPhase(worker, item.phase));
  if (fitting.length === 0) await host.tell('info', question.none);
  if (fitting.length < 2) return fitting[0];
  const choices = fitting.map(worker => ({ ...workerChoice(worker), value: worker }));
  return await host.choose(question.title, choices);
}

/** How a worker stands in a list. */
export function workerChoice(worker: WorkerView): { label: string; description: string; detail?: string } {
  const files = worker.files === undefined ? [] : [t('files changed: {0}', worker.files)];
  const description = [worker.label ?? '', ...files].filter(text => text !== '').join(' · ');
  const detail = worker.answer?.summary;
  return { label: worker.key, description, ...(detail !== undefined && { detail }) };
}

function isOfPhase(worker: WorkerView, phase: string | undefined): boolean {
  return phase === undefined || worker.phase === phase;
}

function describeRow({ state, startedAt }: RunRow): string {
  return [state, ...(startedAt === '' ? [] : [dateAndTime(startedAt)])].join(' · ');
}
