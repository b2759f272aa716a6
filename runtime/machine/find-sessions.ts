import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Newest runs whose journals are searched; older sessions must still have their worktree. */
const MAX_RUNS = 200;

/**
 * Which worktree sessions can be gone on with (spec §3 `resume`): those whose worktree is there, and those whose worktree
 * a run's journal remembers, as a removed one is made again from its branch.
 */
export async function findSessions(
  slugs: readonly string[],
  worktreeBase: string,
  runsDir: string,
): Promise<Readonly<Record<string, 'found' | 'not-found'>>> {
  const found = new Map<string, 'found' | 'not-found'>();
  await Promise.all(
    slugs.map(async slug =>
      found.set(slug, (await isDirectory(join(worktreeBase, slug))) ? 'found' : 'not-found'),
    ),
  );
  const open = new Set(slugs.filter(slug => found.get(slug) === 'not-found'));
  const runs = open.size === 0 ? [] : await newestRuns(runsDir);
  for (const run of runs) {
    if (open.size === 0) break;
    for (const slug of await slugsOf(join(runsDir, run, 'journal.ndjson'))) {
      if (open.delete(slug)) found.set(slug, 'found');
    }
  }
  return Object.fromEntries(found);
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function newestRuns(runsDir: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(runsDir);
  } catch {
    // No run has ever been made.
    return [];
  }
  const dated = await Promise.all(
    names.map(async name => ({ name, at: await changeTime(join(runsDir, name)) })),
  );
  return dated
    .sort((a, b) => b.at - a.at)
    .slice(0, MAX_RUNS)
    .map(({ name }) => name);
}

async function changeTime(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs;
  } catch {
    return 0;
  }
}

/** Only a hint for the planner: a line that cannot be read is passed over, the daemon judges journals. */
async function slugsOf(journal: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = await readFile(journal, 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap(line => {
    if (!line.includes('"worktree-ready"')) return [];
    return slugIn(line) ?? [];
  });
}

function slugIn(line: string): string | undefined {
  try {
    const event: unknown = JSON.parse(line);
    if (typeof event !== 'object' || event === null || !('slug' in event)) return undefined;
    return typeof event.slug === 'string' ? event.slug : undefined;
  } catch {
    return undefined;
  }
}
