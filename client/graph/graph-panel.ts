/** The panel of a graph: a page beside the file that follows its run. Loaded when the first graph is shown. */
import { randomBytes } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { config, t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { err, type Result } from '../../runtime/result.ts';
import type { Parts } from '../parts.ts';
import { actionOfButton, actionOn, type GraphAction } from './graph-actions.ts';
import { type GraphContent, graphContent, messageHtml, pageUpdate } from './graph-content.ts';
import { rememberGraphs } from './graph-memory.ts';
import { readFromPage, type ToPage } from './graph-messages.ts';
import { type GraphSource, readSource } from './graph-source.ts';
import { type GraphTarget, targetKey } from './graph-target.ts';
import { pageHtml } from './page-html.ts';
import { revealPhase } from './reveal-phase.ts';

/** What a panel is called where windows are restored. */
export const GRAPH_VIEW = 'niia.graph';

/** The open panels of the window. They outlive the extension: VS Code brings them back with the window. */
export class GraphPanels {
  readonly #parts: Parts;
  readonly #open = new Map<string, GraphPanel>();

  constructor(parts: Parts) {
    this.#parts = parts;
    // This file is built by itself, with a copy of the texts' library of its own.
    if (vscode.l10n.bundle !== undefined) config({ contents: vscode.l10n.bundle });
  }

  /** Shows the graph of a target beside the editor; a panel that shows it already comes to the front. */
  show(target: GraphTarget): void {
    const open = this.#open.get(targetKey(target));
    if (open !== undefined) {
      open.reveal();
      return;
    }
    const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: false };
    this.adopt(vscode.window.createWebviewPanel(GRAPH_VIEW, titleOf(target), column), target);
  }

  /** Fills a panel: a fresh one, or one the window brought back after a reload. */
  adopt(panel: vscode.WebviewPanel, target: GraphTarget): void {
    const key = targetKey(target);
    const remember = () => rememberGraphs(this.#parts.context.workspaceState, [...this.#open.values()]);
    this.#open.set(key, new GraphPanel(panel, target, this.#parts));
    remember();
    panel.onDidDispose(() => {
      this.#open.delete(key);
      remember();
    });
  }
}

class GraphPanel {
  readonly #panel: vscode.WebviewPanel;
  readonly #target: GraphTarget;
  readonly #parts: Parts;
  readonly #disposables: vscode.Disposable[] = [];
  readonly #closed = new AbortController();
  #source: GraphSource | undefined;
  /** What the page shows; undefined while it shows nothing, or a message. */
  #shown: GraphContent | undefined;
  #reading: Promise<void> | undefined;
  #isStale = false;

  constructor(panel: vscode.WebviewPanel, target: GraphTarget, parts: Parts) {
    this.#panel = panel;
    this.#target = target;
    this.#parts = parts;
    const { webview } = panel;
    this.#disposables.push(
      panel.onDidDispose(() => this.#release()),
      webview.onDidReceiveMessage((message: unknown) => this.#onMessage(message)),
      parts.runs.onDidChange(run => this.#onRunChanged(run)),
      vscode.workspace.onDidSaveTextDocument(document => this.#onSaved(document)),
    );
    const scripts = vscode.Uri.joinPath(parts.context.extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [scripts] };
    webview.html = pageHtml({
      script: webview.asWebviewUri(vscode.Uri.joinPath(scripts, 'graph-page.js')).toString(),
      nonce: randomBytes(16).toString('base64url'),
      target,
      title: panel.title,
      language: vscode.env.language,
      waiting: messageHtml(t('Reading…')),
    });
  }

  get title(): string {
    return this.#panel.title;
  }

  get target(): GraphTarget {
    return this.#target;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  #release(): void {
    this.#closed.abort();
    for (const disposable of this.#disposables) disposable.dispose();
  }

  /** Reads anew; what changes meanwhile is read after that. */
  #refresh(): void {
    this.#isStale = true;
    this.#reading ??= this.#readUntilFresh()
      .catch(error => this.#draw(err(String(error))))
      .finally(() => {
        this.#reading = undefined;
      });
  }

  async #readUntilFresh(): Promise<void> {
    while (this.#isStale && !this.#closed.signal.aborted) {
      this.#isStale = false;
      this.#draw(await this.#read());
    }
  }

  async #read(): Promise<Result<GraphSource, string>> {
    return await readSource(
      this.#target,
      {
        ...this.#parts,
        pathOf: uri => pathOf(vscode.Uri.parse(uri)),
        folderOf: uri => folderOf(vscode.Uri.parse(uri)),
      },
      this.#closed.signal,
    );
  }

  #draw(source: Result<GraphSource, string>): void {
    if (this.#closed.signal.aborted) return;
    if (!source.ok) {
      this.#source = undefined;
      this.#shown = undefined;
      this.#post({ kind: 'content', html: messageHtml(source.failure) });
      return;
    }
    const content = graphContent(source.value.plan, source.value.view);
    const update = pageUpdate(this.#shown, content);
    this.#source = source.value;
    this.#shown = content;
    if (update !== undefined) this.#post(update);
  }

  #post(message: ToPage): void {
    void this.#panel.webview.postMessage(message);
  }

  #onRunChanged(run: string): void {
    if (run === this.#source?.view?.run || run === this.#newestRun()) this.#refresh();
  }

  #newestRun(): string | undefined {
    if (this.#target.kind === 'run') return this.#target.run;
    const path = pathOf(vscode.Uri.parse(this.#target.uri));
    return path === undefined ? undefined : this.#parts.runs.newest(path)?.run;
  }

  /** Before the first run, the plan follows the file. */
  #onSaved(document: vscode.TextDocument): void {
    if (this.#source?.view === undefined && document.uri.toString() === this.#uri()?.toString())
      this.#refresh();
  }

  #onMessage(value: unknown): void {
    const message = readFromPage(value);
    if (message?.kind === 'ready') {
      // A page that was hidden comes back empty.
      this.#shown = undefined;
      this.#refresh();
      return;
    }
    if (message === undefined || this.#source === undefined) return;
    const action =
      message.kind === 'open'
        ? actionOn(message.id, this.#source)
        : actionOfButton(message.button, this.#source, this.#uri()?.toString() ?? '');
    if (action !== undefined) this.#perform(action).catch(error => this.#parts.log.error(String(error)));
  }

  async #perform(action: GraphAction): Promise<void> {
    if (action.kind === 'command') {
      await vscode.commands.executeCommand(action.command, action.argument);
      return;
    }
    const uri = this.#uri();
    if (uri !== undefined) await revealPhase(uri, action.phase, action.worker);
  }

  /** The connector file. */
  #uri(): vscode.Uri | undefined {
    if (this.#target.kind === 'file') return vscode.Uri.parse(this.#target.uri);
    return this.#source === undefined ? undefined : vscode.Uri.file(this.#source.plan.file);
  }
}

function pathOf(uri: vscode.Uri): string | undefined {
  return uri.scheme === 'file' ? uri.fsPath : undefined;
}

function folderOf(uri: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(uri.fsPath);
}

function titleOf(target: GraphTarget): string {
  const name = target.kind === 'run' ? target.run : basename(vscode.Uri.parse(target.uri).path);
  return t('Graph of {0}', name);
}
