import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { addWorktree, makeBranch, makeWorktreesDir, pointHead } from './add-worktree.ts';
import { checkOut } from './checkout.ts';
import { moveBranch, readBranch } from './commits.ts';
import type { GitGuard } from './git-guard.ts';
import { holdsOnlyGitFile, removeEntry } from './half-made-worktrees.ts';
import { findHeldWork } from './held-work.ts';
import { exists } from './path-exists.ts';
import { withRepositoryLock } from './repository-lock.ts';
import { isSafeName, numberedName } from './safe-name.ts';
import { findEntry, readWorktreeEntries } from './worktree-entries.ts';
import type { WorktreeFailure } from './worktree-failure.ts';
import {
  readWorktreeRecord,
  type Worktree,
  type WorktreeRecord,
  writeWorktreeRecord,
} from './worktree-record.ts';

/** A worktree that a worker asks for. */
export interface WorktreeRequest {
  /** The wished name, made safe by `safeName`; the one given may carry a number. */
  readonly slug: string;
  /** The worker's branch; made at `base` if it does not exist. */
  readonly branch: string;
  /** Commit id that the work starts from. */
  readonly base: string;
  /** Folder of the worktrees; default `defaultWorktreesDir`. */
  readonly worktreesDir: string;
  /**
   * An earlier phase of this run had the slug, and its workers have ended: take its worktree over, brought to `base`,
   * if it holds no unmerged work.
   */
  readonly mayReuse?: boolean;
  /** `session.resume`: take over the worktree of an earlier run that has this slug and branch. */
  readonly resume?: boolean;
}

/** A worktree ready for its worker. */
export interface PreparedWorktree {
  readonly worktree: Worktree;
  /** `created` has nothing but the commit's files; `adopted` is as its worker left it; `reused` was another phase's. */
  readonly origin: 'created' | 'adopted' | 'reused';
  readonly isSetUp: boolean;
}

/** Names tried before giving up; nobody has that many worktrees of one name. */
const MAX_NUMBER = 10_000;

/**
 * Gives a worker its worktree (spec §3 `worktree`). Asked again with the same slug and branch, it gives the same one,
 * finished where a crash cut it short. A slug that somebody else holds, or that holds unmerged work, is passed over
 * for the next free `-<n>`.
 */
export async function prepareWorktree(
  guard: GitGuard,
  request: WorktreeRequest,
): Promise<Result<PreparedWorktree, WorktreeFailure>> {
  if (!isSafeName(request.slug)) return err({ kind: 'bad_slug', slug: request.slug });
  const dir = await makeWorktreesDir(guard, request.worktreesDir);
  if (!dir.ok) return dir;
  const reusable = request.mayReuse === true && (await isReusable(guard, request));
  await makeBranch(guard, request.branch, request.base);
  const claimed = await withRepositoryLock(
    guard.commonDir,
    () => claim(guard, request, dir.value, reusable),
    {
      ...(guard.access.signal === undefined ? {} : { signal: guard.access.signal }),
    },
  );
  if (!claimed.ok) return claimed;
  const { record, origin, head } = claimed.value;
  if (record.stage !== 'ready') {
    const finished = await fill(guard, record, head);
    if (!finished.ok) return finished;
  }
  return ok({ worktree: worktreeOf(record), origin, isSetUp: record.isSetUp });
}

/** Gives a worktree that git knows its HEAD, unless it is known to stand right, and its files. */
async function fill(
  guard: GitGuard,
  record: WorktreeRecord,
  knownHead: string | undefined,
): Promise<Result<void, WorktreeFailure>> {
  const head = knownHead === undefined ? await standOnBranch(guard, record) : ok(knownHead);
  if (!head.ok) return head;
  const checkedOut = await checkOut(guard, record, head.value);
  if (!checkedOut.ok) return checkedOut;
  await writeWorktreeRecord(guard.dir, { ...record, stage: 'ready' });
  return ok(undefined);
}

async function standOnBranch(
  guard: GitGuard,
  { gitDir, branch, base }: WorktreeRecord,
): Promise<Result<string, WorktreeFailure>> {
  const pointed = await pointHead(guard, gitDir, branch);
  if (!pointed.ok) return pointed;
  const tip = await readBranch(guard, branch);
  return tip.ok ? ok(tip.value ?? base) : tip;
}

/** Remembers that `session.setup` has run, or which more paths no commit may take. */
export async function updateWorktree(
  guard: GitGuard,
  slug: string,
  change: { readonly isSetUp?: boolean; readonly excluded?: readonly string[] },
): Promise<Worktree | undefined> {
  const record = await readWorktreeRecord(guard.dir, slug);
  if (record === undefined) return undefined;
  const next = { ...record, ...change };
  await writeWorktreeRecord(guard.dir, next);
  return worktreeOf(next);
}

interface Claim {
  readonly record: WorktreeRecord;
  readonly origin: PreparedWorktree['origin'];
  /** Where a worktree that git has just made stands. */
  readonly head?: string;
}

