import {
  copyFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { ok, type Result } from '../result.ts';
import type { GitAccess } from './git-environment.ts';
import { type GitGuard, type Identity, standInDir } from './git-guard.ts';
import {
  belongsInGuard,
  formatSettings,
  type GitSetting,
  isProgramSetting,
  parseSettings,
} from './program-settings.ts';
import { gitIn, type Repository } from './repository.ts';
import type { GitFailure } from './run-git.ts';

/** Address of authors and committers that have none of their own; `.invalid` never receives mail (RFC 2606). */
export const NO_REPLY_EMAIL = 'noreply@niia.invalid';

/** Name of the file beside the stand-in that holds what else is remembered. */
const SNAPSHOT_FILE = 'guard.json';

interface Snapshot {
  readonly committer: Identity;
  /** The program-running settings of the user before the run. */
  readonly programs: readonly GitSetting[];
}

/** What a guard is opened with. */
export interface GuardOptions {
  readonly repository: Repository;
  /** A directory for this run alone, in its state; made if missing. */
  readonly dir: string;
  readonly access: GitAccess;
}

/**
 * Opens the guard of a run (design §4, "A worker's worktree is hostile"). The first opening copies the configuration,
 * so it must happen before the run's first worker starts; a later one, after a restart, finds the copy and keeps it.
 */
export async function openGuard({
  repository,
  dir,
  access,
}: GuardOptions): Promise<Result<GitGuard, GitFailure>> {
  const known = await readSnapshot(dir);
  const snapshot = known === undefined ? await takeSnapshot(repository, dir, access) : ok(known);
  if (!snapshot.ok) return snapshot;
  const { root, commonDir, gitVersion } = repository;
  return ok({ dir, root, commonDir, gitVersion, committer: snapshot.value.committer, access });
}

/**
 * Program-running settings that are in the repository's configuration by now but were not, or not so, before the run:
 * a worker planted them. Callers that must use the user's own configuration override them, and tell the user.
 */
export async function plantedPrograms(guard: GitGuard): Promise<Result<readonly GitSetting[], GitFailure>> {
  const now = await gitIn(guard.root, guard.access, ['config', '--list', '--null', '--includes']);
  if (!now.ok) return now;
  const before = new Set((await readSnapshot(guard.dir))?.programs.map(describeSetting));
  const planted = parseSettings(now.value.stdout).filter(
    setting => isProgramSetting(setting.name) && !before.has(describeSetting(setting)),
  );
  return ok(planted.filter(setting => !isOurOwn(setting)));
}

/** Settings (for `-c`) that switch planted programs off. An empty program is none to git. */
export function withoutPrograms(planted: readonly GitSetting[]): readonly string[] {
  return planted
    .map(({ name }) => name)
    .filter(name => !ALWAYS_OFF.has(name))
    .map(name => (name.endsWith('.required') ? `${name}=false` : `${name}=`));
}

/** Every call of ours switches these off already, by values that mean more than an empty one. */
const ALWAYS_OFF = new Set(['core.hookspath', 'core.fsmonitor']);

/**
 * Makes another stand-in git directory with the guard's configuration, for work that needs a HEAD and an index of its
 * own. The caller removes it.
 */
export async function createStandIn(guard: GitGuard, dir: string, head: string): Promise<void> {
  const source = standInDir(guard);
  await mkdir(join(dir, 'info'), { recursive: true });
  await mkdir(join(dir, 'refs'));
  await mkdir(join(dir, 'objects'));
  await copyFile(join(source, 'config'), join(dir, 'config'));
  await writeFile(join(dir, 'HEAD'), `${head}\n`);
}

async function readSnapshot(dir: string): Promise<Snapshot | undefined> {
  try {
    // Written by us, in our own state directory.
    return JSON.parse(await readFile(join(dir, SNAPSHOT_FILE), 'utf8')) as Snapshot;
  } catch {
    return undefined;
  }
}

async function takeSnapshot(
  repository: Repository,
  dir: string,
  access: GitAccess,
): Promise<Result<Snapshot, GitFailure>> {
  const listed = await gitIn(repository.root, access, ['config', '--list', '--null', '--includes']);
  if (!listed.ok) return listed;
  const settings = parseSettings(listed.value.stdout).filter(setting => !isOurOwn(setting));
  const snapshot: Snapshot = {
    committer: await readCommitter(repository.root, access),
    programs: settings.filter(setting => isProgramSetting(setting.name)),
  };
  await writeStandIn(repository, dir, settings);
  // Last and by rename: where this file is, everything before it is whole.
  const draft = join(dir, `${SNAPSHOT_FILE}.new`);
  await writeFile(draft, JSON.stringify(snapshot), { mode: 0o600 });
  await rename(draft, join(dir, SNAPSHOT_FILE));
  return ok(snapshot);
}

/** Settings that `git config --list` shows because we gave them with `-c`. */
function isOurOwn({ name, value }: GitSetting): boolean {
  if (name === 'core.hookspath') return value === '/dev/null';
  return name === 'core.fsmonitor' && value === 'false';
}

function describeSetting(setting: GitSetting): string {
  return `${setting.name}\n${setting.value ?? ''}`;
}

async function writeStandIn(
  repository: Repository,
  dir: string,
  settings: readonly GitSetting[],
): Promise<void> {
  const target = standInDir({ dir });
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await rm(target, { recursive: true, force: true });
  const draft = await mkdtemp(join(dir, 'git-'));
  await mkdir(join(draft, 'refs'));
  await mkdir(join(draft, 'objects'));
  await mkdir(join(draft, 'info'));
  await mkdir(join(dir, 'tmp'), { recursive: true });
  await mkdir(join(dir, 'worktrees'), { recursive: true });
  await writeFile(join(draft, 'HEAD'), 'ref: refs/heads/none\n');
  await writeFile(join(draft, 'config'), formatSettings(guardSettings(repository, settings)), {
    mode: 0o600,
  });
  for (const name of ['exclude', 'attributes']) {
    await copyIfPresent(join(repository.commonDir, 'info', name), join(draft, 'info', name));
  }
  await linkForeignDirectories(repository.commonDir, draft);
  await rename(draft, target);
}

function guardSettings(repository: Repository, settings: readonly GitSetting[]): readonly GitSetting[] {
  const kept = settings.filter(setting => belongsInGuard(setting.name) && setting.name !== 'lfs.storage');
  const lfs = settings.findLast(setting => setting.name === 'lfs.storage')?.value ?? 'lfs';
  return [
    ...kept,
    { name: 'core.bare', value: 'false' },
    // LFS looks beside the git directory it is given; large files must land in the repository's own store.
    { name: 'lfs.storage', value: isAbsolute(lfs) ? lfs : join(repository.commonDir, lfs) },
  ];
}

async function copyIfPresent(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to);
  } catch {
    // Most repositories have neither file.
  }
}

