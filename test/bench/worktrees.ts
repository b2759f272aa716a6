import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { GitAccess } from '../../runtime/git/git-environment.ts';
import type { GitGuard } from '../../runtime/git/git-guard.ts';
import { openGuard } from '../../runtime/git/open-guard.ts';
import { prepareWorktree } from '../../runtime/git/prepare-worktree.ts';
import { defaultWorktreesDir, readRepository } from '../../runtime/git/repository.ts';
import { type BenchRow, median } from './row.ts';
import { memoryFolder } from './support/memory-folder.ts';

const WORKTREES = 32;
const ROUNDS = 5;

/** A repository as large as facts about worktrees are usually given for. */
interface Size {
  readonly name: string;
  readonly files: number;
  readonly bytes: number;
  readonly worktrees: number;
  readonly rounds: number;
}

const SIZES: readonly Size[] = [
  { name: '60 files', files: 60, bytes: 5_000, worktrees: WORKTREES, rounds: ROUNDS },
  { name: '2,000 files', files: 2000, bytes: 5_000, worktrees: 8, rounds: 3 },
];

/**
 * Worktrees made per second, all of them asked for at once, against plain `git worktree add` one by one in the same
 * run. Ours are recoverable after a crash, on guarded settings, and safe to make in parallel.
 */
export async function bench(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const size of SIZES) rows.push(await benchSize(size));
  return rows;
}

async function benchSize(size: Size): Promise<BenchRow> {
  const dir = memoryFolder();
  try {
    const access = makeRepository(dir, size);
    const ours: number[] = [];
    const raw: number[] = [];
    for (let round = 0; round < size.rounds; round += 1) {
      // In turns, so that a busy moment of the machine hits both.
      raw.push(size.worktrees / rawSeconds(dir, access, size, round));
      ours.push(size.worktrees / (await ourSeconds(dir, access, size, round)));
    }
    const [value, baseline] = [median(ours), median(raw)];
    const ratio = value / baseline;
    return {
      name: `worktrees per second, ${size.worktrees} at once, ${size.name}`,
      value,
      unit: '1/s',
      baseline,
      ratio,
      goal: '≥ 1 × raw git, one by one',
      isMet: ratio >= 1,
      runs: ours,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function makeRepository(dir: string, size: Size): GitAccess {
  const repo = join(dir, 'repo');
  mkdirSync(join(dir, 'home'));
  writeFileSync(join(dir, 'home', 'gitconfig'), '[user]\n\tname = B\n\temail = b@example.com\n');
  for (let i = 0; i < size.files; i += 1) {
    const file = join(repo, `d${i % 40}`, `f${i}.txt`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${i}\n`.repeat(size.bytes / 5));
  }
  const access = {
    env: {
      PATH: process.env.PATH,
      HOME: join(dir, 'home'),
      GIT_CONFIG_GLOBAL: join(dir, 'home', 'gitconfig'),
    },
  };
  git(repo, access, 'init', '--quiet', '--initial-branch=main');
  git(repo, access, 'add', '-A');
  git(repo, access, 'commit', '--quiet', '-m', 'base');
  return access;
}

function git(cwd: string, access: GitAccess, ...args: readonly string[]): string {
  return execFileSync('git', [...args], { cwd, env: access.env, encoding: 'utf8' }).trim();
}

function rawSeconds(dir: string, access: GitAccess, size: Size, round: number): number {
  const repo = join(dir, 'repo');
  const start = performance.now();
  for (let i = 0; i < size.worktrees; i += 1) {
    git(repo, access, 'worktree', 'add', '--quiet', '-b', `raw-${round}-${i}`, join(dir, 'raw', `${i}`));
  }
  const seconds = (performance.now() - start) / 1000;
  removeTrees(repo, access, join(dir, 'raw'));
  return seconds;
}

async function ourSeconds(dir: string, access: GitAccess, size: Size, round: number): Promise<number> {
  const repo = join(dir, 'repo');
  const guard = await openBenchGuard(repo, join(dir, 'state', `${round}`), access);
  const base = git(repo, access, 'rev-parse', 'HEAD');
  const worktreesDir = defaultWorktreesDir(guard);
  const start = performance.now();
  const prepared = await Promise.all(
    Array.from({ length: size.worktrees }, (_, i) =>
      prepareWorktree(guard, { slug: `w${i}`, branch: `niia/${round}/w/p/${i}`, base, worktreesDir }),
    ),
  );
  const seconds = (performance.now() - start) / 1000;
  const failed = prepared.find(result => !result.ok);
  if (failed !== undefined) throw new Error(JSON.stringify(failed));
  removeTrees(repo, access, worktreesDir);
  return seconds;
}

async function openBenchGuard(repo: string, dir: string, access: GitAccess): Promise<GitGuard> {
  const repository = await readRepository(repo, access);
  if (!repository.ok || repository.value.kind !== 'repository') throw new Error('no repository');
  const guard = await openGuard({ repository: repository.value, dir, access });
  if (!guard.ok) throw new Error(JSON.stringify(guard.failure));
  return guard.value;
}

function removeTrees(repo: string, access: GitAccess, dir: string): void {
  rmSync(dir, { recursive: true, force: true });
  git(repo, access, 'worktree', 'prune');
}
