import { constants, type Stats } from 'node:fs';
import { copyFile, lstat, mkdir, readdir, readFile, realpath, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import createIgnore, { type Ignore } from 'ignore';
import { ok, type Result } from '../result.ts';
import type { GitAccess } from './git-environment.ts';
import { gitIn } from './repository.ts';
import type { GitFailure } from './run-git.ts';
import { splitNul } from './tree-listing.ts';

/** The file of the workspace that names what a new worktree gets copied (spec §3 `setup`). */
export const INCLUDE_FILE = '.worktreeinclude';

const MAX_FILES = 10_000;
const MAX_BYTES = 512 * 1024 * 1024;

/** What came into a new worktree beside the commit's files. */
export interface Inclusion {
  /** Paths (relative, `/`) that no commit of ours may take: files may hold secrets. */
  readonly excluded: readonly string[];
  /** What was named but not brought, and why; for the run's notes. */
  readonly skipped: readonly { readonly path: string; readonly reason: SkipReason }[];
}

/** Why a named file or directory was not brought. */
export type SkipReason = 'link' | 'exists' | 'too_much' | 'missing' | 'unreadable' | 'behind_link';

/** Where from and where to. */
export interface InclusionRequest {
  /** The user's working tree. */
  readonly workspace: string;
  /** The new worktree. */
  readonly target: string;
  /** Directories (relative, `/`) that are linked instead of copied: `node_modules` and the like. */
  readonly linkedDirectories: readonly string[];
  readonly access: GitAccess;
}

/**
 * Copies the files that `.worktreeinclude` names (gitignore syntax) from the workspace into a new worktree, and links
 * the heavy directories. Only files that git does not track; links are not copied and not followed, nothing that
 * exists is overwritten, at most 10,000 files and 512 MiB. A pattern without a slash does not reach into ignored
 * directories: `.env` is not searched for in `node_modules`.
 */
export async function includeFiles(request: InclusionRequest): Promise<Result<Inclusion, GitFailure>> {
  const copying = new Copying(request);
  for (const path of request.linkedDirectories) await copying.link(path);
  const patterns = await readFile(join(request.workspace, INCLUDE_FILE), 'utf8').catch(() => undefined);
  if (patterns === undefined) return ok(copying.inclusion);
  const candidates = await listUntracked(request);
  if (!candidates.ok) return candidates;
  const matcher = createIgnore().add(patterns);
  const prefixes = anchoredPrefixes(patterns);
  for (const candidate of candidates.value) {
    await visit(copying, { matcher, prefixes }, candidate);
  }
  return ok(copying.inclusion);
}

interface Rules {
  readonly matcher: Ignore;
  /** Directories that patterns with a slash begin in. */
  readonly prefixes: readonly string[];
}

/** A candidate that ends in a slash is a directory without any tracked file. */
async function visit(copying: Copying, rules: Rules, candidate: string): Promise<void> {
  if (copying.isLinked(candidate)) return;
  if (rules.matcher.ignores(candidate)) {
    await copying.copy(candidate.replace(/\/$/, ''));
    return;
  }
  if (!candidate.endsWith('/')) return;
  if (!rules.prefixes.some(prefix => prefix.startsWith(candidate) || candidate.startsWith(prefix))) return;
  for (const entry of await copying.list(candidate)) await visit(copying, rules, entry);
}

async function listUntracked(request: InclusionRequest): Promise<Result<readonly string[], GitFailure>> {
  const args = ['ls-files', '--others', '--directory', '-z'];
  const [ignored, others] = await Promise.all([
    gitIn(request.workspace, request.access, [...args, '--ignored', '--exclude-standard']),
    gitIn(request.workspace, request.access, [...args, '--exclude-standard']),
  ]);
  if (!ignored.ok) return ignored;
  if (!others.ok) return others;
  return ok([...new Set([...splitNul(ignored.value.stdout), ...splitNul(others.value.stdout)])].sort());
}

/** `config/local/*.json` begins in `config/local/`; patterns that begin with a wildcard begin nowhere. */
function anchoredPrefixes(patterns: string): readonly string[] {
  return patterns
    .split(/\r?\n/)
    .map(line => line.trim().replace(/^[!/]+/, ''))
    .filter(line => line !== '' && !line.startsWith('#') && line.replace(/\/$/, '').includes('/'))
    .map(line => line.slice(0, line.search(/[*?[]|$/)))
    .map(line => line.slice(0, line.lastIndexOf('/') + 1))
    .filter(prefix => prefix !== '');
}

/** Brings files over, and keeps count. */
class Copying {
  readonly #request: InclusionRequest;
  readonly #excluded: string[] = [];
  readonly #skipped: { path: string; reason: SkipReason }[] = [];
  #files = 0;
  #bytes = 0;

  constructor(request: InclusionRequest) {
    this.#request = request;
  }

  get inclusion(): Inclusion {
    return { excluded: this.#excluded, skipped: this.#skipped };
  }

  isLinked(candidate: string): boolean {
    const bare = candidate.replace(/\/$/, '');
    return this.#request.linkedDirectories.some(path => bare === path || bare.startsWith(`${path}/`));
  }

  /** The untracked entries of a directory of the workspace, directories with a slash at the end. */
  async list(directory: string): Promise<readonly string[]> {
    const entries = await readdir(join(this.#request.workspace, directory), { withFileTypes: true }).catch(
      () => [],
    );
    return entries
      .filter(entry => entry.name !== '.git')
      .map(entry => `${directory}${entry.name}${entry.isDirectory() ? '/' : ''}`)
      .sort();
  }

  async link(path: string): Promise<void> {
    const from = join(this.#request.workspace, path);
    const info = await lstat(from).catch(() => undefined);
    if (!info?.isDirectory()) return this.#skip(path, 'missing');
    if (!(await this.#makeParent(path))) return;
    try {
      await symlink(await realpath(from), join(this.#request.target, path), 'junction');
      this.#excluded.push(path);
    } catch (error) {
      this.#skip(path, reasonOf(error));
    }
  }

  async copy(path: string): Promise<void> {
    const info = await lstat(join(this.#request.workspace, path)).catch(() => undefined);
    if (info === undefined) return this.#skip(path, 'missing');
    // First of all: whatever comes of the copy, the worker's own file of that name may hold the same secret.
    this.#excluded.push(path);
    await this.#copyEntry(path, info);
  }

  async #copyEntry(path: string, info: Stats): Promise<void> {
    if (info.isDirectory()) {
      const entries = await readdir(join(this.#request.workspace, path)).catch(() => []);
      for (const name of entries) {
        const child = `${path}/${name}`;
        const childInfo = await lstat(join(this.#request.workspace, child)).catch(() => undefined);
        if (childInfo !== undefined && name !== '.git') await this.#copyEntry(child, childInfo);
      }
    } else if (info.isFile()) {
      await this.#copyFile(path, info.size);
    } else {
      this.#skip(path, 'link');
    }
  }

  async #copyFile(path: string, size: number): Promise<void> {
    if (this.#files + 1 > MAX_FILES || this.#bytes + size > MAX_BYTES) return this.#skip(path, 'too_much');
    if (!(await this.#makeParent(path))) return;
    try {
      const flags = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE;
      await copyFile(join(this.#request.workspace, path), join(this.#request.target, path), flags);
      this.#files += 1;
      this.#bytes += size;
    } catch (error) {
      this.#skip(path, reasonOf(error));
    }
  }

  /** Makes the directories above a path, one by one: a link among them, committed by a worker, would lead us out. */
  async #makeParent(path: string): Promise<boolean> {
    const parts = dirname(path) === '.' ? [] : dirname(path).split('/');
    let current = this.#request.target;
    for (const part of parts) {
      current = join(current, part);
      const info = await lstat(current).catch(() => undefined);
      if (info === undefined) {
        await mkdir(current).catch(() => {});
      } else if (!info.isDirectory()) {
        this.#skip(path, 'behind_link');
        return false;
      }
    }
    return true;
  }

  #skip(path: string, reason: SkipReason): void {
    if (this.#skipped.length < MAX_FILES) this.#skipped.push({ path, reason });
  }
}

function reasonOf(error: unknown): SkipReason {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST' ? 'exists' : 'unreadable';
}
