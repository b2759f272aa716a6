/** The commands about runs, phases and workers that exist: stop, retry, answer, approve, look. */
import { t } from '@vscode/l10n';
import type { NeedView, RunView } from '../../runtime/engine/projections.ts';
import type { RpcFailure, RunRow } from '../../runtime/protocol.ts';
import { unreachable } from '../../runtime/result.ts';
import { readRunItem } from '../arguments.ts';
import type { Cli } from '../cli.ts';
import { isUnfinished } from '../runs/daemon-runs.ts';
import type { RunItem, Runs } from '../runs/runs.ts';
import { cost, elapsed, joined } from '../views/amounts.ts';
import { stateWord } from '../views/state-words.ts';
import { chooseRoute } from './choose-model.ts';
import type { Prompter } from './prompter.ts';

/** The commands that act on a run. */
export const runCommands = [
  'niia.stop',
  'niia.retry',
  'niia.retryWithModel',
  'niia.answer',
  'niia.approve',
  'niia.showRun',
  'niia.showLog',
] as const;

/** One of the commands that act on a run. */
export type RunCommand = (typeof runCommands)[number];

/** What acting on runs needs of the window. */
export interface RunHost extends Prompter {
  readonly runs: Runs;
  readonly cli: Cli;
  isTrusted(): boolean;
  /** Shows a run in the tree. */
  reveal(run: string): Promise<void>;
  /** Shows the extension's own output. */
  showOutput(): void;
  /** Shows what workers printed. */
  showLog(title: string, text: string): Promise<void>;
  /** The clock, in milliseconds since 1970. */
  now(): number;
}

/** Carries out one of the commands on what its argument names, else on what the person chooses. */
export async function actOnRun(command: RunCommand, argument: unknown, host: RunHost): Promise<void> {
  if (!host.isTrusted() && command !== 'niia.showLog') {
    const message = t('Connector files start programs. Trust this workspace to run them.');
    await host.tell({ severity: 'warning', message });
    return;
  }
  const named = readRunItem(argument);
  if (command === 'niia.showLog' && named === undefined) {
    host.showOutput();
    return;
  }
  const item = named ?? (await chooseRun(command, host));
  if (item === undefined) return;
  const failure = await act(command, item, argument, host);
  if (failure !== undefined) await host.tell({ severity: 'error', message: failure.message });
}

async function act(
  command: RunCommand,
  item: RunItem,
  argument: unknown,
  host: RunHost,
): Promise<RpcFailure | undefined> {
  switch (command) {
    case 'niia.stop':
      return await stop(item, host);
    case 'niia.retry':
      return await retry(item, readRoute(argument), host);
    case 'niia.retryWithModel':
      return await retryWithModel(item, host);
    case 'niia.answer':
      return await answer(item, host);
    case 'niia.approve':
      return await approve(item, host);
    case 'niia.showRun':
      await host.reveal(item.run);
      return undefined;
    case 'niia.showLog':
      return await showLog(item, host);
    default:
      return unreachable(command);
  }
}

/** Runs that a command without an argument may mean. */
function isCandidate(command: RunCommand, row: RunRow): boolean {
  switch (command) {
    case 'niia.stop':
      return isUnfinished(row);
    case 'niia.answer':
    case 'niia.approve':
      return isUnfinished(row);
    case 'niia.retry':
    case 'niia.retryWithModel':
      return !isUnfinished(row) && row.state !== 'succeeded';
    default:
      return true;
  }
}

async function chooseRun(command: RunCommand, host: RunHost): Promise<RunItem | undefined> {
  const rows = host.runs.list().filter(row => isCandidate(command, row));
  const [only] = rows;
  if (only === undefined) {
    await host.tell({ severity: 'info', message: t('No run fits this command.') });
    return undefined;
  }
  if (rows.length === 1) return { run: only.run };
  const choices = rows.map(row => ({
    label: row.name,
    description: joined([stateWord(row.state), elapsed(row, host.now()), cost(row)]),
    detail: row.file,
    value: { run: row.run },
  }));
  return await host.choose(t('Which run?'), choices);
}

async function stop({ run, worker }: RunItem, { runs }: RunHost): Promise<RpcFailure | undefined> {
  const target = worker === undefined ? {} : { worker };
  const stopped = await runs.request('run/stop', { run, ...target, how: 'polite' });
  return stopped.ok ? undefined : stopped.failure;
}

