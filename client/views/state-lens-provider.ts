/** Puts the state of a file's newest run over the file and its phases, beside the language server's lenses. */
import * as vscode from 'vscode';
import { connectorFilesOnDisk } from '../language/connector-files.ts';
import { readPlaces } from '../problems/connector-places.ts';
import type { Runs } from '../runs/runs.ts';
import { type StateLens, stateLenses } from './state-lenses.ts';

/** Lenses change at most once in this time. */
const REDRAW_MS = 500;

/** The provider; registers itself. */
export class StateLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #runs: Runs;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #disposable: vscode.Disposable;
  /** What each file showed last, to leave lenses alone that say the same. */
  readonly #shown = new Map<string, string>();
  #redraw: NodeJS.Timeout | undefined;

  constructor(runs: Runs) {
    this.#runs = runs;
    this.#disposable = vscode.Disposable.from(
      this.#changed,
      vscode.languages.registerCodeLensProvider([...connectorFilesOnDisk], this),
      runs.onDidChange(() => this.#refreshSoon()),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri.fsPath)),
    );
  }

  /** Asks the editor for all lenses of the window again, those of other providers included. */
  refresh(): void {
    this.#changed.fire();
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    if (!vscode.workspace.getConfiguration('niia', document).get('codeLens', true)) return [];
    const lenses = this.#lensesOf(document.uri.fsPath);
    this.#shown.set(document.uri.fsPath, JSON.stringify(lenses));
    if (lenses.length === 0) return [];
    const places = readPlaces(document.getText());
    return lenses.flatMap(lens => {
      const offset = places.start(lens.phase);
      if (offset === undefined) return [];
      const at = document.positionAt(offset);
      const { title, command, argument } = lens;
      return new vscode.CodeLens(new vscode.Range(at, at), { title, command, arguments: [argument] });
    });
  }

  dispose(): void {
    clearTimeout(this.#redraw);
    this.#disposable.dispose();
  }

  #lensesOf(file: string): readonly StateLens[] {
    const row = this.#runs.newest(file);
    if (row === undefined) return [];
    const loaded = this.#runs.loaded(row.run);
    // Its phases are drawn when it has come.
    if (loaded === undefined) void this.#runs.load(row.run);
    return stateLenses(row, loaded?.view);
  }

  #refreshSoon(): void {
    this.#redraw ??= setTimeout(() => {
      this.#redraw = undefined;
      const isStale = [...this.#shown].some(
        ([file, shown]) => JSON.stringify(this.#lensesOf(file)) !== shown,
      );
      if (isStale) this.#changed.fire();
    }, REDRAW_MS);
  }
}
