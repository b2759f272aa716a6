/** Who decides how large a session is, when several windows show it: the one that was resized or typed into last. */

/** Size of a terminal in cells. */
export interface Size {
  readonly cols: number;
  readonly rows: number;
}

/** What follows from a change: `show` = the size to show the session in (undefined = all of the tab), `ask` = of the session. */
export interface SizeChange {
  readonly show?: { readonly size: Size | undefined };
  readonly ask?: Size;
}

/**
 * The size of a tab against that of its session. VS Code tells the shown size as if it were the tab's, so what comes
 * back of our own doing must not be taken for the user's wish: two windows would resize each other forever.
 */
export class CellSize {
  #tab: Size | undefined;
  #shown: Size | undefined;

  /** The size the tab has, as far as it is known. */
  get tab(): Size | undefined {
    return this.#tab;
  }

  /** VS Code says that the tab has this size. */
  onTab(size: Size): SizeChange {
    if (this.#shown !== undefined && this.#tab !== undefined && isSame(size, common(this.#shown, this.#tab)))
      return {};
    this.#tab = size;
    return { ask: size };
  }

  /** The session has this size. */
  onSession(size: Size): SizeChange {
    if (this.#tab === undefined) return {};
    const wanted = isSame(size, this.#tab) ? undefined : size;
    if (wanted === undefined && this.#shown === undefined) return {};
    this.#shown = wanted;
    return { show: { size: wanted } };
  }

  /** The user types here: the session gets this tab's size. */
  onInput(): SizeChange {
    if (this.#shown === undefined || this.#tab === undefined) return {};
    this.#shown = undefined;
    return { show: { size: undefined }, ask: this.#tab };
  }
}

/** What VS Code makes of a size to show: it never gets larger than the tab. */
function common(one: Size, other: Size): Size {
  return { cols: Math.min(one.cols, other.cols), rows: Math.min(one.rows, other.rows) };
}

function isSame(one: Size, other: Size): boolean {
  return one.cols === other.cols && one.rows === other.rows;
}
