/** Makes a branch of the user's own naming from the work of a run, and pushes it if the user wants. */
import { t } from '@vscode/l10n';
import type { Responses } from '../../runtime/protocol.ts';
import { itemOrChoice } from './choose-run.ts';
import type { ReviewHost } from './review-host.ts';
import { isTrustedOrTell } from './trust.ts';

type Made = Responses['run/branch'];

/** Answers that another name mends. */
const NAME_FAILURES: ReadonlySet<string> = new Set(['branch-exists', 'bad-branch']);

/** `niia.pullRequestBranch` */
export async function pullRequestBranch(host: ReviewHost, argument: unknown): Promise<void> {
  if (!(await isTrustedOrTell(host))) return;
  const item = await itemOrChoice(host, argument, t('Make a branch of which run?'));
  if (item === undefined) return;
  const row = host.runs.list().find(({ run }) => run === item.run);
  const made = await make(host, item.run, suggestedName(row?.name ?? item.run));
  if (made !== undefined) await offerPush(host, made);
}

/** Asks for a name until one fits. */
async function make(host: ReviewHost, run: string, first: string): Promise<Made | undefined> {
  const refused = new Map<string, string>();
  for (let value = first; ; ) {
    const name = await host.ask({
      title: t('Branch for {0}', run),
      prompt: t('The branch will stand at the head of the run. Nothing is checked out.'),
      value,
      check: text =>
        refused.get(text.trim()) ?? (text.trim() === '' ? t('A branch needs a name.') : undefined),
    });
    if (name === undefined) return undefined;
    value = name.trim();
    const made = await host.runs.request('run/branch', { run, name: value });
    if (made.ok) return made.value;
    if (!NAME_FAILURES.has(made.failure.code)) {
      await host.tell('warning', made.failure.message);
      return undefined;
    }
    refused.set(value, made.failure.message);
  }
}

async function offerPush(host: ReviewHost, { branch, commit, root, remotes, planted }: Made): Promise<void> {
  const isAt = t('Branch "{0}" stands at {1}.', branch, commit.slice(0, 12));
  if (remotes.length === 0) {
    await host.tell('info', `${isAt} ${t('The repository has no remote to push it to.')}`);
    return;
  }
  if (planted.length > 0) {
    const settings = planted.join(', ');
    const warning = t(
      'Settings that start programs came into the repository during the run: {0}. Look at them before you push.',
      settings,
    );
    await host.tell('warning', `${isAt} ${warning}`);
    return;
  }
  // The editor replaces variables in the arguments of its tasks; they cannot be escaped.
  const usable = remotes.filter(remote => !remote.startsWith('-') && !`${remote}${branch}`.includes('${'));
  const pushes = usable.map(remote => ({ remote, title: t('Push to {0}', remote) }));
  const answer = await host.tell(
    'info',
    isAt,
    pushes.slice(0, 3).map(({ title }) => title),
  );
  const chosen = pushes.find(({ title }) => title === answer);
  if (chosen === undefined) return;
  const argv = ['git', 'push', '-u', chosen.remote, branch] as const;
  await host.runVisibly({ name: t('Push {0}', branch), argv, cwd: root });
}

/** The run's name as branches are written: `Fix the build!` → `fix-the-build`. */
function suggestedName(name: string): string {
  const words = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return words || 'niia-run';
}
