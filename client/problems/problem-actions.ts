/** What can be done about a problem, as the quick fixes on its line. Pure. */
import { t } from '@vscode/l10n';
import type { RunItem } from '../runs/runs.ts';
import type { PlacedProblem } from './placed-problems.ts';
import type { RunProblem } from './run-problems.ts';

/** A quick fix: a command and what it is called with. */
export interface ProblemAction {
  readonly title: string;
  readonly command: string;
  readonly argument: RunItem | { readonly uri: string; readonly phase: string };
}

/** The actions for a problem, the likeliest first. */
export function actionsFor({ problems }: PlacedProblem, uri: string): readonly ProblemAction[] {
  const [problem] = problems;
  if (problem.severity === 'info') return [...waitingActions(problem), ...lookingActions(problem)];
  return [...retryActions(problems, uri), ...conflictActions(problem), ...lookingActions(problem)];
}

function waitingActions({ code, run, phase, worker }: RunProblem): readonly ProblemAction[] {
  const ofPhase = { run, phase };
  switch (code) {
    case 'gate':
      return [{ title: t('Approve phase "{0}"', phase), command: 'niia.approve', argument: ofPhase }];
    case 'pick':
      return [{ title: t('Pick a branch of phase "{0}"…', phase), command: 'niia.pick', argument: ofPhase }];
    case 'permission':
    case 'question':
      return worker === undefined
        ? []
        : [
            {
              title: t('Answer "{0}"…', worker.key),
              command: 'niia.answer',
              argument: { run, worker: worker.key },
            },
          ];
    default:
      return [];
  }
}

function retryActions(
  problems: readonly [RunProblem, ...RunProblem[]],
  uri: string,
): readonly ProblemAction[] {
  const [{ run, phase, worker }] = problems;
  const runFrom = {
    title: t('Run again from phase "{0}"', phase),
    command: 'niia.runFrom',
    argument: { uri, phase },
  };
  const retryPhase = {
    title: t('Retry phase "{0}"', phase),
    command: 'niia.retry',
    argument: { run, phase },
  };
  if (worker === undefined || problems.length > 1) return [retryPhase, runFrom];
  const item = { run, worker: worker.key };
  return [
    { title: t('Retry "{0}"', worker.key), command: 'niia.retry', argument: item },
    {
      title: t('Retry "{0}" with another model…', worker.key),
      command: 'niia.retryWithModel',
      argument: item,
    },
    runFrom,
  ];
}

function conflictActions({ code, run }: RunProblem): readonly ProblemAction[] {
  if (code !== 'merge_conflict') return [];
  return [{ title: t('Show the changes of the run'), command: 'niia.showChanges', argument: { run } }];
}

function lookingActions({ run, worker }: RunProblem): readonly ProblemAction[] {
  if (worker === undefined) return [{ title: t('Show the log'), command: 'niia.showLog', argument: { run } }];
  const { key, session, hasWorktree } = worker;
  const item = { run, worker: key };
  const open = { title: t('Open the terminal of "{0}"', key), command: 'niia.openTerminal', argument: item };
  const folder = {
    title: t('Open the worktree of "{0}"', key),
    command: 'niia.openWorktree',
    argument: item,
  };
  return [
    ...(session === undefined ? [] : [open]),
    ...(hasWorktree ? [folder] : []),
    { title: t('Show the log of "{0}"', key), command: 'niia.showLog', argument: item },
  ];
}
