/** Read-only documents that hold a text of ours: plans and logs, in the editor's own tabs with search and copy. */
import * as vscode from 'vscode';

/** Texts of one scheme. A text is forgotten when its tab is closed. */
export class TextDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #scheme: string;
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #disposable: vscode.Disposable;

  constructor(scheme: string) {
    this.#scheme = scheme;
    this.#disposable = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === scheme) this.#texts.delete(uri.toString());
      }),
    );
  }

  /** Shows a text under a path, whose last part is the tab's name; the same path again shows the new text there. */
  async show(path: string, text: string, options: vscode.TextDocumentShowOptions): Promise<void> {
    const uri = vscode.Uri.file(path).with({ scheme: this.#scheme });
    this.#texts.set(uri.toString(), text);
    this.#changed.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true, ...options });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? '';
  }

  dispose(): void {
    this.#disposable.dispose();
  }
}
