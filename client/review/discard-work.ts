/** Throws away what a run left behind, after telling exactly what that is. */
import { basename } from 'node:path';
import { t } from '@vscode/l10n';
import type { Responses } from '../../runtime/protocol.ts';
import type { RunItem } from '../runs/runs.ts';
import { itemOrChoice } from './choose-run.ts';
import type { ReviewHost } from './review-host.ts';
import { isTrustedOrTell } from './trust.ts';

type Leftovers = Responses['run/discard'];

/** Things named in the question, of a kind. */
const MAX_NAMED = 6;

/** `niia.discard` */
export async function discardWork(host: ReviewHost, argument: unknown): Promise<void> {
  if (!(await isTrustedOrTell(host))) return;
  const item = await itemOrChoice(host, argument, t('Discard the work of which run?'));
  if (item === undefined) return;
  const name = item.worker ?? item.run;
  const found = await discard(host, item, { branches: true, dryRun: true });
  if (found === undefined) return;
  const { worktrees, branches } = found;
  if (worktrees.length + branches.length === 0) {
    await host.tell('info', [t('{0} has left nothing behind.', name), ...keptLines(found)].join(' '));
    return;
  }
  const all = worktrees.length === 0 ? t('Delete Branches') : t('Delete Worktrees and Branches');
  const folders = t('Delete Worktrees');
  const answer = await host.confirm({
    message: t('Discard what {0} left behind?', name),
    detail: detailOf(found),
    isDangerous: true,
    actions: [...(worktrees.length > 0 ? [folders] : []), ...(branches.length > 0 ? [all] : [])],
  });
  if (answer === undefined) return;
  const done = await discard(host, item, { branches: answer === all, dryRun: false });
  if (done !== undefined) await report(host, name, done);
}

async function discard(
  host: ReviewHost,
  { run, worker }: RunItem,
  how: { readonly branches: boolean; readonly dryRun: boolean },
): Promise<Leftovers | undefined> {
  const result = await host.runs.request('run/discard', {
    run,
    ...(worker !== undefined && { worker }),
    ...how,
  });
  if (result.ok) return result.value;
  await host.tell('warning', result.failure.message);
  return undefined;
}

function detailOf(found: Leftovers): string {
  const worktrees = found.worktrees.map(({ dir, holds }) =>
    holds === undefined ? basename(dir) : `${basename(dir)}: ${holds}`,
  );
  return [
    ...section(t('Worktrees'), worktrees),
    ...section(branchesTitle(found), found.branches),
    ...keptLines(found),
    t('This cannot be undone. Answers and recordings stay.'),
  ].join('\n');
}

function branchesTitle({ commits }: Leftovers): string {
  return commits === 0 ? t('Branches') : t('Branches, with commits that are nowhere else: {0}', commits);
}

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const rest = lines.length - MAX_NAMED;
  const shown = lines.slice(0, MAX_NAMED).map(line => `• ${line}`);
  return [title, ...shown, ...(rest > 0 ? [t('and {0} more', rest)] : []), ''];
}

function keptLines({ kept }: Leftovers): readonly string[] {
  return kept.map(({ what, why }) => t('Kept: {0}, because {1}.', what, why));
}

async function report(host: ReviewHost, name: string, done: Leftovers): Promise<void> {
  const { worktrees, branches, kept } = done;
  const counts = t('Worktrees: {0}. Branches: {1}.', worktrees.length, branches.length);
  const summary = `${t('Discarded what {0} left.', name)} ${counts}`;
  await host.tell(kept.length > 0 ? 'warning' : 'info', [summary, ...keptLines(done)].join(' '));
}
