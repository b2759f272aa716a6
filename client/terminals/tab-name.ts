/** Keeps the name of a terminal's tab as its worker is. */
import type { Clock } from './clock.ts';
import { Throttle } from './throttle.ts';

/** The tab. */
export interface NamedTab {
  /** Gives it a name. */
  rename(name: string): void;
  /** The name it bears; undefined while VS Code has made none. */
  shown(): string | undefined;
}

/** Names change at most this often, in ms: every change redraws the tabs. */
const QUIET_MS = 500;

/** Pause before a name is looked for in the tab, in ms; doubled after every time that it was not there. */
const CHECK_MS = 1000;

/** Times that a name is given again. Somebody may have called the tab otherwise. */
const MAX_REPEATS = 3;

/**
 * The name of one tab. While a terminal comes up, VS Code puts the name that it was made with over every other
 * (`onProcessReady` of its TerminalInstance), and says nothing of it: so what was given is looked for afterwards.
 */
export class TabName implements Disposable {
  readonly #clock: Clock;
  readonly #tab: NamedTab;
  readonly #names: Throttle<string>;
  #cancelCheck: (() => void) | undefined;

  constructor(clock: Clock, tab: NamedTab) {
    this.#clock = clock;
    this.#tab = tab;
    this.#names = new Throttle(clock, QUIET_MS, name => this.#give(name, 0));
  }

  /** The name that the tab is to have. */
  set(name: string): void {
    this.#names.push(name);
  }

  /** The tab is closed. */
  [Symbol.dispose](): void {
    this.#names[Symbol.dispose]();
    this.#cancelCheck?.();
  }

  #give(name: string, repeats: number): void {
    this.#cancelCheck?.();
    this.#tab.rename(name);
    if (repeats < MAX_REPEATS)
      this.#cancelCheck = this.#clock.after(CHECK_MS * 2 ** repeats, () => {
        const shown = this.#tab.shown();
        if (shown !== undefined && shown !== name) this.#give(name, repeats + 1);
      });
  }
}
