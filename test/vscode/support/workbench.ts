/**
 * A window of VS Code as its user sees and drives it. Its lists and lenses are redrawn at any time: nothing here waits
 * for one element and reads it later; whole values are read in one go, again and again until they are as wanted.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { eventually } from '../../support/wait.ts';
import { QuickInput } from './quick-input.ts';
import type { VsCodeServer } from './vscode-server.ts';

/** Long: it passes only where a test fails, and two editions share two cores. */
const timeoutMs = 45_000;
/** Longest that VS Code is given to show what an input opens, before the input counts as lost. */
const lostAfterMs = 3000;

/** What a window is opened on. */
export interface WindowTarget {
  readonly folder: string;
  /** Absolute path of a file to show. */
  readonly file?: string;
  /** More for VS Code's browser workbench, such as an extension under development. */
  readonly payload?: Readonly<Record<string, string>>;
}

/** What is read of a line in the page; these scripts know no DOM. */
interface ViewLine {
  readonly style: { readonly top: string };
  readonly textContent: string;
}

/** One window. */
export class Workbench {
  readonly page: Page;
  readonly quickInput: QuickInput;

  constructor(page: Page) {
    this.page = page;
    this.quickInput = new QuickInput(page);
  }

  /** Opens a folder, and a file in it; done when the file is shown and has the focus: keys would get lost before. */
  async open(server: VsCodeServer, { folder, file, payload = {} }: WindowTarget): Promise<void> {
    const openFile = file === undefined ? {} : { openFile: server.uri(file) };
    await this.page.goto(server.windowUrl(folder, { ...payload, ...openFile }));
    await this.page.locator('.monaco-workbench .part.statusbar').waitFor({ timeout: timeoutMs });
    if (file === undefined) return;
    await this.page.locator('.tabs-container .tab').first().waitFor({ timeout: timeoutMs });
    await this.#editorWithFocus.waitFor({ timeout: timeoutMs });
  }

  /** Runs a command by its title in the palette, such as `connector.json: Run This File`. */
  async command(title: string): Promise<void> {
    await this.quickInput.ask({ key: 'F1', text: `>${title}`, offer: title });
  }

  /** Opens a file of the folder by its name. */
  async openFile(name: string): Promise<void> {
    await this.quickInput.ask({ key: 'Control+p', text: name, offer: name.split('/').at(-1) ?? name });
    await this.has(
      'an editor',
      () => this.activeEditor(),
      title => title.includes(name.split('/').at(-1) ?? name),
    );
  }

  /** Label of the active editor's tab; empty if there is none. */
  async activeEditor(): Promise<string> {
    return (await this.texts('.editor-group-container.active .tab.active .label-name')).join('');
  }

  /** Moves to a line and column, both from 1. */
  async goTo(line: number, column = 1): Promise<void> {
    await this.quickInput.ask({ key: 'Control+g', text: `:${line},${column}` });
    await this.has(
      `the cursor at ${line}:${column}`,
      () => this.statusBar(),
      items => items.includes(`Ln ${line}, Col ${column}`),
    );
  }

  /** Lines of the active editor that are in sight. */
  editorLines(): Promise<readonly string[]> {
    const lines = this.page.locator('.editor-group-container.active .monaco-editor .view-line');
    return lines.evaluateAll((elements: readonly ViewLine[]) =>
      [...elements]
        .sort((a, b) => Number.parseFloat(a.style.top) - Number.parseFloat(b.style.top))
        .map(element => element.textContent.replaceAll('\u00a0', ' ')),
    );
  }

  /** The completions on offer; empty if their list is closed. */
  async completions(): Promise<readonly string[]> {
    const rows = await this.texts('.suggest-widget.visible .monaco-list-row');
    return rows.map(row => row.replaceAll(/\s+/g, ' '));
  }

  /** Gives the list of completions time to come or go. */
  async hasCompletions(areWanted: boolean): Promise<void> {
    const first = this.page.locator('.suggest-widget.visible .monaco-list-row').first();
    const state = areWanted ? 'visible' : 'hidden';
    await first.waitFor({ state, timeout: lostAfterMs }).catch(() => {});
  }

  /** Texts of the lenses in sight. */
  lenses(): Promise<readonly string[]> {
    return this.texts('.codelens-decoration a');
  }

  /** Clicks a lens by its text; the nth of several. */
  async clickLens(text: string | RegExp, nth = 0): Promise<void> {
    await this.page
      .locator('.codelens-decoration a', { hasText: text })
      .nth(nth)
      .click({ timeout: timeoutMs });
  }

  /** The Problems panel, one text a row. */
  async problems(): Promise<readonly string[]> {
    return await this.texts('.markers-panel .monaco-list-row');
  }

