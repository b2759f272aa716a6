/** The view "Runs": draws the tree of runs, loads what is opened, and lets times tick while somebody looks. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import { isUnfinished } from '../runs/daemon-runs.ts';
import type { Runs } from '../runs/runs.ts';
import { runRows } from './run-tree.ts';
import type { TreeRow } from './tree-row.ts';

const TICK_MS = 1_000;
/** Trees with more workers at work tick more slowly: every tick draws them all. */
const MANY_WORKERS = 50;
const SLOW_TICKS = 5;
/**
 * Changes are drawn at most once in this time, however many runs tell of them. VS Code waits for 200 ms without a change
 * before it draws a tree: more often than that would be never.
 */
const REDRAW_MS = 400;

/** What the view asks of its window besides reading runs. */
export interface RunsViewPort {
  readonly runs: Runs;
  /** Connects to a daemon that runs, or starts one if there are runs to show. */
  wake(): void;
  onFailure(what: string, error: unknown): void;
}

/** The view. */
export class RunsView implements vscode.TreeDataProvider<TreeRow>, vscode.Disposable {
  readonly #port: RunsViewPort;
  readonly #drawn = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#drawn.event;
  readonly #view: vscode.TreeView<TreeRow>;
  readonly #disposable: vscode.Disposable;
  readonly #loading = new Set<string>();
  #ticks = 0;
  #ticker: NodeJS.Timeout | undefined;
  #redraw: NodeJS.Timeout | undefined;

  constructor(port: RunsViewPort) {
    this.#port = port;
    this.#view = vscode.window.createTreeView('niia.runs', { treeDataProvider: this, showCollapseAll: true });
    this.#disposable = vscode.Disposable.from(
      this.#view,
      this.#drawn,
      port.runs.onDidChange(() => this.redraw()),
      port.runs.onDidChangeDaemon(() => this.redraw()),
      this.#view.onDidChangeVisibility(() => this.#onVisibility()),
      this.#view.onDidExpandElement(({ element }) => this.#load(element)),
    );
    this.#onVisibility();
  }

  /** Draws everything anew, soon. */
  redraw(): void {
    this.#redraw ??= setTimeout(() => {
      this.#redraw = undefined;
      this.#drawn.fire(undefined);
      this.#updateFrame();
    }, REDRAW_MS);
  }

  /** Shows a run in the view and selects it; with `focus` the keyboard goes there too. */
  async reveal(run: string, focus: boolean): Promise<void> {
    const row = this.getChildren().find(each => each.run === run);
    if (row !== undefined) await this.#view.reveal(row, { select: true, focus, expand: true });
  }

  getChildren(row?: TreeRow): TreeRow[] {
    if (row !== undefined) {
      if (row.contextValue.startsWith('run')) this.#load(row);
      return [...(row.children?.() ?? [])];
    }
    const { runs } = this.#port;
    return [...runRows({ rows: runs.list(), loaded: run => runs.loaded(run), now: Date.now() })];
  }

  /** Runs are all that is revealed. */
  getParent(): undefined {
    return undefined;
  }

  getTreeItem(row: TreeRow): vscode.TreeItem {
    const item = new vscode.TreeItem(row.label, collapsibleState(row));
    item.id = row.id;
    item.description = row.description;
    item.contextValue = row.contextValue;
    item.accessibilityInformation = { label: row.spoken };
    const { id, color } = row.icon;
    item.iconPath = new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
    if (row.tooltip !== '') item.tooltip = new vscode.MarkdownString(row.tooltip);
    if (row.command !== undefined)
      item.command = { command: row.command, title: t('Open Terminal'), arguments: [row] };
    return item;
  }

  dispose(): void {
    clearInterval(this.#ticker);
    clearTimeout(this.#redraw);
    this.#disposable.dispose();
  }

  #load({ run, phase }: TreeRow): void {
    const { runs, onFailure } = this.#port;
    if (phase !== undefined || this.#loading.has(run) || runs.loaded(run) !== undefined) return;
    this.#loading.add(run);
    void runs.load(run).then(loaded => {
      this.#loading.delete(run);
      if (!loaded.ok) onFailure(`The run ${run} could not be read`, loaded.failure.message);
    });
  }

  #onVisibility(): void {
    clearInterval(this.#ticker);
    this.#ticker = undefined;
    if (!this.#view.visible) return;
    this.#port.wake();
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.redraw();
  }

  #tick(): void {
    const unfinished = this.#port.runs.list().filter(isUnfinished);
    const workers = unfinished.reduce((sum, row) => sum + row.workers, 0);
    this.#ticks += 1;
    if (workers > 0 && (workers < MANY_WORKERS || this.#ticks % SLOW_TICKS === 0)) this.redraw();
  }

  /** What stands around the rows: how many runs wait for a person, and what is wrong with the daemon. */
  #updateFrame(): void {
    const { runs } = this.#port;
    const waiting = runs.list().filter(row => row.state === 'waiting').length;
    const tooltip = waiting === 1 ? t('1 run waits for you') : t('{0} runs wait for you', waiting);
    this.#view.badge = waiting === 0 ? undefined : { value: waiting, tooltip };
    const { daemon } = runs;
    this.#view.message = daemon.kind === 'lost' || daemon.kind === 'other-version' ? daemon.message : '';
  }
}

function collapsibleState({ expansion }: TreeRow): vscode.TreeItemCollapsibleState {
  if (expansion === undefined) return vscode.TreeItemCollapsibleState.None;
  return expansion === 'expanded'
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}
