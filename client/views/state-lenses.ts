/** What the lenses over a connector file and its phases say of its newest run. */
import { t } from '@vscode/l10n';
import type { NeedView, PhaseView, RunView } from '../../runtime/engine/projections.ts';
import { stateSign } from '../../runtime/engine/state-sign.ts';
import type { RunRow } from '../../runtime/protocol.ts';
import type { RunItem } from '../runs/runs.ts';
import { cost, elapsed, joined, workers } from './amounts.ts';
import { phaseState, stateWord } from './state-words.ts';

/** One lens. */
export interface StateLens {
  /** Phase it stands over; absent = the file. */
  readonly phase?: string;
  readonly title: string;
  readonly command: string;
  readonly argument: RunItem;
}

/** The lenses of a run, as far as it is loaded. Those of one place stand in the order of this list. */
export function stateLenses(row: RunRow, view: RunView | undefined): readonly StateLens[] {
  const phases = view?.phases ?? [];
  return [...fileLenses(row), ...phases.flatMap(phase => phaseLenses(row.run, phase, view))];
}

function fileLenses(row: RunRow): readonly StateLens[] {
  const { run } = row;
  const title =
    row.endedAt === undefined
      ? lineOf(row.state, [t('{0}/{1} phases', row.phasesDone, row.phases), cost(row)])
      : lineOf(row.state, [elapsed(row, 0), workers(row.workers), cost(row)]);
  return [
    { title, command: 'niia.showRun', argument: { run } },
    ...(row.endedAt === undefined ? [{ title: t('Stop'), command: 'niia.stop', argument: { run } }] : []),
  ];
}

function phaseLenses(run: string, phase: PhaseView, view: RunView | undefined): readonly StateLens[] {
  if (phase.state === 'pending') return [];
  const { name } = phase;
  const argument = { run, phase: name };
  const keys = new Set(phase.workers.map(({ key }) => key));
  const isOfPhase = (need: NeedView) => ('phase' in need ? need.phase === name : keys.has(need.worker));
  const needs = view?.needs.filter(isOfPhase) ?? [];
  const lenses: readonly Omit<StateLens, 'phase'>[] = [
    { title: phaseLine(phase), command: 'niia.showRun', argument },
    ...needs.map(need => needLens(run, need)),
    ...(phase.state === 'failed' ? [{ title: t('Retry'), command: 'niia.retry', argument }] : []),
    ...(phase.state === 'running'
      ? [{ title: t('Terminals'), command: 'niia.openTerminals', argument }]
      : []),
  ];
  return lenses.map(lens => ({ ...lens, phase: name }));
}

function phaseLine(phase: PhaseView): string {
  const of = phase.workers.length;
  const failed = phase.workers.filter(worker => worker.state === 'failed').length;
  const done = phase.workers.filter(worker => worker.endedAt !== undefined).length;
  switch (phase.state) {
    case 'failed':
      return lineOf(phase.state, [failed > 0 && of > 1 ? t('{0} of {1}', failed, of) : undefined]);
    case 'running':
      return lineOf(phaseState(phase), [of > 1 ? t('{0}/{1} done', done, of) : undefined, cost(phase.usage)]);
    default:
      return lineOf(phase.state, [
        elapsedOfEnded(phase),
        phase.endedAt === undefined ? undefined : workers(of),
        cost(phase.usage),
      ]);
  }
}

/** A lens does not tick: it says how long something took, once that is known. */
function elapsedOfEnded(phase: PhaseView): string | undefined {
  return phase.endedAt === undefined ? undefined : elapsed(phase, 0);
}

/** A success needs no word: its sign says it. */
function lineOf(state: string, parts: readonly (string | undefined)[]): string {
  const rest = joined(parts);
  if (state === 'succeeded' && rest !== '') return `${stateSign(state)} ${rest}`;
  return `${stateSign(state)} ${joined([stateWord(state), rest])}`;
}

function needLens(run: string, need: NeedView): Omit<StateLens, 'phase'> {
  switch (need.kind) {
    case 'gate':
      return { title: t('Approve'), command: 'niia.approve', argument: { run, phase: need.phase } };
    case 'pick':
      return { title: t('Choose…'), command: 'niia.pick', argument: { run, phase: need.phase } };
    case 'question':
    case 'permission':
      return {
        title: t('Answer {0}…', need.worker),
        command: 'niia.answer',
        argument: { run, worker: need.worker },
      };
  }
}
