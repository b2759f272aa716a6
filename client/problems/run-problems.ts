/** What of the runs of a connector file ought to be seen in it: failures, and whatever waits. Pure. */
import { t } from '@vscode/l10n';
import { timeOfDay } from '../../runtime/amounts.ts';
import { describeFailure } from '../../runtime/engine/failure-texts.ts';
import type {
  FailureView,
  NeedView,
  PhaseView,
  RunView,
  WorkerView,
} from '../../runtime/engine/projections.ts';
import type { Plan } from '../../runtime/plan/plan.ts';

/** Something to be seen at a phase or worker of a file. */
export interface RunProblem {
  readonly severity: 'error' | 'warning' | 'info';
  /** Kind of the failure (spec §10), or `gate`, `pick`, `question`, `permission`, `parked`. */
  readonly code: string;
  readonly run: string;
  readonly phase: string;
  /** Whom it is about; absent for the phase as a whole. */
  readonly worker?: ProblemWorker;
  readonly message: string;
  /** Files that do not merge, relative to the repository. */
  readonly conflicts?: readonly string[];
}

/** What actions and links need of a worker. */
export interface ProblemWorker {
  readonly key: string;
  readonly id: string;
  readonly attempt: number;
  /** Its latest session. */
  readonly session?: string;
  /** Folder it works in. */
  readonly dir?: string;
  /** That folder is a worktree of its own. */
  readonly hasWorktree: boolean;
}

/** A run as far as problems go. */
export interface SeenRun {
  readonly plan: Pick<Plan, 'phases'>;
  readonly view: RunView;
}

/** What runs of one file say of its phases. */
export interface RunVerdict {
  readonly problems: readonly RunProblem[];
  /** Phases of which an older run may still have something to say. */
  readonly undecided: readonly string[];
}

/**
 * The problems of these phases by the runs of the file, newest first. A phase is as the newest run has it that got to it:
 * a run that has not reached it yet, or was stopped before it was done, does not make an older failure good.
 */
export function problemsOfRuns(runs: readonly SeenRun[], phases: readonly string[]): RunVerdict {
  let undecided = [...phases];
  const problems: RunProblem[] = [];
  for (const run of runs) {
    const decided = run.view.phases.filter(phase => undecided.includes(phase.name) && hasSaid(phase));
    for (const phase of decided) problems.push(...problemsOfPhase(run, phase));
    undecided = undecided.filter(name => !decided.some(phase => phase.name === name));
  }
  return { problems, undecided };
}

function hasSaid(phase: PhaseView): boolean {
  switch (phase.state) {
    case 'pending':
    case 'skipped':
    case 'stopped':
      return phase.workers.some(worker => worker.state === 'failed');
    default:
      return true;
  }
}

function problemsOfPhase({ plan, view }: SeenRun, phase: PhaseView): readonly RunProblem[] {
  const place = { run: view.run, phase: phase.name };
  const isAllowed = plan.phases.find(({ name }) => name === phase.name)?.onFailure === 'continue';
  const severity = isAllowed ? 'warning' : 'error';
  const failures = phase.workers.flatMap(worker =>
    worker.state === 'failed' && worker.failure !== undefined
      ? [
          {
            ...place,
            severity,
            ...failureProblem(worker, worker.failure),
            ...conflictOf(worker, phase),
          } as const,
        ]
      : [],
  );
  const needs = view.needs
    .filter(need => isOf(need, phase))
    .map(need => ({ ...place, ...needProblem(need, phase) }));
  const parked = phase.workers
    .filter(worker => worker.state === 'parked')
    .map(worker => ({ ...place, ...parkedProblem(worker) }));
  const ofPhase = failures.length > 0 ? [] : phaseFailure(place, phase);
  return [...failures, ...ofPhase, ...needs, ...parked];
}

function failureProblem(
  worker: WorkerView,
  failure: FailureView,
): Pick<RunProblem, 'code' | 'worker' | 'message'> {
  const headline = t('Worker "{0}" failed: {1}', worker.key, describeFailure(failure.reason));
  const lines = [headline, ...ownWords(failure), ...lastLines(failure.tail ?? '')];
  return { code: failure.reason.kind, worker: workerOf(worker), message: lines.join('\n') };
}

/** The CLI's own words, unless they stand in the output below. */
function ownWords({ message, description, tail }: FailureView): readonly string[] {
  const isSaid = message === '' || message === description || tail?.includes(message) === true;
  return isSaid ? [] : [message];
}

function conflictOf(worker: WorkerView, { conflict }: PhaseView): Pick<RunProblem, 'conflicts'> {
  return conflict?.worker === worker.key ? { conflicts: conflict.files } : {};
}

/** A phase that failed though none of its workers did: nobody was there to pick a branch. */
function phaseFailure(
  place: Pick<RunProblem, 'run' | 'phase'>,
  { name, state, message }: PhaseView,
): readonly RunProblem[] {
  if (state !== 'failed') return [];
  const why = message ?? t('see the log of the run');
  return [{ ...place, severity: 'error', code: 'phase', message: t('Phase "{0}" failed: {1}', name, why) }];
}

function isOf(need: NeedView, phase: PhaseView): boolean {
  return 'phase' in need ? need.phase === phase.name : phase.workers.some(({ key }) => key === need.worker);
}

type Waiting = Pick<RunProblem, 'severity' | 'code' | 'message' | 'worker'>;

function needProblem(need: NeedView, phase: PhaseView): Waiting {
  const worker = 'worker' in need ? phase.workers.find(({ key }) => key === need.worker) : undefined;
  const whom = worker === undefined ? {} : { worker: workerOf(worker) };
  return { severity: 'info', code: need.kind, message: needText(need, phase), ...whom };
}

function needText(need: NeedView, phase: PhaseView): string {
  switch (need.kind) {
    case 'gate':
      return t('Phase "{0}" waits for your approval', need.phase);
    case 'pick':
      return t(
        'Phase "{0}" waits until you pick one of its branches: {1}',
        need.phase,
        idsOf(need.candidates, phase),
      );
    case 'permission':
      return t('Worker "{0}" asks for your permission: {1}', need.worker, need.text);
    case 'question':
      return t('Worker "{0}" asks you: {1}', need.worker, need.text);
  }
}

function idsOf(keys: readonly string[], { workers }: PhaseView): string {
  return keys.map(key => workers.find(worker => worker.key === key)?.id ?? key).join(', ');
}

function parkedProblem(worker: WorkerView): Waiting {
  const message =
    worker.parkedUntil === undefined
      ? t('Worker "{0}" waits for a model and goes on by itself', worker.key)
      : t(
          'Worker "{0}" waits for a model until {1} and goes on by itself',
          worker.key,
          // To the minute: that is how providers tell it.
          timeOfDay(worker.parkedUntil).slice(0, 5),
        );
  return { severity: 'info', code: 'parked', worker: workerOf(worker), message };
}

function workerOf({ key, id, attempt, session, dir, slug }: WorkerView): ProblemWorker {
  return {
    key,
    id,
    attempt,
    ...(session !== undefined && { session }),
    ...(dir !== undefined && { dir }),
    hasWorktree: slug !== undefined,
  };
}

/** Lines of output in a message: a hover must stay readable. */
const MAX_LINES = 10;

/** Characters of a line in a message. */
const MAX_LINE = 200;

function lastLines(tail: string): readonly string[] {
  const lines = tail
    .split('\n')
    .map(line => line.trimEnd())
    .filter(line => line !== '');
  return lines
    .slice(-MAX_LINES)
    .map(line => (line.length > MAX_LINE ? `${line.slice(0, MAX_LINE - 1)}…` : line));
}
