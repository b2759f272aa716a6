/** Has the user choose which worker's branch a run goes on with (spec §5.4 `merge: "pick"`). */
import { t } from '@vscode/l10n';
import type { NeedView } from '../../runtime/engine/projections.ts';
import type { LoadedRun } from '../runs/runs.ts';
import { itemOrChoice, loadOrTell, workerChoice } from './choose-run.ts';
import type { Choice, ReviewHost } from './review-host.ts';
import { compareWorkers } from './show-changes.ts';
import { isTrustedOrTell } from './trust.ts';

type PickNeed = NeedView & { readonly kind: 'pick' };

/** What one may do with candidates: take one, or look at two. */
type Answer = { readonly worker: string } | 'compare';

/** `niia.pick` */
export async function pickBranch(host: ReviewHost, argument: unknown): Promise<void> {
  if (!(await isTrustedOrTell(host))) return;
  const item = await itemOrChoice(host, argument, t('Pick a branch of which run?'));
  const loaded = item && (await loadOrTell(host, item.run));
  if (item === undefined || loaded === undefined) return;
  const need = await openPick(host, loaded, item.phase);
  if (need === undefined) {
    await host.tell('info', t('Nothing of {0} waits for a pick.', item.run));
    return;
  }
  await choose(host, loaded, need);
}

async function openPick(
  host: ReviewHost,
  { view }: LoadedRun,
  phase: string | undefined,
): Promise<PickNeed | undefined> {
  const open = view.needs.filter(need => need.kind === 'pick');
  if (phase !== undefined) return open.find(need => need.phase === phase);
  if (open.length < 2) return open[0];
  const choices = open.map(need => ({ label: need.phase, value: need }));
  return await host.choose(t('Pick a branch of which phase?'), choices);
}

async function choose(host: ReviewHost, loaded: LoadedRun, need: PickNeed): Promise<void> {
  const candidates = candidatesOf(host, loaded, need);
  const compare: Choice<Answer> = {
    label: t('$(diff) Compare two side by side…'),
    value: 'compare',
  };
  const title = t('Which branch of phase "{0}" does the run go on with?', need.phase);
  const answer = await host.choose<Answer>(title, [
    ...candidates,
    ...(candidates.length > 1 ? [compare] : []),
  ]);
  if (answer === 'compare') await compareTwo(host, loaded, need);
  else if (answer !== undefined) await take(host, loaded.view.run, need.phase, answer.worker);
}

function candidatesOf(
  host: ReviewHost,
  { view }: LoadedRun,
  { candidates }: PickNeed,
): readonly Choice<{ readonly worker: string }>[] {
  const { run } = view;
  const workers = view.phases.flatMap(phase => phase.workers).filter(({ key }) => candidates.includes(key));
  return workers.map(worker => ({
    ...workerChoice(worker),
    value: { worker: worker.key },
    peek: () => void host.execute('niia.showChanges', { run, worker: worker.key }),
  }));
}

async function compareTwo(host: ReviewHost, loaded: LoadedRun, need: PickNeed): Promise<void> {
  const { run } = loaded.view;
  const [first, second, ...others] = need.candidates;
  const isPair = first !== undefined && second !== undefined && others.length === 0;
  const pair = isPair ? ([first, second] as const) : await chooseTwo(host, loaded, need);
  if (pair === undefined || !(await compareWorkers(host, run, pair))) return;
  const takes = pair.map(worker => ({ worker, title: t('Pick {0}', worker) }));
  const more = t('Choose…');
  const answer = await host.tell('info', t('On the left {0}, on the right {1}.', ...pair), [
    ...takes.map(({ title }) => title),
    more,
  ]);
  const taken = takes.find(({ title }) => title === answer);
  if (taken !== undefined) await take(host, run, need.phase, taken.worker);
  else if (answer === more) await choose(host, loaded, need);
}

async function chooseTwo(
  host: ReviewHost,
  loaded: LoadedRun,
  need: PickNeed,
): Promise<readonly [string, string] | undefined> {
  const candidates = candidatesOf(host, loaded, need);
  const chosen = await host.chooseTwo(t('Compare which two?'), candidates);
  return chosen && [chosen[0].worker, chosen[1].worker];
}

async function take(host: ReviewHost, run: string, phase: string, worker: string): Promise<void> {
  const picked = await host.runs.request('run/pick', { run, phase, worker });
  if (picked.ok)
    await host.tell('info', t('{0} goes on with the work of {1}. The other branches are kept.', run, worker));
  else await host.tell('warning', picked.failure.message);
}
