/**
 * VS Code's palette and its questions. They take keys only while they have the focus, and a window that is still loading
 * gives it away: each step here looks at what is open, and what it does is done again only as long as nothing came of it.
 */
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../../support/wait.ts';

const timeoutMs = 45_000;
/** Longest that VS Code is given to show what a key opens, before the key counts as lost. */
const lostAfterMs = 3000;

/** What is typed behind a key, and the offer to take; without one what is typed is the answer. */
interface Question {
  readonly key: string;
  readonly text: string;
  readonly offer?: string;
}

/** The input at the top of a window. There is one, for the palette and for every question. */
export class QuickInput {
  readonly #page: Page;
  readonly #input: Locator;

  constructor(page: Page) {
    this.#page = page;
    this.#input = page.locator('.quick-input-widget:visible input.input');
  }

  /** Opens the input with a key, types, and takes an offer, or what was typed. */
  async ask({ key, text, offer }: Question): Promise<void> {
    const asked = async () => {
      if (!(await this.isOpen())) await this.#press(key);
      return (await this.#isFilled(text)) && (await this.#accept(text, offer));
    };
    await this.#until(asked, `${offer ?? text} behind ${key}`);
  }

  /** Takes an offer of the list that is open, or will be. */
  async pick(offer: string): Promise<void> {
    await this.#until(async () => {
      const text = await this.#value();
      return text !== undefined && (await this.#accept(text, offer));
    }, `the offer ${offer}`);
  }

  /** Whether the palette or a question is open. */
  isOpen(): Promise<boolean> {
    return this.#input.isVisible();
  }

  /** Offers of the open list, with plain spaces. */
  async offers(): Promise<readonly string[]> {
    const rows = this.#page.locator('.quick-input-widget:visible .monaco-list-row');
    return (await rows.allInnerTexts()).map(row => row.replaceAll('\u00a0', ' ').trim());
  }

  async #press(key: string): Promise<void> {
    await this.#page.keyboard.press(key);
    await this.#input.waitFor({ timeout: lostAfterMs }).catch(() => {});
  }

  async #value(): Promise<string | undefined> {
    if (!(await this.isOpen())) return undefined;
    return await this.#input.inputValue({ timeout: lostAfterMs }).catch(() => undefined);
  }

  /** In one step: keys would go into the editor if it took the focus in between. */
  async #isFilled(text: string): Promise<boolean> {
    const value = await this.#value();
    if (value === undefined || value === text) return value === text;
    await this.#input.evaluate(setText, text, { timeout: lostAfterMs }).catch(() => {});
    return (await this.#value()) === text;
  }

  /** Clicks the first offer of the list, once it is the wanted one, or answers; true once something else is open. */
  async #accept(text: string, offer?: string): Promise<boolean> {
    const [first] = await this.offers();
    if (offer === undefined) await this.#input.press('Enter', { timeout: lostAfterMs }).catch(() => {});
    else if (first?.includes(offer) === true) await this.#click(offer);
    else return false;
    const isTaken = async () => (await this.#value()) !== text || (await this.offers())[0] !== first;
    return await eventually(isTaken, { what: 'the next step', timeoutMs: lostAfterMs }).catch(() => false);
  }

  async #click(offer: string): Promise<void> {
    const row = this.#page.locator('.quick-input-widget:visible .monaco-list-row', { hasText: offer });
    await row
      .first()
      .click({ timeout: lostAfterMs })
      .catch(() => {});
    // Where it is, it would soon show a tooltip of what is below.
    await this.#page.mouse.move(0, 0);
  }

  async #until(probe: () => Promise<boolean>, what: string): Promise<void> {
    let offers: readonly string[] = [];
    const step = async () => {
      const isDone = await probe();
      if (!isDone) offers = await this.offers();
      return isDone;
    };
    await eventually(step, { what, timeoutMs, seen: () => offers });
  }
}

/** What is known in the page of an input; these scripts know no DOM. */
interface Input {
  value: string;
  dispatchEvent(event: unknown): void;
}

/** Runs in the page. */
function setText(input: Input, text: string): void {
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
}
