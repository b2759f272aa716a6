/** The files that belong to problems, looked up once for each attempt of a worker and then remembered. */
import { join } from 'node:path';
import type { LoadedRun } from '../runs/runs.ts';
import { findNamedFiles, type NamedFile } from './named-files.ts';
import { findOutputLocations } from './output-locations.ts';
import type { RunProblem } from './run-problems.ts';
import { readOutputTail } from './worker-output.ts';

/** Problems looked up; older ones are forgotten. */
const MAX_REMEMBERED = 200;

/** Looks files up. */
export class RelatedFiles {
  readonly #loaded: (run: string) => LoadedRun | undefined;
  readonly #known = new Map<string, readonly NamedFile[]>();

  /** @param loaded what is known of a run */
  constructor(loaded: (run: string) => LoadedRun | undefined) {
    this.#loaded = loaded;
  }

  /** What was found for a problem; undefined until `find` has looked. */
  known(problem: RunProblem): readonly NamedFile[] | undefined {
    return this.#known.get(keyOf(problem));
  }

  /** Looks into the output of the problem's worker. */
  async find(problem: RunProblem): Promise<void> {
    const key = keyOf(problem);
    if (this.#known.has(key)) return;
    const files = await this.#find(problem);
    this.#known.set(key, files);
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_REMEMBERED && oldest !== undefined) this.#known.delete(oldest);
  }

  async #find({ run, worker, conflicts, severity }: RunProblem): Promise<readonly NamedFile[]> {
    const loaded = this.#loaded(run);
    if (loaded === undefined || severity === 'info') return [];
    const root = loaded.plan.repository?.root;
    const dir = worker?.dir ?? root ?? loaded.plan.workspace;
    const folders = { dir, ...(root !== undefined && { root }) };
    if (conflicts !== undefined)
      return await findNamedFiles(
        conflicts.map(path => ({ path, line: 1, message: '' })),
        folders,
      );
    if (worker?.session === undefined) return [];
    const output = await readOutputTail(join(loaded.dir, 'sessions', `${worker.session}.cast`));
    return await findNamedFiles(findOutputLocations(output), folders);
  }
}

/** What is looked for depends on nothing else. */
function keyOf({ run, phase, worker, code }: RunProblem): string {
  return [run, phase, worker?.key ?? '', worker?.attempt ?? 0, worker?.session ?? '', code].join('\n');
}
