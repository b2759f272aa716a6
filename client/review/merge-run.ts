/** Merges a run into the user's branch, once the user has seen what that means. */
import { t } from '@vscode/l10n';
import type { RpcFailure } from '../../runtime/protocol.ts';
import { itemOrChoice } from './choose-run.ts';
import type { ReviewHost } from './review-host.ts';
import { isTrustedOrTell } from './trust.ts';

/** Files named in the question. */
const MAX_NAMED = 8;

/** `niia.merge` */
export async function mergeRun(host: ReviewHost, argument: unknown): Promise<void> {
  if (!(await isTrustedOrTell(host))) return;
  const item = await itemOrChoice(host, argument, t('Merge which run?'));
  if (item === undefined) return;
  const { run } = item;
  const tried = await host.runs.request('run/merge', { run, dryRun: true });
  if (!tried.ok) return await explain(host, run, tried.failure);
  const { branch, commits } = tried.value;
  if (commits === 0) {
    await host.tell('info', t('There is nothing to merge: "{0}" has all of {1}.', branch, run));
    return;
  }
  const merge = t('Merge');
  const look = t('Show Changes');
  const message = t('Merge {0} into your branch "{1}"?', run, branch);
  const detail = await detailOf(host, run, commits);
  const answer = await host.confirm({ message, detail, actions: [merge, look] });
  if (answer === merge) return await merged(host, run);
  if (answer === look) return await lookFirst(host, run, branch);
}

async function detailOf(host: ReviewHost, run: string, commits: number): Promise<string> {
  const changes = await host.runs.request('run/changes', { run });
  const paths = changes.ok ? changes.value.files.map(({ path }) => path) : [];
  const rest = paths.length - MAX_NAMED;
  return [
    t('Commits: {0}. Files: {1}.', commits, paths.length),
    ...paths.slice(0, MAX_NAMED).map(path => `• ${path}`),
    ...(rest > 0 ? [t('and {0} more', rest)] : []),
    '',
    t('Your uncommitted changes stay as they are.'),
  ].join('\n');
}

async function merged(host: ReviewHost, run: string): Promise<void> {
  const done = await host.runs.request('run/merge', { run });
  if (!done.ok) return await explain(host, run, done.failure);
  const { branch, commit, files } = done.value;
  await host.tell('info', t('Merged into "{0}" as {1}. Files: {2}.', branch, commit.slice(0, 12), files));
}

async function lookFirst(host: ReviewHost, run: string, branch: string): Promise<void> {
  await host.execute('niia.showChanges', { run });
  const again = t('Merge…');
  const answer = await host.tell('info', t('Merge {0} into your branch "{1}"?', run, branch), [again]);
  if (answer === again) await mergeRun(host, { run });
}

/** Says why nothing was merged, with what helps. */
async function explain(host: ReviewHost, run: string, { code, message }: RpcFailure): Promise<void> {
  const help = helpFor(code, run);
  const answer = await host.tell(
    'warning',
    message,
    help.map(({ title }) => title),
  );
  const chosen = help.find(({ title }) => title === answer);
  if (chosen !== undefined) await host.execute(chosen.command, chosen.argument);
}

function helpFor(code: string, run: string) {
  const changes = { title: t('Show Changes'), command: 'niia.showChanges', argument: { run } };
  const branch = { title: t('Create Branch…'), command: 'niia.pullRequestBranch', argument: { run } };
  const scm = { title: t('Open Source Control'), command: 'workbench.view.scm', argument: undefined };
  switch (code) {
    // On a branch of its own the run can be merged by hand, or rebased.
    case 'conflict':
      return [changes, branch];
    case 'would_overwrite':
    case 'operation_in_progress':
      return [scm];
    case 'no_branch':
      return [branch];
    case 'run-going-on':
      return [{ title: t('Stop the Run…'), command: 'niia.stop', argument: { run } }];
    default:
      return [];
  }
}
