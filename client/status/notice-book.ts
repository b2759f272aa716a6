/** Remembers what a window's person was told, so that nobody is told twice, also after a reload. */
import type { RunView } from '../../runtime/engine/projections.ts';
import { type Notice, noticesOf } from './notices.ts';

/** Where the memory is kept: a `Memento` of the editor. */
export interface NoticeMemory {
  get(key: string): unknown;
  update(key: string, value: unknown): PromiseLike<void>;
}

const TOLD = 'niia.notices.told';
const WATCHED = 'niia.notices.watched';
/** Entries kept of each: older ones belong to runs long gone. */
const MAX_ENTRIES = 500;

/** The memory of one workspace. */
export class NoticeBook {
  readonly #memory: NoticeMemory;
  readonly #told: Set<string>;
  /** Runs that were seen unfinished: only their failures are news. */
  readonly #watched: Set<string>;

  constructor(memory: NoticeMemory) {
    this.#memory = memory;
    this.#told = new Set(texts(memory.get(TOLD)));
    this.#watched = new Set(texts(memory.get(WATCHED)));
  }

  /** What is to be told of a run now. It counts as told with this call. */
  news(view: RunView): readonly Notice[] {
    if (view.state !== 'ended') this.#watch(view.run);
    else if (!this.#watched.has(view.run)) return [];
    const fresh = noticesOf(view).filter(({ key }) => !this.#told.has(key));
    if (fresh.length === 0) return [];
    for (const { key } of fresh) this.#told.add(key);
    void this.#memory.update(TOLD, [...this.#told].slice(-MAX_ENTRIES));
    return fresh;
  }

  #watch(run: string): void {
    if (this.#watched.has(run)) return;
    this.#watched.add(run);
    void this.#memory.update(WATCHED, [...this.#watched].slice(-MAX_ENTRIES));
  }
}

function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter(each => typeof each === 'string') : [];
}
