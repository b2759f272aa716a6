import type { PlanNote } from './plan.ts';
import {
  groupBy,
  nameWorkers,
  type PhasePair,
  type PlanContext,
  quoteAll,
  type WorkerPair,
} from './plan-context.ts';
import { slugOf, slugTemplate } from './plan-places.ts';
import { ancestorsOf } from './select-phases.ts';
import { expandKnown } from './template.ts';

/** Whether every worker has a place to work in, and what is special about it (spec §3 `worktree`, `resume`). */
export function checkPlaces(phases: readonly PhasePair[], context: PlanContext): readonly PlanNote[] {
  const workers = phases.flatMap(phase => phase.workers);
  return [
    ...unresolvedSlugs(workers),
    ...resumedSessions(workers, context),
    ...inPlace(phases),
    ...sharedSlugs(phases, context),
  ];
}

function unresolvedSlugs(workers: readonly WorkerPair[]): readonly PlanNote[] {
  return workers.flatMap(({ source, planned, values }): readonly PlanNote[] => {
    const template = slugTemplate(source);
    const { left } = expandKnown(template, values);
    if (planned.place.kind !== 'worktree' || left.length === 0) return [];
    const message = `the worktree "${template}" of "${planned.key}" needs ${quoteAll(left)}, which has no value before the run: give one with --var name=value`;
    return [{ severity: 'blocker', code: 'slug-placeholder', message, path: source.path, exitCode: 2 }];
  });
}

function resumedSessions(workers: readonly WorkerPair[], { facts }: PlanContext): readonly PlanNote[] {
  const resumed = workers.filter(({ source }) => source.session.resume !== undefined);
  return groupBy(resumed, slugOfPair).flatMap(([slug, group]) => {
    const names = nameWorkers(group.map(pair => pair.planned));
    const problems = [
      ...(facts.repository.kind === 'none' ? ['there is no repository here'] : []),
      ...(facts.repository.kind !== 'none' && facts.sessions[slug] === 'not-found'
        ? ['no worktree session of that name is known here']
        : []),
      ...(group.length > 1 ? ['only one worker of a run can go on with it'] : []),
    ];
    return problems.map((problem): PlanNote => {
      const message = `${names} cannot resume "${slug}": ${problem}`;
      return { severity: 'blocker', code: 'resume', message, ...pathOf(group), exitCode: 2 };
    });
  });
}

function slugOfPair({ source, values }: WorkerPair): string {
  return slugOf({ worker: source, values });
}

/** The user asked for it, but has to know that files of their own will change. */
function inPlace(phases: readonly PhasePair[]): readonly PlanNote[] {
  return phases.flatMap(({ planned, workers }): readonly PlanNote[] => {
    const here = workers.filter(
      pair => pair.planned.place.kind === 'in-place' && pair.planned.place.reason === 'asked',
    );
    if (here.length === 0) return [];
    const canWrite = here.some(pair => pair.planned.permission !== 'read-only');
    const effect = canWrite ? 'one at a time and able to change your files' : 'able to read only';
    const message = `in the folder itself, ${effect}: ${nameWorkers(here.map(pair => pair.planned))}; nothing is committed or merged`;
    const severity = canWrite ? 'warning' : 'note';
    return [{ severity, code: 'in-place', message, path: here[0]?.source.path ?? planned.path }];
  });
}

/** The same slug in two phases is the same worktree only if the first is over and merged when the second begins. */
function sharedSlugs(phases: readonly PhasePair[], { workflow }: PlanContext): readonly PlanNote[] {
  const uses = phases.flatMap(phase =>
    phase.workers.flatMap(pair =>
      pair.planned.place.kind === 'worktree' ? [{ phase, pair, slug: pair.planned.place.slug }] : [],
    ),
  );
  return groupBy(uses, use => use.slug).flatMap(([slug, group]) =>
    group.slice(1).flatMap((use, index): readonly PlanNote[] => {
      const before = group[index];
      if (before === undefined || before.phase === use.phase) return [];
      const why = whyNotReused(before.phase, ancestorsOf(workflow.phases, [use.phase.source.name]));
      if (why === undefined) return [];
      const message = `the worktree "${slug}" of "${use.pair.planned.key}" may still be in use or unmerged (${why}): it then gets the next free name, "${slug}-2" and so on`;
      return [{ severity: 'note', code: 'worktree-shared', message, path: use.pair.source.path }];
    }),
  );
}

function whyNotReused(before: PhasePair, ancestors: ReadonlySet<string>): string | undefined {
  const { name, merge } = before.planned;
  if (!ancestors.has(name)) return `phase "${name}" may run at the same time`;
  return merge === 'auto' ? undefined : `phase "${name}" has "merge": "${merge}"`;
}

function pathOf([first]: readonly WorkerPair[]): Pick<PlanNote, 'path'> {
  return first === undefined ? {} : { path: first.source.path };
}