/** Directories of a git directory that are git's own; all others belong to tools (git-crypt, annex). */
const GIT_DIRECTORIES = new Set(
  'objects refs logs info hooks worktrees modules reftable branches rr-cache lfs sequencer rebase-merge rebase-apply'.split(
    ' ',
  ),
);

/** The user's filters find their keys and caches beside the git directory: link what they put there. */
async function linkForeignDirectories(commonDir: string, standIn: string): Promise<void> {
  const entries = await readdir(commonDir, { withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isDirectory() || GIT_DIRECTORIES.has(entry.name)) continue;
    await symlink(join(commonDir, entry.name), join(standIn, entry.name), 'junction');
  }
}

/** The user's own identity as git would use it, or a fallback where none is configured. */
async function readCommitter(cwd: string, access: GitAccess): Promise<Identity> {
  const settings = ['user.useConfigOnly=true'];
  const identity = await gitIn(cwd, access, ['var', 'GIT_COMMITTER_IDENT'], { settings });
  const match = identity.ok ? /^(.*) <([^>]*)> \d+ [+-]\d+$/.exec(identity.value.stdout.trim()) : null;
  return { name: match?.[1] || 'niia', email: match?.[2] || NO_REPLY_EMAIL };
}

/** The directory that temporary indexes and trees of a guard live in. */
export function guardTemporaryDir(guard: Pick<GitGuard, 'dir'>): string {
  return join(guard.dir, 'tmp');
}