  /** Takes a quick fix of a problem. */
  async fixProblem(problem: string | RegExp, fix: string | RegExp): Promise<void> {
    const taken = async () => {
      if (!(await this.#fix(fix).isVisible())) await this.#showFixes(problem, fix);
      await this.#fix(fix)
        .click({ timeout: lostAfterMs })
        .catch(() => {});
      return await this.#fix(fix).waitFor({ state: 'hidden', timeout: lostAfterMs }).then(isTrue, isFalse);
    };
    await eventually(taken, { what: `an end of the menu with ${fix}`, timeoutMs });
  }

  /** Selects a problem in its panel and opens the menu of its quick fixes, until it has the wanted one. */
  async #showFixes(problem: string | RegExp, fix: string | RegExp): Promise<void> {
    const row = this.page.locator('.markers-panel .monaco-list-row', { hasText: problem }).first();
    const shown = async () => {
      await row.click({ timeout: timeoutMs });
      await this.page.keyboard.press('Control+.');
      return await this.#fix(fix).waitFor({ timeout: lostAfterMs }).then(isTrue, isFalse);
    };
    await eventually(shown, { what: `the quick fix ${fix}`, timeoutMs });
  }

  get #editorWithFocus(): Locator {
    return this.page.locator('.editor-group-container.active .monaco-editor.focused').first();
  }

  #fix(text: string | RegExp): Locator {
    return this.page.locator('.context-view .monaco-menu .action-item', { hasText: text }).first();
  }

  /** Names of the terminals: of the tab list, or of the only one in the panel's title. */
  async terminals(): Promise<readonly string[]> {
    const listed = await this.texts('.tabs-list .monaco-list-row');
    return listed.length > 0 ? listed : await this.texts('.part.panel .single-terminal-tab');
  }

  /** Gives the names of the terminals, which stand on the left, more room. */
  async widenTerminalTabs(pixels: number): Promise<void> {
    const box = await this.page.locator('.part.panel .tabs-list').boundingBox();
    if (box === null) throw new Error('there is no list of terminals');
    const [x, y] = [box.x + box.width, box.y + box.height / 2];
    const { mouse } = this.page;
    await mouse.move(x, y);
    await mouse.down();
    await mouse.move(x + pixels, y, { steps: 5 });
    await mouse.up();
  }

  /** Takes the pointer to where nothing reacts to it. */
  async restPointer(): Promise<void> {
    await this.page.mouse.move(0, 0);
  }

  /** Shows one of several terminals, by a part of its name. */
  async showTerminal(name: string): Promise<void> {
    const rows = '.tabs-list .monaco-list-row';
    // The list may move under the pointer: what counts is what is selected.
    const shown = async () => {
      await this.page.locator(rows, { hasText: name }).first().click({ timeout: timeoutMs });
      return await this.texts(`${rows}.selected`);
    };
    await this.has(`the terminal ${name}`, shown, ([selected]) => selected?.includes(name) === true);
  }

  /** Text of the terminals in sight. */
  async terminalText(): Promise<string> {
    return (await this.texts('.terminal-wrapper.active .xterm-rows')).join('\n');
  }

  /** Types into the terminal in sight. */
  async typeIntoTerminal(text: string): Promise<void> {
    const focused = async () => {
      await this.page.locator('.terminal-wrapper.active .xterm-helper-textarea').last().focus();
      return await this.page.locator('.terminal-wrapper.active .xterm.focus').isVisible();
    };
    await eventually(focused, { what: 'a terminal with the focus', timeoutMs });
    await this.page.keyboard.type(text);
  }

  /** Puts the cursor into the active editor. */
  async focusEditor(): Promise<void> {
    await this.command('View: Focus Active Editor Group');
    await this.#editorWithFocus.waitFor({ timeout: timeoutMs });
  }

  /** Rows of a tree view, by the view's title. */
  async tree(view: string): Promise<readonly string[]> {
    return await this.texts(`.pane:has(.pane-header[aria-label^="${view}"]) .monaco-list-row`);
  }

  /** A row of any list or tree by its text. */
  row(text: string | RegExp): Locator {
    return this.page.locator('.monaco-list-row', { hasText: text }).first();
  }

  /** Messages of the notifications in sight. */
  notifications(): Promise<readonly string[]> {
    return this.texts('.notifications-toasts .notification-list-item-message');
  }

  /** Clicks a button of a notification or of a dialog. */
  async button(text: string | RegExp): Promise<void> {
    const buttons = this.page.locator(
      '.notifications-toasts .monaco-button, .monaco-dialog-box .monaco-button',
    );
    await buttons.filter({ hasText: text }).first().click({ timeout: timeoutMs });
  }

  /** Items of the status bar that have a text. */
  statusBar(): Promise<readonly string[]> {
    return this.texts('.part.statusbar .statusbar-item:not([style*="display: none"])');
  }

  /** Texts of all elements that match, with plain spaces. */
  async texts(selector: string): Promise<readonly string[]> {
    const texts = await this.page.locator(selector).allInnerTexts();
    return texts.map(text => text.replaceAll('\u00a0', ' ').trim());
  }

  /** Waits until what is read fits; fails with what was read last. */
  async has<T>(what: string, read: () => Promise<T>, fits: (value: T) => boolean): Promise<T> {
    let last: T | undefined;
    const probe = async () => {
      last = await read();
      return fits(last) ? { value: last } : undefined;
    };
    return (await eventually(probe, { what, timeoutMs, seen: () => last })).value;
  }

  /** Takes a picture of the window. */
  async shot(file: string): Promise<void> {
    mkdirSync(dirname(file), { recursive: true });
    await this.page.screenshot({ path: file });
  }
}

const isTrue = () => true;
const isFalse = () => false;
