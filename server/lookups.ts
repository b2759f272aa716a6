/** Answers that have to be looked up: given at once if they are known, looked up in the background if not. */

interface Entry {
  /** The last answer; kept while a newer one is looked up. */
  answer?: { readonly value: unknown };
  /** When the answer stops being good, in ms of `performance.now()`. */
  goodUntil: number;
  /** What it was found in has changed. */
  isOutdated?: boolean;
  lookup?: Promise<void>;
}

type Listener = () => void;

/** Answers that are good for longer change seldom: while they are looked up again the old one does. In ms. */
const longMs = 10_000;

/** More answers than this are dropped, oldest first: a server runs for weeks. */
const maxEntries = 5000;

/** A cache of lookups by key. */
export class Lookups {
  readonly #entries = new Map<string, Entry>();
  readonly #listeners: Listener[] = [];
  #pending = 0;

  /** How many lookups are under way that are worth to wait for: there is no answer yet, or it may be wrong. */
  get pending(): number {
    return this.#pending;
  }

  /**
   * The last answer for the key, or undefined if there is none. Starts a lookup if there is none or it is older than
   * `maxAgeMs`. A lookup that fails answers `otherwise`.
   */
  get<T>(key: string, maxAgeMs: number, lookup: () => Promise<T>, otherwise: T): T | undefined {
    const entry = this.#entryFor(key);
    if (entry.lookup === undefined && entry.goodUntil <= performance.now()) {
      this.#start(entry, maxAgeMs, lookup, otherwise);
    }
    // Under a key stands only what its own lookup found.
    return entry.answer?.value as T | undefined;
  }

  /** Makes answers be looked up again when they are next asked for. */
  invalidate(isTouched: (key: string) => boolean): void {
    for (const [key, entry] of this.#entries) {
      if (!isTouched(key)) continue;
      entry.goodUntil = 0;
      entry.isOutdated = true;
    }
  }

  /** Resolves when no lookup is under way, or after the time. */
  async settled(timeoutMs: number): Promise<void> {
    const lookups = [...this.#entries.values()].flatMap(({ lookup }) => lookup ?? []);
    if (lookups.length === 0) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const timeout = new Promise<void>(resolve => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([Promise.all(lookups), timeout]);
    clearTimeout(timer);
  }

  /** Called when an answer has become known, or differs from the one before. */
  onDidChange(listener: Listener): void {
    this.#listeners.push(listener);
  }

  #entryFor(key: string): Entry {
    const known = this.#entries.get(key);
    if (known) return known;
    if (this.#entries.size >= maxEntries) this.#dropOldest();
    const entry: Entry = { goodUntil: 0 };
    this.#entries.set(key, entry);
    return entry;
  }

  #dropOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #start<T>(entry: Entry, maxAgeMs: number, lookup: () => Promise<T>, otherwise: T): void {
    const isWaitedFor = entry.answer === undefined || entry.isOutdated === true || maxAgeMs < longMs;
    if (isWaitedFor) this.#pending++;
    entry.isOutdated = false;
    const finish = (value: T): void => {
      const isNews = JSON.stringify(entry.answer?.value) !== JSON.stringify(value);
      entry.answer = { value };
      entry.goodUntil = performance.now() + maxAgeMs;
      delete entry.lookup;
      if (isWaitedFor) this.#pending--;
      if (isNews) for (const listener of this.#listeners) listener();
    };
    // `lookup` may throw before it gives a promise.
    entry.lookup = Promise.resolve()
      .then(lookup)
      .then(finish, () => finish(otherwise));
  }
}