async function retry(
  { run, phase, worker }: RunItem,
  routeOverride: string | undefined,
  { runs, cli }: RunHost,
): Promise<RpcFailure | undefined> {
  const target = worker ?? phase;
  const retried = await runs.request('run/retry', {
    run,
    targets: target === undefined ? [] : [target],
    env: definedVariables(cli.program().env),
    ...(routeOverride !== undefined && { routeOverride }),
  });
  return retried.ok ? undefined : retried.failure;
}

async function retryWithModel(item: RunItem, host: RunHost): Promise<RpcFailure | undefined> {
  const loaded = await host.runs.load(item.run);
  if (!loaded.ok) return loaded.failure;
  const what = item.worker ?? item.phase ?? loaded.value.view.name;
  const route = await chooseRoute(t('Model for {0}', what), loaded.value.plan.workspace, host);
  return route === undefined ? undefined : await retry(item, route, host);
}

async function answer(item: RunItem, host: RunHost): Promise<RpcFailure | undefined> {
  const need = await findNeed(item, host, isAsking);
  if (need === undefined || !isAsking(need)) return undefined;
  const text = await askAnswer(need, host);
  if (text === undefined) return undefined;
  const answered = await host.runs.request('run/answer', { run: item.run, worker: need.worker, text });
  return answered.ok ? undefined : answered.failure;
}

/** A permission is granted by "yes"; anything else refuses, and the worker reads what it was told. */
async function askAnswer(need: AskingNeed, host: RunHost): Promise<string | undefined> {
  if (need.kind === 'question') return await askQuestion(need, host);
  return await host.choose(t('{0} asks for permission: {1}', need.worker, need.text), [
    { label: t('Allow'), value: 'yes' },
    { label: t('Refuse'), value: 'no' },
  ]);
}

async function askQuestion(
  { worker, text, choices = [] }: AskingNeed,
  host: RunHost,
): Promise<string | undefined> {
  const question = { title: worker, prompt: text };
  if (choices.length === 0) return await host.text(question);
  const offered = choices.map((label, index) => ({ label, value: String(index + 1) }));
  const other = { label: t('Another answer…'), value: '' };
  const taken = await host.choose(t('{0} asks: {1}', worker, text), [...offered, other]);
  return taken === '' ? await host.text(question) : taken;
}

async function approve(item: RunItem, host: RunHost): Promise<RpcFailure | undefined> {
  const need = await findNeed(item, host, each => each.kind === 'gate');
  if (need?.kind !== 'gate') return undefined;
  const approved = await host.runs.request('run/approve', { run: item.run, gate: need.phase });
  return approved.ok ? undefined : approved.failure;
}

type AskingNeed = Extract<NeedView, { worker: string }>;

function isAsking(need: NeedView): need is AskingNeed {
  return 'worker' in need;
}

/** What the run needs, of the kind that a command settles; the person chooses if there are several. */
async function findNeed(
  { run, phase, worker }: RunItem,
  host: RunHost,
  isMeant: (need: NeedView) => boolean,
): Promise<NeedView | undefined> {
  const loaded = await host.runs.load(run);
  const view: RunView | undefined = loaded.ok ? loaded.value.view : undefined;
  const needs = (view?.needs ?? [])
    .filter(isMeant)
    .filter(need =>
      'worker' in need ? (worker ?? need.worker) === need.worker : (phase ?? need.phase) === need.phase,
    );
  const [only] = needs;
  if (only === undefined) {
    const message = loaded.ok ? t('Nothing waits for you here any more.') : loaded.failure.message;
    await host.tell({ severity: 'info', message });
  }
  if (needs.length <= 1) return only;
  const choices = needs.map(need => ({ label: 'worker' in need ? need.worker : need.phase, value: need }));
  return await host.choose(t('Which one?'), choices);
}

async function showLog({ run, worker }: RunItem, host: RunHost): Promise<RpcFailure | undefined> {
  const loaded = await host.runs.load(run);
  if (!loaded.ok) return loaded.failure;
  const argv = ['logs', run, ...(worker === undefined ? [] : [worker])];
  const logs = await host.cli.run(argv, { cwd: loaded.value.plan.workspace });
  const problem = logs.ok ? (logs.value.code === 0 ? undefined : logs.value.stderr.trim()) : logs.failure;
  if (problem !== undefined) return { code: 'logs', message: problem, exitCode: 1 };
  const title = joined([loaded.value.view.name, worker], ' ');
  const text = logs.ok ? logs.value.stdout : '';
  if (text.trim() !== '') await host.showLog(title, text);
  else await host.tell({ severity: 'info', message: t('{0} has printed nothing so far.', title) });
  return undefined;
}

function readRoute(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('route' in argument)) return undefined;
  return typeof argument.route === 'string' ? argument.route : undefined;
}

function definedVariables(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries);
}
