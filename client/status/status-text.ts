/** What the status bar says of the runs of this window. */
import { t } from '@vscode/l10n';
import { sumOfCosts } from '../../runtime/amounts.ts';
import type { RunRow } from '../../runtime/protocol.ts';
import type { LoadedRun } from '../runs/runs.ts';
import { cost, joined } from '../views/amounts.ts';
import { stateWord } from '../views/state-words.ts';
import { escapeMarkdown, needText } from '../views/tooltips.ts';

/** The status bar item. */
export interface StatusText {
  /** With `$(icon)`s. */
  readonly text: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly spoken: string;
  /** Somebody has to do something before a run goes on. */
  readonly needsPerson: boolean;
}

/** The item for the unfinished runs of the window; undefined if there is none. */
export function statusText(
  unfinished: readonly RunRow[],
  loaded: (run: string) => LoadedRun | undefined,
): StatusText | undefined {
  if (unfinished.length === 0) return undefined;
  const views = unfinished.map(row => loaded(row.run)?.view);
  const workers = views.flatMap(view => view?.phases.flatMap(phase => phase.workers) ?? []);
  const done = workers.filter(worker => worker.endedAt !== undefined).length;
  const needs = views.flatMap(view => view?.needs ?? []);
  const parts = joined([
    unfinished.length > 1 ? t('{0} runs', unfinished.length) : unfinished[0]?.name,
    t('{0}/{1} workers', done, workers.length),
    cost(sumOfCosts(unfinished)),
    needs.length === 0 ? undefined : t('waits for you'),
  ]);
  const lines = [
    ...unfinished.map(row => `- **${escapeMarkdown(row.name)}** ${stateWord(row.state)}`),
    ...needs.map(need => `- ${needText(need)}`),
  ];
  const icon = needs.length > 0 ? 'bell-dot' : isParked(unfinished) ? 'watch' : 'sync~spin';
  return {
    text: `$(${icon}) ${parts}`,
    tooltip: lines.join('\n'),
    spoken: t('Connector runs: {0}', parts),
    needsPerson: needs.length > 0,
  };
}

function isParked(unfinished: readonly RunRow[]): boolean {
  return unfinished.every(row => row.state === 'parked');
}
