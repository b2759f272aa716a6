import { join } from 'node:path';
import type { Result } from '../result.ts';
import { FIXED_ARGUMENTS, type GitAccess, gitEnvironment } from './git-environment.ts';
import { type GitFailure, type GitOutput, runGit } from './run-git.ts';

/**
 * The way every git call of a run goes that touches what workers made. A worker can replace `.git` in its tree, and
 * write the configuration, hooks and attributes that all worktrees share; git would run programs named there. So git
 * is never asked to look: in a worker's tree it works on a stand-in git directory of ours, whose configuration is a
 * copy from before the run and which shares nothing with the repository but the object store. References are read
 * and written in the repository itself, by commands that run no program but hooks, which are off.
 *
 * Plain data: opened again with the same directory after a restart, it is the same guard.
 */
export interface GitGuard {
  /** The guard's own directory (in the run's state). */
  readonly dir: string;
  /** The repository's shared git directory. */
  readonly commonDir: string;
  readonly root: string;
  readonly gitVersion: readonly [number, number];
  readonly committer: Identity;
  readonly access: GitAccess;
}

/** Who a commit is by. */
export interface Identity {
  readonly name: string;
  readonly email: string;
}

/** Options of a guarded call. */
export interface GuardedOptions {
  /** The tree to work on; none: only objects are read and written. */
  readonly workTree?: string;
  readonly indexFile?: string;
  readonly input?: string;
  readonly okCodes?: readonly number[];
  readonly settings?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly maxOutputBytes?: number;
  readonly onOverflow?: 'fail' | 'truncate';
  readonly encoding?: 'utf8' | 'base64';
  /** Another stand-in than the guard's, made by `createStandIn`. */
  readonly gitDir?: string;
}

/** The guard's stand-in git directory. */
export function standInDir(guard: Pick<GitGuard, 'dir'>): string {
  return join(guard.dir, 'git');
}

/**
 * Runs git over a worker's tree or its objects. Name commits by their ids: the stand-in has no references.
 */
export function guardedGit(
  guard: GitGuard,
  args: readonly string[],
  options: GuardedOptions = {},
): Promise<Result<GitOutput, GitFailure>> {
  const gitDir = options.gitDir ?? standInDir(guard);
  const settings = (options.settings ?? []).flatMap(setting => ['-c', setting]);
  return runGit({
    args: [...FIXED_ARGUMENTS, ...settings, ...args],
    cwd: options.workTree ?? gitDir,
    env: { ...guardedEnvironment(guard, gitDir, options), ...options.env },
    ...callOptions(guard, options),
  });
}

/**
 * Runs git on the references of the repository: `update-ref`, `for-each-ref`, `rev-parse`, `worktree`. None of them
 * looks at files of a tree or at attributes, so no filter or driver can run.
 */
export function referenceGit(
  guard: Pick<GitGuard, 'commonDir' | 'access'>,
  args: readonly string[],
  options: Pick<GuardedOptions, 'okCodes' | 'input'> & { readonly gitDir?: string } = {},
): Promise<Result<GitOutput, GitFailure>> {
  return runGit({
    args: [...FIXED_ARGUMENTS, ...args],
    cwd: guard.commonDir,
    env: {
      ...gitEnvironment(guard.access.env),
      GIT_DIR: options.gitDir ?? guard.commonDir,
      GIT_COMMON_DIR: guard.commonDir,
    },
    ...callOptions(guard, options),
  });
}

/** Only what is set: the call's own defaults hold otherwise. */
function callOptions(guard: Pick<GitGuard, 'access'>, options: GuardedOptions) {
  const { signal } = guard.access;
  return {
    ...(signal === undefined ? {} : { signal }),
    ...(options.input === undefined ? {} : { input: options.input }),
    ...(options.okCodes === undefined ? {} : { okCodes: options.okCodes }),
    ...(options.maxOutputBytes === undefined ? {} : { maxOutputBytes: options.maxOutputBytes }),
    ...(options.onOverflow === undefined ? {} : { onOverflow: options.onOverflow }),
    ...(options.encoding === undefined ? {} : { encoding: options.encoding }),
  };
}

function guardedEnvironment(guard: GitGuard, gitDir: string, options: GuardedOptions) {
  return {
    ...gitEnvironment(guard.access.env),
    // The copy holds the settings of every level, as they were.
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_DIR: gitDir,
    GIT_OBJECT_DIRECTORY: join(guard.commonDir, 'objects'),
    GIT_SHALLOW_FILE: join(guard.commonDir, 'shallow'),
    GIT_COMMITTER_NAME: guard.committer.name,
    GIT_COMMITTER_EMAIL: guard.committer.email,
    ...(options.workTree === undefined ? {} : { GIT_WORK_TREE: options.workTree }),
    ...(options.indexFile === undefined ? {} : { GIT_INDEX_FILE: options.indexFile }),
  };
}
