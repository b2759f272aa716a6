/** Opens the folder a worker works in. */
import { stat } from 'node:fs/promises';
import { t } from '@vscode/l10n';
import { itemOrChoice, loadOrTell, workerOrChoice } from './choose-run.ts';
import type { ReviewHost } from './review-host.ts';

/** Ways to open a folder; the values of the setting `niia.openWorktree` but for `ask`. */
export const worktreeWays = ['newWindow', 'addFolder', 'reveal'] as const;

/** One of the ways. */
export type WorktreeWay = (typeof worktreeWays)[number];

/** What opening needs of the window. */
export interface WorktreeHost extends ReviewHost {
  /** The way that is set; undefined = ask. */
  configuredWay(): WorktreeWay | undefined;
  /** The way that was taken last, and stands first. */
  lastWay(): WorktreeWay | undefined;
  remember(way: WorktreeWay): Promise<void>;
  openFolder(dir: string, way: WorktreeWay): Promise<void>;
}

/** `niia.openWorktree` */
export async function openWorktree(host: WorktreeHost, argument: unknown): Promise<void> {
  const item = await itemOrChoice(host, argument, t('Open a worktree of which run?'));
  const loaded = item && (await loadOrTell(host, item.run));
  if (item === undefined || loaded === undefined) return;
  const worker = await workerOrChoice(host, loaded, item, {
    title: t('Open the worktree of which worker?'),
    fits: ({ dir }) => dir !== undefined,
    none: t('No worker of {0} has a worktree.', item.run),
  });
  if (worker === undefined) return;
  const { dir, key } = worker;
  if (dir === undefined || !(await isFolder(dir))) return await tellGone(host, item.run, key, dir);
  const way = host.configuredWay() ?? (await chooseWay(host, key));
  if (way === undefined) return;
  await host.remember(way);
  await host.openFolder(dir, way);
}

async function tellGone(
  host: ReviewHost,
  run: string,
  worker: string,
  dir: string | undefined,
): Promise<void> {
  const look = t('Show Changes');
  const message =
    dir === undefined
      ? t('{0} has no worktree yet.', worker)
      : t('The worktree of {0} is gone: its work is merged, or there was none.', worker);
  const answer = await host.tell('info', message, dir === undefined ? [] : [look]);
  if (answer === look) await host.execute('niia.showChanges', { run, worker });
}

async function chooseWay(host: WorktreeHost, worker: string): Promise<WorktreeWay | undefined> {
  const labels: Readonly<Record<WorktreeWay, string>> = {
    newWindow: t('$(empty-window) Open in a New Window'),
    addFolder: t('$(root-folder) Add to This Workspace'),
    reveal: t('$(folder-opened) Show in the File Manager'),
  };
  const last = host.lastWay();
  const ways = last === undefined ? worktreeWays : [last, ...worktreeWays.filter(way => way !== last)];
  return await host.choose(
    t('Open the worktree of {0}', worker),
    ways.map(way => ({ label: labels[way], value: way })),
  );
}

async function isFolder(dir: string): Promise<boolean> {
  return (await stat(dir).catch(() => undefined))?.isDirectory() === true;
}