/** Finds the name, and makes git know the worktree. Runs under the repository's lock. */
async function claim(
  guard: GitGuard,
  request: WorktreeRequest,
  dir: string,
  reusable: boolean,
): Promise<Result<Claim, WorktreeFailure>> {
  for (let n = 1; n < MAX_NUMBER; n += 1) {
    const slug = n === 1 ? request.slug : numberedName(request.slug, n);
    const record = await readWorktreeRecord(guard.dir, slug);
    if (record?.branch === request.branch) {
      const continued = await continueRecord(guard, record);
      if (continued !== undefined) return continued;
    }
    if (record !== undefined && reusable && n === 1) return await reuse(guard, record, request);
    if (record !== undefined) continue;
    const path = join(dir, slug);
    if (request.resume === true) {
      const adopted = await adoptForeign(guard, { ...request, slug }, path);
      if (adopted !== undefined) return adopted;
    }
    if (!(await exists(path))) return await addNew(guard, { ...request, slug }, path);
  }
  return err({ kind: 'bad_slug', slug: request.slug });
}

/**
 * The same request again: after a crash, for a retry, or because the worker goes on. Undefined: before git had made
 * our worktree, somebody made another one in its place.
 */
async function continueRecord(
  guard: GitGuard,
  record: WorktreeRecord,
): Promise<Result<Claim, WorktreeFailure> | undefined> {
  const entry = await findEntry(guard.commonDir, record.path);
  if (entry !== undefined && !entry.isHalfMade && (await exists(record.path))) {
    if (record.stage !== 'claimed') {
      // Its worker is dead: a lock it left behind would only make the next one fail.
      await rm(join(record.gitDir, 'index.lock'), { force: true });
      return ok({ record, origin: 'adopted' });
    }
    return entry.branch === record.branch ? await noteAdded(guard, record, entry.gitDir) : undefined;
  }
  const remains = entry ?? (await findHalfMadeById(guard, record.slug));
  if (remains !== undefined) await removeEntry(guard, remains);
  if (await holdsOnlyGitFile(record.path)) await rm(record.path, { recursive: true, force: true });
  return await addAndNote(guard, { ...record, stage: 'claimed', isSetUp: false });
}

async function findHalfMadeById(guard: GitGuard, slug: string) {
  const entries = await readWorktreeEntries(guard.commonDir);
  return entries.find(entry => entry.id === slug && entry.isHalfMade && entry.path === undefined);
}

async function addNew(
  guard: GitGuard,
  request: WorktreeRequest,
  path: string,
): Promise<Result<Claim, WorktreeFailure>> {
  const { slug, branch, base } = request;
  const record: WorktreeRecord = {
    slug,
    path,
    gitDir: '',
    branch,
    base,
    excluded: [],
    stage: 'claimed',
    isSetUp: false,
  };
  // First of all, so that whatever a crash leaves behind is known to be ours.
  await writeWorktreeRecord(guard.dir, record);
  return await addAndNote(guard, record);
}

async function addAndNote(guard: GitGuard, record: WorktreeRecord): Promise<Result<Claim, WorktreeFailure>> {
  const added = await addWorktree(guard, record);
  if (!added.ok) return added;
  const noted = await noteAdded(guard, record, added.value.gitDir);
  return noted.ok ? ok({ ...noted.value, head: added.value.head }) : noted;
}

async function noteAdded(
  guard: GitGuard,
  record: WorktreeRecord,
  gitDir: string,
): Promise<Result<Claim, WorktreeFailure>> {
  const added: WorktreeRecord = { ...record, gitDir, stage: 'added' };
  await writeWorktreeRecord(guard.dir, added);
  return ok({ record: added, origin: 'created' });
}

/** Whether the worktree that this run has under the slug can be taken over without losing anything. */
async function isReusable(guard: GitGuard, { slug, base, branch }: WorktreeRequest): Promise<boolean> {
  const record = await readWorktreeRecord(guard.dir, slug);
  if (record === undefined || record.branch === branch || record.stage !== 'ready') return false;
  const held = await findHeldWork(guard, worktreeOf(record), [base]);
  return held.ok && held.value === undefined;
}

/** Puts the worktree on the new branch at the new base; what is ignored (installed packages) stays as it is. */
async function reuse(
  guard: GitGuard,
  record: WorktreeRecord,
  { branch, base }: WorktreeRequest,
): Promise<Result<Claim, WorktreeFailure>> {
  const tip = await readBranch(guard, branch);
  if (!tip.ok) return tip;
  if (tip.value === undefined) {
    const made = await moveBranch(guard, {
      branch,
      from: undefined,
      to: base,
      why: 'worktree for the next phase',
    });
    if (!made.ok) return made;
  }
  const next: WorktreeRecord = { ...record, branch, base, stage: 'added' };
  await writeWorktreeRecord(guard.dir, next);
  return ok({ record: next, origin: 'reused' });
}

/** `resume`: a worktree that an earlier run made is taken over if it is on the branch asked for. */
async function adoptForeign(
  guard: GitGuard,
  { slug, branch, base }: WorktreeRequest,
  path: string,
): Promise<Result<Claim, WorktreeFailure> | undefined> {
  const entry = await findEntry(guard.commonDir, path);
  if (entry === undefined || entry.isHalfMade || entry.branch !== branch || !(await exists(path)))
    return undefined;
  const record: WorktreeRecord = {
    slug,
    path,
    gitDir: entry.gitDir,
    branch,
    base,
    excluded: [],
    stage: 'ready',
    isSetUp: true,
  };
  await writeWorktreeRecord(guard.dir, record);
  return ok({ record, origin: 'adopted' });
}

function worktreeOf({ slug, path, gitDir, branch, base, excluded }: WorktreeRecord): Worktree {
  return { slug, path, gitDir, branch, base, excluded };
}
