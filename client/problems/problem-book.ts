/** The problems of all files of a window, kept in step with their runs. Knows the editor only through its ports. */
import type { RunRow } from '../../runtime/protocol.ts';
import type { LoadedRun } from '../runs/runs.ts';
import { readPlaces } from './connector-places.ts';
import { type PlacedProblem, placeProblems } from './placed-problems.ts';
import { problemsOfRuns, type RunProblem } from './run-problems.ts';

/** What the book needs. */
export interface BookPorts {
  /** Rows of the window's runs, newest first. */
  list(): readonly RunRow[];
  /** The run, loaded if it was not; undefined if it cannot be. */
  load(run: string): Promise<LoadedRun | undefined>;
  /** The text of a file as it is now, also unsaved; undefined if there is none. */
  read(file: string): Promise<string | undefined>;
  /** Shows the problems of a file in place of those shown before. */
  show(file: FileProblems): void;
}

/** A file and what is the matter in it. */
export interface FileProblems {
  /** Absolute path. */
  readonly file: string;
  readonly problems: readonly PlacedProblem[];
}

/** Older runs are not asked: what nobody ran in so many runs is out of date. */
const MAX_RUNS = 10;

/** Reads runs, one file after the other, so that a window full of files opens as quickly as an empty one. */
export class ProblemBook {
  readonly #ports: BookPorts;
  /** What the runs of a file say, wherever its text has the phases by now. */
  readonly #known = new Map<string, readonly RunProblem[]>();
  readonly #waiting = new Set<string>();
  #work: Promise<void> = Promise.resolve();

  constructor(ports: BookPorts) {
    this.#ports = ports;
  }

  /** Some run of a file changed, or the file is new here. Resolves when it is shown, or was about to be anyway. */
  refresh(file: string): Promise<void> {
    if (this.#waiting.has(file)) return this.#work;
    this.#waiting.add(file);
    const done = this.#work.then(async () => {
      this.#waiting.delete(file);
      await this.#read(file);
    });
    // The next file is read whatever became of this one.
    this.#work = done.catch(() => {});
    return done;
  }

  /** The runs of the window changed as a whole: every file is looked at again. */
  async refreshAll(): Promise<void> {
    const files = new Set([...this.#ports.list().map(({ file }) => file), ...this.#known.keys()]);
    await Promise.all([...files].filter(file => file !== '').map(file => this.refresh(file)));
  }

  /** The text of a file may be another one; a file that nobody ran is none of ours. */
  async refreshKnown(file: string): Promise<void> {
    if (this.#known.has(file) || this.#ports.list().some(row => row.file === file)) await this.refresh(file);
  }

  /** The text of a file changed: its problems move with it. Nothing is asked of the daemon. */
  place(file: string, text: string): void {
    const known = this.#known.get(file);
    if (known === undefined || known.length === 0) return;
    this.#ports.show({ file, problems: placeProblems(readPlaces(text), known) });
  }

  async #read(file: string): Promise<void> {
    const places = readPlaces((await this.#ports.read(file)) ?? '');
    const rows = this.#ports.list().filter(row => row.file === file);
    const problems = await this.#problemsOf(rows, places.phases);
    const had = this.#known.get(file) ?? [];
    this.#known.set(file, problems);
    if (had.length === 0 && problems.length === 0) return;
    this.#ports.show({ file, problems: placeProblems(places, problems) });
  }

  async #problemsOf(rows: readonly RunRow[], phases: readonly string[]): Promise<readonly RunProblem[]> {
    const runs: LoadedRun[] = [];
    for (const { run } of rows.slice(0, MAX_RUNS)) {
      const loaded = await this.#ports.load(run);
      if (loaded === undefined) continue;
      runs.push(loaded);
      const { problems, undecided } = problemsOfRuns(runs, phases);
      if (undecided.length === 0) return problems;
    }
    return problemsOfRuns(runs, phases).problems;
  }
}
