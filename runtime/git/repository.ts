import { realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { err, ok, type Result } from '../result.ts';
import { FIXED_ARGUMENTS, type GitAccess, gitEnvironment } from './git-environment.ts';
import { type GitFailure, type GitOutput, runGit } from './run-git.ts';

/** What HEAD of the user's working tree is. */
export type Head =
  | { readonly kind: 'branch'; readonly branch: string; readonly commit: string }
  | { readonly kind: 'detached'; readonly commit: string }
  | { readonly kind: 'unborn'; readonly branch: string };

/** A repository as found from a directory in it. */
export interface Repository {
  readonly kind: 'repository';
  /** Top of the working tree that the directory belongs to; the repository itself where it is bare. */
  readonly root: string;
  /** The git directory that all working trees share; absolute, links resolved. */
  readonly commonDir: string;
  readonly isBare: boolean;
  readonly objectFormat: 'sha1' | 'sha256';
  readonly head: Head;
  /** Uncommitted changes or untracked files in the working tree. */
  readonly isDirty: boolean;
  /** Major and minor version of git. */
  readonly gitVersion: readonly [number, number];
}

/** A directory that no repository contains: in-place work only (spec §3 `worktree`). */
export interface NoRepository {
  readonly kind: 'no_repository';
  readonly cwd: string;
}

/** Finds the repository of a directory and what the planner wants to know about it. Changes nothing. */
export async function readRepository(
  cwd: string,
  access: GitAccess,
): Promise<Result<Repository | NoRepository, GitFailure>> {
  const found = await gitIn(cwd, access, ['rev-parse', '--git-common-dir', '--is-bare-repository']);
  if (!found.ok) {
    const isNone = /not a git repository/i.test(found.failure.stderrTail);
    return isNone ? ok({ kind: 'no_repository', cwd }) : found;
  }
  const [commonText = '', bareText] = found.value.stdout.trimEnd().split('\n');
  const commonDir = await realpath(resolve(cwd, commonText));
  const [root, format, head, version, status] = await Promise.all([
    bareText === 'true' ? commonDir : readRoot(cwd, access),
    gitIn(cwd, access, ['rev-parse', '--show-object-format']),
    readHead(cwd, access),
    readGitVersion(cwd, access),
    bareText === 'true' ? undefined : readDirtiness(cwd, access),
  ]);
  if (!head.ok) return head;
  if (!version.ok) return version;
  if (status !== undefined && !status.ok) return status;
  return ok({
    kind: 'repository',
    root,
    commonDir,
    isBare: bareText === 'true',
    // Git before 2.25 does not know the question, nor any other format.
    objectFormat: format.ok && format.value.stdout.trim() === 'sha256' ? 'sha256' : 'sha1',
    head: head.value,
    isDirty: status?.value ?? false,
    gitVersion: version.value,
  });
}

/** The folder that holds a repository's worktrees: `<repo parent>/<repo>.worktrees` (design §5). */
export function defaultWorktreesDir(repository: Pick<Repository, 'root' | 'commonDir'>): string {
  const main = basename(repository.commonDir) === '.git' ? dirname(repository.commonDir) : repository.root;
  return join(dirname(main), `${basename(main).replace(/\.git$/, '')}.worktrees`);
}

/** Runs git for the user, in the user's own tree: found from the directory, with the user's configuration. */
export function gitIn(
  cwd: string,
  access: GitAccess,
  args: readonly string[],
  options: { readonly okCodes?: readonly number[]; readonly settings?: readonly string[] } = {},
): Promise<Result<GitOutput, GitFailure>> {
  const settings = (options.settings ?? []).flatMap(setting => ['-c', setting]);
  return runGit({
    args: [...FIXED_ARGUMENTS, ...settings, ...args],
    cwd,
    env: gitEnvironment(access.env),
    ...(access.signal === undefined ? {} : { signal: access.signal }),
    ...(options.okCodes === undefined ? {} : { okCodes: options.okCodes }),
  });
}

async function readRoot(cwd: string, access: GitAccess): Promise<string> {
  const top = await gitIn(cwd, access, ['rev-parse', '--show-toplevel']);
  return top.ok ? resolve(top.value.stdout.trimEnd()) : cwd;
}

async function readHead(cwd: string, access: GitAccess): Promise<Result<Head, GitFailure>> {
  const okCodes = [0, 1];
  const [symbolic, verified] = await Promise.all([
    gitIn(cwd, access, ['symbolic-ref', '-q', 'HEAD'], { okCodes }),
    gitIn(cwd, access, ['rev-parse', '-q', '--verify', 'HEAD^{commit}'], { okCodes }),
  ]);
  if (!symbolic.ok) return symbolic;
  if (!verified.ok) return verified;
  const branch = symbolic.value.stdout.trim().replace(/^refs\/heads\//, '');
  const commit = verified.value.stdout.trim();
  if (commit === '') return ok({ kind: 'unborn', branch });
  return ok(branch === '' ? { kind: 'detached', commit } : { kind: 'branch', branch, commit });
}

async function readDirtiness(cwd: string, access: GitAccess): Promise<Result<boolean, GitFailure>> {
  const status = await gitIn(cwd, access, ['status', '--porcelain', '-z', '--ignore-submodules=dirty']);
  return status.ok ? ok(status.value.stdout !== '') : status;
}

async function readGitVersion(
  cwd: string,
  access: GitAccess,
): Promise<Result<readonly [number, number], GitFailure>> {
  const version = await gitIn(cwd, access, ['--version']);
  if (!version.ok) return version;
  const match = /(\d+)\.(\d+)/.exec(version.value.stdout);
  if (match === null) {
    const stderrTail = `cannot read a version from "${version.value.stdout.trim()}"`;
    return err({ kind: 'git', reason: 'not_started', command: 'git --version', stderrTail });
  }
  return ok([Number(match[1]), Number(match[2])]);
}
