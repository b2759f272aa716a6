/** What the user is asked when a command about terminals is called without saying which. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { PhaseView, WorkerView } from '../../runtime/engine/projections.ts';
import type { RunItem, Runs } from '../runs/runs.ts';
import { type Speed, speeds } from './replay-pace.ts';
import { terminalName } from './worker-names.ts';

interface Choice extends vscode.QuickPickItem {
  readonly item: RunItem;
}

/** A worker that has, or had, a terminal; of one run, or of the newest ones. */
export async function pickWorker(runs: Runs, only?: string): Promise<RunItem | undefined> {
  const choices = await choicesOf(runs, only, (run, { workers }) =>
    workers.filter(({ session }) => session !== undefined).map(worker => workerChoice(run, worker)),
  );
  return await pick(choices, t('Which worker?'));
}

/** A phase whose workers have, or had, terminals; of one run, or of the newest ones. */
export async function pickPhase(runs: Runs, only?: string): Promise<RunItem | undefined> {
  const choices = await choicesOf(runs, only, (run, { name, workers }) =>
    workers.some(({ session }) => session !== undefined)
      ? [{ label: name, description: run, item: { run, phase: name } }]
      : [],
  );
  return await pick(choices, t('Which phase?'));
}

/** How fast to play a recording. */
export async function pickSpeed(): Promise<Speed | undefined> {
  const names: Readonly<Record<Speed, string>> = {
    1: t('Real time'),
    4: t('4 times as fast'),
    16: t('16 times as fast'),
    instant: t('To the end at once'),
  };
  const choices = speeds.map(speed => ({ label: names[speed], speed }));
  const placeHolder = t('How fast? In the terminal, arrows change it and space pauses.');
  return (await vscode.window.showQuickPick(choices, { placeHolder }))?.speed;
}

/** Runs that are offered, newest first. */
const MAX_RUNS = 5;

async function choicesOf(
  runs: Runs,
  only: string | undefined,
  choicesIn: (run: string, phase: PhaseView) => readonly Choice[],
): Promise<readonly Choice[]> {
  const newest = runs.list().slice(0, MAX_RUNS);
  const wanted = only === undefined ? newest.map(({ run }) => run) : [only];
  const loaded = await Promise.all(wanted.map(run => runs.load(run)));
  return loaded.flatMap(run =>
    run.ok ? run.value.view.phases.flatMap(phase => choicesIn(run.value.view.run, phase)) : [],
  );
}

function workerChoice(run: string, worker: WorkerView): Choice {
  return { label: terminalName(worker), description: run, item: { run, worker: worker.key } };
}

async function pick(choices: readonly Choice[], placeHolder: string): Promise<RunItem | undefined> {
  if (choices.length > 0) return (await vscode.window.showQuickPick(choices, { placeHolder }))?.item;
  void vscode.window.showInformationMessage(t('No run of this window has terminals.'));
  return undefined;
}
