import type { PlanNote } from './plan.ts';
import { nameWorkers, type PhasePair, type PlanContext, quoteAll, type WorkerPair } from './plan-context.ts';

/** Where the run will want a person, and what happens without one (spec §3 `permission`, §5 `gate`, `merge`, §5.3). */
export function checkPeople(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  return [
    ...askMeansRefuse(phases, context),
    ...(context.options.isAttended ? [] : unattended(phases, context)),
  ];
}

function askMeansRefuse(phases: readonly PhasePair[], { options }: PlanContext): readonly PlanNote[] {
  const isRefused = ({ planned }: WorkerPair) =>
    planned.permission === 'ask' &&
    planned.routes.length > 0 &&
    (!options.isAttended || planned.routes.some(({ transport }) => transport !== 'terminal'));
  const refused = phases.flatMap(phase => phase.workers.filter(isRefused));
  const [first] = refused;
  if (first === undefined) return [];
  const message = `"permission": "ask" means refuse for ${nameWorkers(refused.map(pair => pair.planned))}: nobody can answer there`;
  return [{ severity: 'note', code: 'ask-means-refuse', message, path: first.source.path }];
}

function unattended(phases: readonly PhasePair[], { options, workflow }: PlanContext): readonly PlanNote[] {
  if (workflow.interactive !== undefined) {
    const message =
      'the file has no phases: it is one live session, which needs a terminal; run it in one, or with --detach and "niia attach"';
    return [{ severity: 'blocker', code: 'interactive-unattended', message, exitCode: 2 }];
  }
  return [
    ...(options.yes ? [] : [...gateNotes(phases), ...writeStepNotes(phases)]),
    ...phasesNote(
      phases.filter(({ source }) => source.merge === 'pick'),
      'pick-unattended',
      'waits for a person to choose a branch',
      'use --detach and "niia pick"',
    ),
  ];
}

function gateNotes(phases: readonly PhasePair[]): readonly PlanNote[] {
  return phasesNote(
    phases.filter(({ source }) => source.gate !== undefined),
    'gate-unattended',
    'waits for an approval',
    'use --yes, or --detach and "niia approve"',
  );
}

function writeStepNotes(phases: readonly PhasePair[]): readonly PlanNote[] {
  const asks = ({ source, workers }: PhasePair) =>
    source.steps.some(step => step.intent === 'write') &&
    workers.some(({ planned }) => planned.permission !== 'full');
  return phasesNote(
    phases.filter(asks),
    'write-step-unattended',
    'has a step that writes and asks first',
    'use --yes, or --detach and "niia answer"',
  );
}

function phasesNote(
  phases: readonly PhasePair[],
  code: string,
  what: string,
  remedy: string,
): readonly PlanNote[] {
  const [first] = phases;
  if (first === undefined) return [];
  const names = quoteAll(phases.map(({ source }) => source.name));
  const message = `phase ${names} ${what}, but nobody can answer here: the run will fail there; ${remedy}`;
  return [{ severity: 'warning', code, message, path: first.source.path }];
}
