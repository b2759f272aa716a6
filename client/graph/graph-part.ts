/** Run graphs and reports in the editor: their commands, and graphs that come back with the window. */
import { t } from '@vscode/l10n';
import * as vscode from 'vscode';
import type { Parts } from '../parts.ts';
import { rememberedGraph } from './graph-memory.ts';
import type { GraphPanels } from './graph-panel.ts';
import { type GraphTarget, readGraphTarget } from './graph-target.ts';
import { writeReport } from './report-command.ts';

/** Registers `niia.showGraph`, `niia.report` and the restoring of graphs. */
export function registerGraph(parts: Parts): vscode.Disposable {
  let panels: Promise<GraphPanels> | undefined;
  // Drawing is a file of its own: a window that shows no graph does not load it.
  const load = (): Promise<GraphPanels> => {
    panels ??= import('./graph-panel.ts').then(({ GraphPanels }) => new GraphPanels(parts));
    return panels;
  };
  return vscode.Disposable.from(
    vscode.commands.registerCommand('niia.showGraph', async (argument: unknown) => {
      const target = readGraphTarget(argument) ?? (await chooseTarget(parts));
      if (target !== undefined) (await load()).show(target);
    }),
    vscode.commands.registerCommand('niia.report', (argument: unknown) => writeReport(argument, parts)),
    vscode.window.registerWebviewPanelSerializer('niia.graph', {
      deserializeWebviewPanel: async (panel: vscode.WebviewPanel, state: unknown) => {
        const target = readGraphTarget(state) ?? rememberedGraph(parts.context.workspaceState, panel.title);
        if (target !== undefined) (await load()).adopt(panel, target);
        // VS Code leaves an empty panel behind where one is closed while it is brought back.
        else setTimeout(() => panel.dispose());
      },
    }),
  );
}

/** The connector file in the active editor, else a run that the user picks. */
async function chooseTarget({ runs }: Parts): Promise<GraphTarget | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  if (document !== undefined && /(^|[./\\])connector\.jsonc?$/.test(document.fileName))
    return { kind: 'file', uri: document.uri.toString() };
  const rows = runs.list();
  if (rows.length === 0) {
    void vscode.window.showInformationMessage(t('Open a connector file to see its graph.'));
    return undefined;
  }
  const items = rows.map(row => ({ label: row.name, description: row.state, detail: row.run, run: row.run }));
  const picked = await vscode.window.showQuickPick(items, { placeHolder: t('Graph of which run?') });
  return picked && { kind: 'run', run: picked.run };
}
