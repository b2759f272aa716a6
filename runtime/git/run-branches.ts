import { nameKey, numberedName, safeName } from './safe-name.ts';

/** The branch a run collects its merged work on (spec §5.4). */
export function runBranch(run: string): string {
  return `niia/${safeName(run)}/head`;
}

/** The branch of one worker (design §3). */
export function workerBranch(run: string, phase: string, worker: string): string {
  return `niia/${safeName(run)}/w/${safeName(phase)}/${safeName(worker)}`;
}

/** The slug of a worker that names none: `<name>-<phase>-<worker>` (spec §3 `worktree`). */
export function defaultSlug(name: string, phase: string, worker: string): string {
  return safeName(`${name}-${phase}-${worker}`);
}

/**
 * Makes names different from each other on every file system, in order: the first keeps its name, a later one that
 * equals an earlier one gets the next free number.
 */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names.map(nameKey));
  const used = new Set<string>();
  return names.map(name => {
    let candidate = name;
    for (let n = 2; used.has(nameKey(candidate)); n += 1) {
      const next = numberedName(name, n);
      if (!taken.has(nameKey(next))) candidate = next;
    }
    used.add(nameKey(candidate));
    return candidate;
  });
}
