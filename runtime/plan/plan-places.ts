import { nameKey, numberedName, safeName } from '../git/safe-name.ts';
import type { Worker } from '../spec/workflow.ts';
import type { PlanFacts } from './facts.ts';
import type { PlannedWorker } from './plan.ts';
import { expandKnown, type KnownValues } from './template.ts';

/** Slug of a worker whose session names none (spec §3 `worktree`). */
export const DEFAULT_SLUG = '{name}-{phase}-{worker}';

/** A worker with what placeholders stand for in its texts. */
export interface PlaceRequest {
  readonly worker: Worker;
  readonly values: KnownValues;
}

/**
 * Where the workers of one phase work (spec §3 `worktree`, `resume`): a worktree each, slugs expanded and made safe, equal
 * ones told apart by `-<worker>`; the workspace folder itself with `worktree: false` or without a repository.
 */
export function planPlaces(
  requests: readonly PlaceRequest[],
  facts: Pick<PlanFacts, 'platform' | 'repository' | 'worktreeBase' | 'workspace'>,
): readonly PlannedWorker['place'][] {
  const slugs = distinctSlugs(
    requests.map(request => ({
      slug: slugOf(request),
      id: request.worker.id,
      isFixed: isResumed(request.worker),
    })),
  );
  return requests.map(({ worker }, index) => {
    const { workspace } = facts;
    if (worker.session.worktree === false) return { kind: 'in-place', dir: workspace, reason: 'asked' };
    if (facts.repository.kind === 'none') {
      return { kind: 'in-place', dir: workspace, reason: 'no-repository' };
    }
    const slug = slugs[index] ?? worker.id;
    const dir = joinPath(facts.worktreeBase, slug, facts.platform);
    return { kind: 'worktree', slug, dir, ...(isResumed(worker) ? { resume: slug } : {}) };
  });
}

/** The template of a worker's slug: of its `resume`, its `worktree`, or the default. */
export function slugTemplate(worker: Worker): string {
  return worker.session.resume ?? (worker.session.worktree || DEFAULT_SLUG);
}

/** The slug of one worker on its own, with `{run}` left in. */
export function slugOf({ worker, values }: PlaceRequest): string {
  return safeSlug(expandKnown(slugTemplate(worker), values).text);
}

function isResumed(worker: Worker): boolean {
  return worker.session.resume !== undefined;
}

/** Makes a slug safe around its `{run}` placeholders, whose braces a safe name could not hold. */
function safeSlug(text: string): string {
  if (!text.includes(RUN)) return safeName(text);
  let standIn = 'runid';
  while (text.includes(standIn)) standIn += 'x';
  return safeName(text.replaceAll(RUN, standIn)).replaceAll(standIn, RUN);
}

const RUN = '{run}';

interface WantedSlug {
  readonly slug: string;
  readonly id: string;
  /** A session to go on with: the slug is its name and cannot change. */
  readonly isFixed: boolean;
}

/** Equal slugs all get `-<worker>`; if that makes new equals (a cut, a name chosen just so), the later ones a number. */
function distinctSlugs(wanted: readonly WantedSlug[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { slug } of wanted) counts.set(nameKey(slug), (counts.get(nameKey(slug)) ?? 0) + 1);
  const used = new Set(wanted.filter(({ isFixed }) => isFixed).map(({ slug }) => nameKey(slug)));
  return wanted.map(({ slug, id, isFixed }) => {
    if (isFixed) return slug;
    const isShared = (counts.get(nameKey(slug)) ?? 0) > 1;
    const named = isShared ? safeSlug(`${slug}-${id}`) : slug;
    let candidate = named;
    for (let n = 2; used.has(nameKey(candidate)); n += 1) candidate = numberedName(named, n);
    used.add(nameKey(candidate));
    return candidate;
  });
}

function joinPath(dir: string, name: string, platform: NodeJS.Platform): string {
  const separator = platform === 'win32' ? '\\' : '/';
  return dir.endsWith(separator) ? dir + name : dir + separator + name;
}
