/** Moves of branches. Those that are asked for while git is busy with others go together, as one process. */
import type { Result } from '../result.ts';
import { type GitGuard, referenceGit } from './git-guard.ts';
import type { GitFailure } from './run-git.ts';

/** A branch to be moved. */
export interface BranchUpdate {
  /** Without `refs/heads/`. */
  readonly branch: string;
  /** Where it must point for the move to happen; undefined: it must not exist. */
  readonly from: string | undefined;
  readonly to: string;
  /** For the reflog. */
  readonly why: string;
}

type Place = Pick<GitGuard, 'commonDir' | 'access'>;
type Outcome = Result<unknown, GitFailure>;

interface Waiting {
  readonly place: Place;
  readonly update: BranchUpdate;
  readonly settle: (outcome: Promise<Outcome>) => void;
}

/** Who waits for the update that runs in a repository, by its git directory. */
const queues = new Map<string, Waiting[]>();

/** Moves a branch, all or nothing. Fails where it does not point where it must. */
export async function updateBranch(place: Place, update: BranchUpdate): Promise<Outcome> {
  return await new Promise<Outcome>(settle => {
    const waiting = queues.get(place.commonDir);
    const one = { place, update, settle };
    if (waiting === undefined) void runQueue(place.commonDir, one);
    else waiting.push(one);
  });
}

async function runQueue(commonDir: string, first: Waiting): Promise<void> {
  const waiting = [first];
  queues.set(commonDir, waiting);
  for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
    const batch = takeLike(waiting, next);
    await runBatch(batch);
  }
  queues.delete(commonDir);
}

/** Takes those that one process can do: of the same run, and with the same words for the reflog. */
function takeLike(waiting: Waiting[], { place, update }: Waiting): readonly Waiting[] {
  const isLike = (other: Waiting) =>
    other.place.access.env === place.access.env && other.update.why === update.why;
  const batch = waiting.filter(isLike);
  waiting.splice(0, waiting.length, ...waiting.filter(other => !isLike(other)));
  return batch;
}

/** Git takes all of a batch or nothing, and does not say which one is wrong: then each is tried for itself. */
async function runBatch(batch: readonly Waiting[]): Promise<void> {
  const together = batch.length > 1 ? await runTogether(batch) : undefined;
  for (const { place, update, settle } of batch) {
    const outcome = together?.ok ? Promise.resolve(together) : runAlone(place, update);
    settle(outcome);
    await outcome.catch(() => {});
  }
}

async function runTogether(batch: readonly Waiting[]): Promise<Outcome | undefined> {
  const [first] = batch;
  if (first === undefined || hasTwice(batch)) return undefined;
  const { commonDir, access } = first.place;
  // Under nobody's signal: the others still want theirs.
  const place = { commonDir, access: { env: access.env } };
  const input = batch.map(({ update }) => lineOf(update)).join('');
  return await referenceGit(place, ['update-ref', '-m', `niia: ${first.update.why}`, '--stdin'], { input });
}

function hasTwice(batch: readonly Waiting[]): boolean {
  return new Set(batch.map(({ update }) => update.branch)).size < batch.length;
}

function lineOf({ branch, from, to }: BranchUpdate): string {
  return from === undefined
    ? `create refs/heads/${branch} ${to}\n`
    : `update refs/heads/${branch} ${to} ${from}\n`;
}

async function runAlone(place: Place, { branch, from, to, why }: BranchUpdate): Promise<Outcome> {
  // An empty old value means "must not exist" to update-ref, in every object format.
  return await referenceGit(place, [
    'update-ref',
    '-m',
    `niia: ${why}`,
    `refs/heads/${branch}`,
    to,
    from ?? '',
  ]);
}
