/** Shows what a run or worker changed, file by file. */
import { t } from '@vscode/l10n';
import type { RunItem } from '../runs/runs.ts';
import { sidesOf } from './changed-sides.ts';
import { itemOrChoice } from './choose-run.ts';
import type { ReviewHost } from './review-host.ts';

/** `niia.showChanges` */
export async function showChanges(host: ReviewHost, argument: unknown): Promise<void> {
  const item = await itemOrChoice(host, argument, t('Show the changes of which run?'));
  if (item === undefined) return;
  const { run, worker } = item;
  const changes = await host.runs.request('run/changes', { run, ...(worker !== undefined && { worker }) });
  if (!changes.ok) {
    await host.tell('warning', changes.failure.message);
    return;
  }
  const { files, liveDir } = changes.value;
  const name = worker ?? run;
  if (files.length === 0) {
    await tellNothing(host, item, name);
    return;
  }
  const title = liveDir === undefined ? t('Changes of {0}', name) : t('Changes of {0} as they are now', name);
  await host.show(sidesOf(changes.value, { run, title, owner: name }));
}

/** A worker in place commits nothing: what it did is only to be seen among everything else that is uncommitted. */
async function tellNothing(host: ReviewHost, { run, worker }: RunItem, name: string): Promise<void> {
  const loaded = await host.runs.load(run);
  const workers = loaded.ok ? loaded.value.plan.phases.flatMap(phase => phase.workers) : [];
  const isInPlace = workers.some(
    ({ key, place }) =>
      place.kind === 'in-place' && place.reason === 'asked' && (worker === undefined || key === worker),
  );
  if (!isInPlace) {
    await host.tell('info', t('{0} changed no file.', name));
    return;
  }
  const look = t('Open Source Control');
  const message = t(
    '{0} worked in your own files, without a worktree. What it changed is among your uncommitted changes.',
    name,
  );
  if ((await host.tell('info', message, [look])) === look) await host.execute('workbench.view.scm');
}

/** Shows in what the work of two workers of a run differs, the first on the left. */
export async function compareWorkers(
  host: ReviewHost,
  run: string,
  [left, right]: readonly [string, string],
): Promise<boolean> {
  const changes = await host.runs.request('run/changes', { run, worker: left, against: right });
  if (!changes.ok) {
    await host.tell('warning', changes.failure.message);
    return false;
  }
  if (changes.value.files.length === 0) {
    await host.tell('info', t('{0} and {1} did the same.', left, right));
    return false;
  }
  const title = `${left} ↔ ${right}`;
  await host.show(sidesOf(changes.value, { run, title, owner: title }));
  return true;
}
