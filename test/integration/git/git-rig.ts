import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { GitAccess } from '../../../runtime/git/git-environment.ts';
import type { GitGuard } from '../../../runtime/git/git-guard.ts';
import { openGuard } from '../../../runtime/git/open-guard.ts';
import {
  type PreparedWorktree,
  prepareWorktree,
  type WorktreeRequest,
} from '../../../runtime/git/prepare-worktree.ts';
import { defaultWorktreesDir, type Repository, readRepository } from '../../../runtime/git/repository.ts';
import type { Result } from '../../../runtime/result.ts';

/** A throw-away repository with its own home and no configuration but its own. */
export class GitRig implements Disposable {
  readonly dir: string;
  readonly home: string;
  readonly repo: string;
  readonly access: GitAccess;

  constructor(options: { readonly init?: readonly string[] | false; readonly identity?: boolean } = {}) {
    this.dir = realpathSync(mkdtempSync(join(tmpdir(), 'niia-git-')));
    this.home = join(this.dir, 'home');
    this.repo = join(this.dir, 'repo');
    mkdirSync(this.home);
    mkdirSync(this.repo);
    writeFileSync(join(this.home, 'gitconfig'), '');
    this.access = {
      env: {
        PATH: process.env.PATH,
        HOME: this.home,
        GIT_CONFIG_GLOBAL: join(this.home, 'gitconfig'),
        GIT_CONFIG_NOSYSTEM: '1',
      },
    };
    if (options.init === false) return;
    this.git('init', '--quiet', '--initial-branch=main', ...(options.init ?? []));
    if (options.identity === false) return;
    this.git('config', 'user.name', 'User');
    this.git('config', 'user.email', 'user@example.com');
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** Plain git in the user's tree, as the user would call it. */
  git(...args: readonly string[]): string {
    return this.gitAt(this.repo, ...args);
  }

  /** Plain git anywhere, as a worker would call it. */
  gitAt(cwd: string, ...args: readonly string[]): string {
    const env = { ...this.access.env, GIT_TERMINAL_PROMPT: '0' };
    return execFileSync('git', [...args], {
      cwd,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  }

  /** Writes a file, relative to the user's tree unless absolute. */
  write(path: string, text: string): void {
    const file = path.startsWith('/') ? path : join(this.repo, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Writes files and commits them; returns the commit. */
  commit(files: Readonly<Record<string, string>>, message = 'commit'): string {
    for (const [path, text] of Object.entries(files)) this.write(path, text);
    this.git('add', '-A');
    this.git('commit', '--quiet', '-m', message);
    return this.git('rev-parse', 'HEAD');
  }

  async repository(): Promise<Repository> {
    const facts = value(await readRepository(this.repo, this.access));
    assert.equal(facts.kind, 'repository');
    return facts as Repository;
  }

  /** The guard of a run; the same name gives the same guard. */
  async guard(run = 'r1'): Promise<GitGuard> {
    const dir = join(this.dir, 'state', run);
    return value(await openGuard({ repository: await this.repository(), dir, access: this.access }));
  }

  get worktreesDir(): string {
    return defaultWorktreesDir({ root: this.repo, commonDir: join(this.repo, '.git') });
  }

  request(worker: string, base: string, more: Partial<WorktreeRequest> = {}): WorktreeRequest {
    return {
      slug: `slug-${worker}`,
      branch: `niia/r1/w/p1/${worker}`,
      base,
      worktreesDir: this.worktreesDir,
      ...more,
    };
  }

  async prepare(guard: GitGuard, request: WorktreeRequest): Promise<PreparedWorktree> {
    return value(await prepareWorktree(guard, request));
  }

  /** A program that leaves a mark if anybody runs it. */
  trap(): { readonly program: string; hasRun(): boolean } {
    const mark = join(this.dir, 'trap-has-run');
    const program = join(this.dir, 'trap.sh');
    writeFileSync(program, `#!/bin/sh\necho "$@" >> ${mark}\ncat\n`, { mode: 0o755 });
    return {
      program,
      hasRun: () => {
        try {
          return readFileSync(mark, 'utf8') !== '';
        } catch {
          return false;
        }
      },
    };
  }
}

/** The value of a success; fails the test with the failure otherwise. */
export function value<T, F>(result: Result<T, F>): T {
  assert.ok(result.ok, `unexpected failure: ${JSON.stringify(result, undefined, 1)}`);
  return result.value;
}

/** The failure of a result; fails the test where it is a success. */
export function failure<T, F>(result: Result<T, F>): F {
  assert.ok(!result.ok, `unexpected success: ${JSON.stringify(result, undefined, 1)}`);
  return result.failure;
}
